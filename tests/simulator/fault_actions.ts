/**
 * Acts out answers and faults on a socket, byte by byte. Returns whether the
 * connection can carry another request. A reset (RST) discards what the client
 * has not read yet; a close (FIN) does not.
 */
import type { Socket } from "node:net";
import { findMetaError } from "@/lib/meta/error_table.ts";
import type { SandboxResponse } from "@/lib/meta/sandbox.ts";
import type { Cut, Fault } from "@/tests/simulator/faults.ts";

/** A complete HTTP answer. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What an action needs of its connection. */
export interface Wire {
  socket: Socket;
  /** Resolves when the client has left. */
  ended: Promise<void>;
  /** Resolves after `ms`, or at once when the simulator is closed. */
  wait(ms: number): Promise<void>;
}

const HUGE_ANSWER_BYTES = 2 * 1024 * 1024;

/** Writes the sandbox's answer, or its silence or refusal. */
export async function actOut(
  response: SandboxResponse,
  wire: Wire,
): Promise<boolean> {
  switch (response.kind) {
    case "never_answer":
      await wire.ended;
      return false;
    case "connection_refused":
      // Too late to refuse over a connection that is open: a reset is nearest.
      wire.socket.resetAndDestroy();
      return false;
    case "answer":
      if (response.delayMs > 0) await wire.wait(response.delayMs);
      return writeAnswer(wire.socket, response);
  }
}

/** Acts out a fault; `response` is the sandbox's answer if it took part. */
export async function actOutFault(
  fault: Fault,
  context: { wire: Wire; response: SandboxResponse | null },
): Promise<boolean> {
  const { wire, response } = context;
  switch (fault.kind) {
    case "delay":
      await wire.wait(fault.ms);
      return response === null ? false : await actOut(response, wire);
    case "resetBeforeRead":
    case "resetAfterRead":
      return cut("reset", wire.socket);
    case "closeBeforeRead":
    case "closeAfterRead":
      return cut("close", wire.socket);
    case "cutReusedConnection":
      return cut(fault.how, wire.socket);
    case "halfStatusLine":
      return cut("halfStatusLine", wire.socket);
    case "neverAnswer":
      await wire.ended;
      return false;
    default:
      return writeAnswer(wire.socket, faultAnswer(fault, response));
  }
}

function cut(how: Cut, socket: Socket): false {
  if (how === "reset") socket.resetAndDestroy();
  else if (how === "close") socket.end();
  else socket.end("HTTP/1.1 2");
  return false;
}

function faultAnswer(
  fault: Fault,
  response: SandboxResponse | null,
): HttpAnswer {
  switch (fault.kind) {
    case "status5xxWithoutBody":
      return { status: fault.status ?? 502, headers: {}, body: "" };
    case "malformedJson":
      return json(fault.status ?? 200, '{"messaging_product":"whatsapp","mess');
    case "redirect":
      return {
        status: fault.status ?? 307,
        headers: { location: fault.location },
        body: "",
      };
    case "throttle":
      return metaErrorAnswer({ ...fault, status: fault.status ?? 400 });
    case "metaError":
      return metaErrorAnswer({ ...fault, status: fault.status ?? 400 });
    case "hugeAnswer":
      return json(200, padded(response, fault.bytes ?? HUGE_ANSWER_BYTES));
    case "answer":
      return { status: fault.status, headers: fault.headers ?? {}, body: fault.body };
    default:
      throw new TypeError(`Fault "${fault.kind}" has no HTTP answer`);
  }
}

function metaErrorAnswer(error: {
  code: number;
  status: number;
  subcode?: number;
  details?: string;
  retryAfterSeconds?: number;
}): HttpAnswer {
  const title = findMetaError(error.code)?.title ?? "Error";
  const answer = json(
    error.status,
    JSON.stringify({
      error: {
        message: `(#${error.code}) ${title}`,
        type: "OAuthException",
        code: error.code,
        ...(error.subcode === undefined ? {} : { error_subcode: error.subcode }),
        error_data: {
          messaging_product: "whatsapp",
          details: error.details ?? `Injected error ${error.code}`,
        },
        fbtrace_id: "Asimulator",
      },
    }),
  );
  if (error.retryAfterSeconds !== undefined) {
    answer.headers["retry-after"] = String(error.retryAfterSeconds);
  }
  return answer;
}

function padded(response: SandboxResponse | null, bytes: number): string {
  const body = response?.kind === "answer" ? response.body : "{}";
  return body.padEnd(bytes, " ");
}

function json(status: number, body: string): HttpAnswer {
  return {
    status,
    headers: { "content-type": "application/json; charset=UTF-8" },
    body,
  };
}

/** Writes an answer; true when the connection can be used again. */
export function writeAnswer(socket: Socket, answer: HttpAnswer): boolean {
  const lines = [`HTTP/1.1 ${answer.status} Simulated`];
  for (const [name, value] of Object.entries(answer.headers)) {
    lines.push(`${name}: ${value}`);
  }
  const length = new TextEncoder().encode(answer.body).length;
  lines.push(`content-length: ${length}`, "connection: keep-alive", "", "");
  socket.write(lines.join("\r\n") + answer.body);
  return !socket.destroyed;
}
