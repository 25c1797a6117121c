/**
 * The stored checks, brought up to date by what sends have shown since: a send that was refused for its token makes the
 * token's check red, a send that was taken makes it green again.
 */
import type { IntegrationHealthRow, StoredCheck } from "@/db/integration_health.ts";
import { formatUtc, NEW_TOKEN } from "@/lib/whatsapp/check_token.ts";

/** The checks as they stand now; empty if Meta was never asked and no send was refused. */
export function effectiveChecks(row: IntegrationHealthRow): StoredCheck[] {
  const stored = row.checks ?? [];
  const others = stored.filter(({ name }) => name !== "token");
  const token = stored.find(({ name }) => name === "token") ?? null;
  const current = tokenCheck(row, token);
  return current === null ? others : [current, ...others];
}

function tokenCheck(row: IntegrationHealthRow, stored: StoredCheck | null): StoredCheck | null {
  if (row.token_failed_at !== null) {
    return {
      name: "token",
      state: "fail",
      detail: `Refused since ${formatUtc(row.token_failed_at)}: ${
        row.token_failure ?? "Meta gave no reason"
      }`,
      fix: NEW_TOKEN,
      checked_at: row.token_failed_at.toISOString(),
    };
  }
  // A check that fails sets token_failed_at: gone since, it was a send that Meta has taken.
  if (stored?.state === "fail") {
    return {
      ...stored,
      state: "ok",
      detail: "Works: Meta has taken a message since the last check.",
      fix: null,
    };
  }
  return stored;
}
