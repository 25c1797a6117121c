/**
 * Judges a complete answer to a send: accepted, refused, or open. It decides
 * from status, code and error_table.ts alone; cases without an answer are
 * client.ts's. The rule behind every branch: what is not certainly a refusal is
 * ambiguous, because Meta has no idempotency and a repeat would be a duplicate.
 */
import { findMetaError } from "@/lib/meta/error_table.ts";
import { isJsonObject, type MetaError, parseJson, parseMetaError } from "@/lib/meta/meta_error.ts";
import type { GraphResponse } from "@/lib/meta/transport.ts";

/** How one attempt to send ended. */
export type SendOutcome =
  /** Meta took the message; `wamid` is its WhatsApp id. */
  | {
    kind: "accepted";
    wamid: string;
    /** The number WhatsApp uses, digits only; may differ from the one sent to. */
    waId: string | null;
    /** The recipient's BSUID, when the message was addressed to one. */
    userId: string | null;
    /** Templates only: "accepted", "held_for_quality_assessment", "paused". */
    messageStatus: string | null;
  }
  /** Meta refused it for good. */
  | { kind: "rejected"; error: MetaError }
  /** Meta refused it by a rate limit: the same request may be repeated. */
  | { kind: "throttled"; error: MetaError; retryAfterSeconds: number | null }
  /** Too many messages to this recipient within seconds. */
  | { kind: "pair_limited"; error: MetaError }
  /** Not one byte of the request left this machine. */
  | { kind: "never_written"; reason: string }
  /** Meta may or may not have taken it: it must not be repeated. */
  | { kind: "ambiguous"; reason: string; error: MetaError | null };

/** Judges an answer. `secret` is removed from texts that Meta sent. */
export function classifySendResponse(
  response: GraphResponse,
  options: { secret: string },
): SendOutcome {
  if (response.status >= 200 && response.status < 300) {
    return classifySuccess(response);
  }
  if (response.status < 400) {
    return openOutcome(`Unexpected HTTP status ${response.status}`, null);
  }
  return classifyError(response, parseMetaError(response, options));
}

function classifySuccess(response: GraphResponse): SendOutcome {
  const body = parseJson(response.text);
  if (body === undefined) {
    return openOutcome(
      `Unreadable answer with HTTP status ${response.status}`,
      null,
    );
  }
  const message = firstOf(body, "messages");
  const contact = firstOf(body, "contacts");
  const wamid = textOf(message?.id);
  if (wamid === null) {
    return openOutcome(
      `Answer with HTTP status ${response.status} without a message id`,
      null,
    );
  }
  return {
    kind: "accepted",
    wamid,
    waId: textOf(contact?.wa_id),
    userId: textOf(contact?.user_id),
    messageStatus: textOf(message?.message_status),
  };
}

function classifyError(response: GraphResponse, error: MetaError): SendOutcome {
  const row = error.code === null ? null : findMetaError(error.code);
  if (row?.class === "pair_limited") return { kind: "pair_limited", error };
  if (row?.class === "throttled" || response.status === 429) {
    return {
      kind: "throttled",
      error,
      retryAfterSeconds: retryAfterSeconds(response.headers["retry-after"]),
    };
  }
  // Codes 1, 2, 131000 and 131016 report a fault on Meta's side, sometimes with
  // status 400: the code says more than the status, so they stay open.
  if (row?.class === "ambiguous") {
    return openOutcome(`Meta answered with code ${error.code}`, error);
  }
  // A 5xx is a definite refusal only with a code known to be one (3, 131045).
  if (response.status >= 500 && row === null) {
    return openOutcome(
      error.code === null
        ? `HTTP status ${response.status} without an error code`
        : `HTTP status ${response.status} with unknown code ${error.code}`,
      error.code === null ? null : error,
    );
  }
  return { kind: "rejected", error };
}

function openOutcome(reason: string, error: MetaError | null): SendOutcome {
  return { kind: "ambiguous", reason, error };
}

// RFC 9110 section 10.2.3: whole seconds or an HTTP date.
function retryAfterSeconds(value: string | undefined): number | null {
  if (value === undefined) return null;
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value);
  const atMs = Date.parse(value);
  if (Number.isNaN(atMs)) return null;
  return Math.max(0, Math.ceil((atMs - Date.now()) / 1000));
}

function firstOf(
  body: unknown,
  key: "messages" | "contacts",
): Record<string, unknown> | null {
  const list = isJsonObject(body) ? body[key] : undefined;
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return isJsonObject(first) ? first : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
