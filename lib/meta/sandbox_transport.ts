/**
 * The GraphTransport of test mode: calls the sandbox in this process, so that
 * the client's code path is the same as with Meta but nothing leaves the
 * machine. Acts out the sandbox's delays, silence and refused connections with
 * the errors that http_transport.ts would give.
 */
import type { Sandbox, SandboxResponse } from "@/lib/meta/sandbox.ts";
import {
  GraphNetworkError,
  type GraphRequest,
  type GraphResponse,
  type GraphTransport,
} from "@/lib/meta/transport.ts";

/** Makes a transport to a sandbox; `close` has nothing to release. */
export function createSandboxTransport(sandbox: Sandbox): GraphTransport {
  return {
    request: (request) => callSandbox(sandbox, request),
    close: () => Promise.resolve(),
  };
}

async function callSandbox(
  sandbox: Sandbox,
  request: GraphRequest,
): Promise<GraphResponse> {
  const { signal } = request;
  if (signal.aborted) throw abortError(signal, "never_written");
  const response = await sandbox.handle({
    method: request.method,
    path: request.path,
    query: request.query ?? {},
    authorization: `Bearer ${request.accessToken}`,
    body: request.body ?? null,
  });
  switch (response.kind) {
    case "connection_refused":
      throw new GraphNetworkError(
        "Cannot reach Meta (ECONNREFUSED): nothing was sent",
        { certainty: "never_written", code: "ECONNREFUSED" },
      );
    case "never_answer":
      return await new Promise((_resolve, reject) => {
        const fail = (): void => reject(abortError(signal, "ambiguous"));
        if (signal.aborted) fail();
        else signal.addEventListener("abort", fail, { once: true });
      });
    case "answer":
      return await answerAfterDelay(response, signal);
  }
}

function answerAfterDelay(
  response: SandboxResponse & { kind: "answer" },
  signal: AbortSignal,
): Promise<GraphResponse> {
  const { status, headers, body: text, delayMs } = response;
  if (delayMs === 0) return Promise.resolve({ status, headers, text });
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(abortError(signal, "ambiguous"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve({ status, headers, text });
    }, delayMs);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

function abortError(
  signal: AbortSignal,
  certainty: "never_written" | "ambiguous",
): GraphNetworkError {
  const code = signal.reason instanceof Error ? signal.reason.name : "AbortError";
  return new GraphNetworkError(
    certainty === "ambiguous"
      ? `No complete answer from Meta (${code}): the request may have been taken`
      : `Cannot reach Meta (${code}): nothing was sent`,
    { certainty, code },
  );
}
