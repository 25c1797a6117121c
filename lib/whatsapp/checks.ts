/**
 * The questions put to Meta about an integration, and how their answers are worded: each check ends in a plain result
 * and, if it is not good, in what to do about it. What the checks are made of is in the check_*.ts files.
 */
import type { StoredCheck } from "@/db/integration_health.ts";
import type { LookupFailure } from "@/lib/meta/graph_call.ts";

/** The checks by name, in the order in which they are shown; a later one can only be right if the earlier are. */
export const CHECKS = {
  token: { title: "Access token" },
  app_secret: { title: "App secret" },
  permissions: { title: "Permissions" },
  number: { title: "Phone number" },
  registration: { title: "Registration" },
  subscription: { title: "Events of the account" },
} as const satisfies Record<string, { title: string }>;

/** The name of a check. */
export type CheckName = keyof typeof CHECKS;

/** Result of a check. */
export interface Check {
  name: CheckName;
  /** "unknown": Meta could not be asked, or did not say. */
  state: "ok" | "warn" | "fail" | "unknown";
  detail: string;
  fix: string | null;
}

/** A check that found nothing wrong. */
export function good(name: CheckName, detail: string): Check {
  return { name, state: "ok", detail, fix: null };
}

/** A check with something to do. */
export function bad(
  name: CheckName,
  problem: { state?: "warn" | "fail" | "unknown"; detail: string; fix: string | null },
): Check {
  return { name, state: problem.state ?? "fail", detail: problem.detail, fix: problem.fix };
}

/** A check whose question Meta refused or did not answer. */
export function unanswered(name: CheckName, failure: LookupFailure): Check {
  if (failure.error === null) {
    return bad(name, {
      state: "unknown",
      detail: `${failure.reason}.`,
      fix: "Check this server's way to the internet, then check again.",
    });
  }
  if (failure.error.code === 190) {
    // What is wrong is the token, which has a check of its own.
    return bad(name, {
      state: "unknown",
      detail: "Not known: Meta refuses the access token.",
      fix: null,
    });
  }
  const isMetasFault = failure.error.httpStatus >= 500 || failure.error.code === null;
  return bad(name, {
    state: isMetasFault ? "unknown" : "fail",
    detail: `Meta answers: ${describeFailure(failure)}`,
    fix: failure.error.hint,
  });
}

/** Meta's words with their code. */
export function describeFailure(failure: LookupFailure): string {
  if (failure.error === null) return failure.reason;
  const { code, message } = failure.error;
  return code === null ? message : `${message} (code ${code})`;
}

/** The form in which a check is stored. */
export function toStoredCheck(check: Check, at: Date): StoredCheck {
  return { ...check, checked_at: at.toISOString() };
}

/** Whether a stored name is one of today's checks. */
export function isCheckName(name: string): name is CheckName {
  return Object.hasOwn(CHECKS, name);
}
