/** How far the proof has come: a message to one's own phone, delivered, and an answer that came back. */
import type { IntegrationHealthRow } from "@/db/integration_health.ts";
import { clock, type LiveState } from "@/lib/whatsapp/webhook_progress.ts";

/** The three things to wait for. */
export interface ProofProgress {
  sent: LiveState;
  delivered: LiveState;
  answered: LiveState;
  /** All three are there. */
  done: boolean;
}

/** Judges the message that is to prove the integration; null: none was sent. */
export function proofProgress(row: IntegrationHealthRow): ProofProgress | null {
  if (row.proof_message_id === null || row.proof_sent_at === null) return null;
  const delivered = deliveredState(row);
  const answered: LiveState = row.proof_answered_at === null
    ? {
      state: "waiting",
      text: "Waiting for your answer: reply anything from that phone",
      fix: null,
    }
    : {
      state: "good",
      text: `Answered ${clock(row.proof_answered_at)}${
        row.proof_answer === null ? "" : `: “${shorten(row.proof_answer)}”`
      }`,
      fix: null,
    };
  return {
    sent: sentState(row),
    delivered,
    answered,
    done: delivered.state === "good" && answered.state === "good",
  };
}

function sentState(row: IntegrationHealthRow): LiveState {
  const to = row.proof_recipient ?? "your phone";
  switch (row.proof_status) {
    case "pending":
      return { state: "waiting", text: `Sending to ${to}…`, fix: null };
    case "unknown":
      return {
        state: "waiting",
        text: "Meta may have taken it: waiting for its status",
        fix: null,
      };
    case "failed":
      return {
        state: "bad",
        text: `Not delivered: ${row.proof_error?.message ?? "Meta gave no reason"}`,
        fix: row.proof_error?.hint ?? null,
      };
    default:
      return { state: "good", text: `Sent to ${to}`, fix: null };
  }
}

function deliveredState(row: IntegrationHealthRow): LiveState {
  if (row.proof_status === "read") return { state: "good", text: "Delivered and read", fix: null };
  if (row.proof_status === "delivered") return { state: "good", text: "Delivered", fix: null };
  return row.proof_status === "failed"
    ? { state: "bad", text: "Not delivered", fix: null }
    : { state: "waiting", text: "Waiting for the delivery status from Meta", fix: null };
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= 80 ? text : `${characters.slice(0, 79).join("")}…`;
}
