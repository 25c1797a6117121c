/**
 * How an account's integration stands, in one word and one sentence: for the badge, the banner of every page and the
 * overview. "Live" is said only of what was proved: a message that was delivered, and an answer to it.
 */
import { findIntegrationHealth, type IntegrationHealthRow } from "@/db/integration_health.ts";
import type { Sql } from "@/db/connect.ts";
import { EXPIRY_WARNING_MS, formatUtc } from "@/lib/whatsapp/check_token.ts";
import { CHECKS, isCheckName } from "@/lib/whatsapp/checks.ts";
import { effectiveChecks } from "@/lib/whatsapp/effective_checks.ts";
import { signatureProblem } from "@/lib/whatsapp/webhook_progress.ts";

/** How far the connection has come. */
export type IntegrationState =
  | "sandbox"
  | "not_connected"
  | "setting_up"
  | "sending_only"
  | "live";

/** An integration at a glance. */
export interface IntegrationHealth {
  state: IntegrationState;
  badge: { label: string; tone: "neutral" | "good" | "warn" | "bad" | "info" };
  /** As people read it; null: no number is connected. */
  number: string | null;
  /** The first thing that is wrong; null: nothing known. Sends are never held back by it. */
  problem: { tone: "bad" | "warn"; title: string; text: string } | null;
}

const BADGES = {
  sandbox: { label: "Sandbox", tone: "info" },
  not_connected: { label: "Not connected", tone: "neutral" },
  setting_up: { label: "Setting up", tone: "info" },
  sending_only: { label: "Sending only", tone: "warn" },
  live: { label: "Live", tone: "good" },
} as const;

/** The health of an account's integration; without one, or without the account: "not_connected". */
export async function integrationHealth(sql: Sql, accountId: string): Promise<IntegrationHealth> {
  const row = await findIntegrationHealth(sql, accountId);
  if (row === null) {
    return {
      state: "not_connected",
      badge: BADGES.not_connected,
      number: null,
      problem: null,
    };
  }
  return judgeHealth(row, new Date());
}

/** Judges what is stored. */
export function judgeHealth(row: IntegrationHealthRow, now: Date): IntegrationHealth {
  const state = stateOf(row);
  const problem = isConnected(row) ? findProblem(row, now) : null;
  return {
    state,
    badge: problem?.tone === "bad" ? { label: "Needs attention", tone: "bad" } : BADGES[state],
    number: isConnected(row) ? row.display_phone_number ?? row.phone_number_id : null,
    problem,
  };
}

/** Whether sends can go out: there is a number with its secrets. */
export function isConnected(row: IntegrationHealthRow): boolean {
  return row.status === "connected" || row.status === "unverified";
}

/** Whether a message was delivered and answered. */
export function isProved(row: IntegrationHealthRow): boolean {
  return (row.proof_status === "delivered" || row.proof_status === "read") &&
    row.proof_answered_at !== null;
}

function stateOf(row: IntegrationHealthRow): IntegrationState {
  if (row.mode === "test") return "sandbox";
  if (!isConnected(row)) return row.has_draft ? "setting_up" : "not_connected";
  if (isProved(row)) return "live";
  return row.sending_only_at === null ? "setting_up" : "sending_only";
}

function findProblem(row: IntegrationHealthRow, now: Date): IntegrationHealth["problem"] {
  if (row.token_failed_at !== null) {
    return {
      tone: "bad",
      title: "WhatsApp refuses the access token",
      text: `Since ${formatUtc(row.token_failed_at)}: ${row.token_failure ?? "no reason given"}`,
    };
  }
  const expiresAt = row.token_expires_at;
  if (expiresAt !== null && expiresAt <= now) {
    return {
      tone: "bad",
      title: "The WhatsApp access token has expired",
      text: `It ended on ${formatUtc(expiresAt)}. Put a new one in.`,
    };
  }
  const failed = effectiveChecks(row).find((check) => check.state === "fail");
  if (failed !== undefined) {
    const title = isCheckName(failed.name) ? CHECKS[failed.name].title : failed.name;
    return { tone: "bad", title: `WhatsApp: ${title}`, text: failed.detail };
  }
  const signature = signatureProblem(row);
  if (signature !== null) {
    // Anybody can post a wrong signature: alarming only as long as no right one has come.
    const tone = row.last_event_at === null ? "bad" : "warn";
    return { tone, title: "Events from WhatsApp are refused", text: signature };
  }
  if (expiresAt !== null && expiresAt.getTime() - now.getTime() < EXPIRY_WARNING_MS) {
    return {
      tone: "warn",
      title: "The WhatsApp access token expires soon",
      text: `It works until ${formatUtc(expiresAt)}. Put a new one in before that.`,
    };
  }
  return null;
}
