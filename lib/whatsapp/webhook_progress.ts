/**
 * What the webhook was last seen doing, as a line that waits, turns green, or says why it failed. What happened before
 * the token or secret in question was set does not count.
 */
import type { IntegrationHealthRow } from "@/db/integration_health.ts";

/** A line that changes while somebody watches it. */
export interface LiveState {
  state: "waiting" | "good" | "bad";
  text: string;
  /** What to do about a failure. */
  fix: string | null;
}

/** Meta's handshake, by which it accepts the callback URL. */
export function handshakeProgress(row: IntegrationHealthRow): LiveState {
  const at = row.last_handshake_at;
  if (at === null || isBefore(at, row.verify_token_set_at)) {
    return { state: "waiting", text: "Waiting for Meta…", fix: null };
  }
  const received = `Received ${clock(at)}`;
  if (row.last_handshake_ok) {
    return { state: "good", text: `${received}, token matched`, fix: null };
  }
  return {
    state: "bad",
    text: `${received}: ${row.last_handshake_error ?? "it failed"}`,
    fix:
      "Copy the verify token above into Meta's console once more, whole and without spaces, and press " +
      "“Verify and save” there.",
  };
}

/** The last event that was signed rightly. */
export function eventProgress(row: IntegrationHealthRow): LiveState {
  const problem = signatureProblem(row);
  if (problem !== null) {
    return {
      state: "bad",
      text: problem,
      fix:
        "Change the app secret to that of the Meta app whose webhook calls here (App settings, Basic).",
    };
  }
  const at = row.last_event_at;
  if (at === null) return { state: "waiting", text: "No event has come in yet", fix: null };
  if (isBefore(at, row.app_secret_set_at)) {
    const text = "No event has come in since the app secret was set";
    return { state: "waiting", text, fix: null };
  }
  return { state: "good", text: `Last event received ${clock(at)}`, fix: null };
}

/** Events that came in since the last good one, signed with another secret; null: none. */
export function signatureProblem(row: IntegrationHealthRow): string | null {
  const at = row.last_signature_failure_at;
  if (at === null || isBefore(at, row.app_secret_set_at)) return null;
  if (row.last_event_at !== null && row.last_event_at >= at) return null;
  return `Received ${
    clock(at)
  }: the signature was not made with the app secret that is stored here`;
}

/** A time of day, with the date if it is not today's: "12:03:04 UTC". */
export function clock(at: Date): string {
  const [date = "", time = ""] = at.toISOString().split(/[T.]/);
  const today = new Date().toISOString().slice(0, 10);
  return `${date === today ? "" : `${date} `}${time} UTC`;
}

function isBefore(at: Date, other: Date | null): boolean {
  return other !== null && at < other;
}
