/**
 * Signing in. An attempt is counted before the password is looked at, so that many at once cannot pass the throttle
 * together; it is taken back when the password was right. The answer and its time are the same for an unknown address
 * and for a wrong password.
 */
import { createHash } from "node:crypto";
import { insertAuditEntry } from "@/db/audit_log.ts";
import {
  type AttemptCounters,
  forgiveSignInAttempt,
  takeSignInAttempt,
} from "@/db/sign_in_attempts.ts";
import { findCredentials } from "@/db/team.ts";
import { PasswordWorkBusyError } from "@/lib/admin/password_work.ts";
import { beginSession } from "@/lib/admin/session.ts";
import { clientAddress } from "@/lib/http/client_address.ts";
import { makeId } from "@/lib/ids.ts";
import type { RequestOf } from "@/lib/state.ts";

/** What became of an attempt to sign in. */
export type SignInOutcome =
  | { kind: "signed_in"; cookie: string }
  | { kind: "wrong" }
  | { kind: "throttled"; retryAfterSeconds: number };

/** From so many failures on, each closes the door for a while. */
export const ATTEMPT_LIMITS = { perEmail: 5, perAddress: 30 };

/** When all places for checking passwords are taken. */
const BUSY_RETRY_SECONDS = 5;

/** Signs somebody in, with a new session in the place of the browser's old one. */
export async function signIn(
  ctx: RequestOf,
  given: { email: string; password: string },
): Promise<SignInOutcome> {
  const { db, log } = ctx.state.services;
  const counters = countersOf(ctx, `email ${given.email}`);
  const retryAfterSeconds = await takeSignInAttempt(db.sql, counters);
  if (retryAfterSeconds > 0) {
    log.warn("sign_in_throttled", { retry_after_seconds: retryAfterSeconds });
    return { kind: "throttled", retryAfterSeconds };
  }
  const user = await findCredentials(db.sql, given.email);
  const isRight = await checkPassword(ctx, {
    password: given.password,
    stored: user?.password_hash ?? null,
    counters,
  });
  if (typeof isRight === "number") return { kind: "throttled", retryAfterSeconds: isRight };
  if (!isRight || user === null) return { kind: "wrong" };
  const cookie = await beginSession(ctx, { id: user.id, passwordHash: user.password_hash });
  if (cookie === null) return { kind: "wrong" };
  await insertAuditEntry(db.sql, {
    id: makeId(),
    accountId: user.account_id,
    userId: user.id,
    userEmail: user.email,
    action: "user.signed_in",
    targetType: "user",
    targetId: user.id,
    mode: "live",
    details: {},
  });
  return { kind: "signed_in", cookie };
}

/** What became of asking a signed-in person for her password. */
export type ConfirmOutcome =
  /** With the stored password that it was compared with. */
  | { kind: "right"; checkedHash: string }
  | { kind: "wrong" }
  | { kind: "throttled"; retryAfterSeconds: number };

/** Whether a signed-in person knows her password; as slow for guessing as the sign-in. */
export async function confirmPassword(
  ctx: RequestOf,
  user: { email: string; password: string },
): Promise<ConfirmOutcome> {
  const { db } = ctx.state.services;
  const counters = countersOf(ctx, `confirm ${user.email}`);
  const retryAfterSeconds = await takeSignInAttempt(db.sql, counters);
  if (retryAfterSeconds > 0) return { kind: "throttled", retryAfterSeconds };
  const stored = (await findCredentials(db.sql, user.email))?.password_hash ?? null;
  const isRight = await checkPassword(ctx, { password: user.password, stored, counters });
  if (typeof isRight === "number") return { kind: "throttled", retryAfterSeconds: isRight };
  return isRight && stored !== null ? { kind: "right", checkedHash: stored } : { kind: "wrong" };
}

/** Whether a password is right; a number of seconds if nobody had time to look. */
async function checkPassword(
  ctx: RequestOf,
  check: { password: string; stored: string | null; counters: AttemptCounters },
): Promise<boolean | number> {
  const { db, passwords } = ctx.state.services;
  try {
    const isRight = await passwords.verify(check.password, check.stored);
    if (isRight) await forgiveSignInAttempt(db.sql, check.counters);
    return isRight;
  } catch (error) {
    if (!(error instanceof PasswordWorkBusyError)) throw error;
    return BUSY_RETRY_SECONDS;
  }
}

function countersOf(ctx: RequestOf, email: string): AttemptCounters {
  const address = clientAddress(
    { headers: ctx.req.headers, info: ctx.info },
    ctx.state.services.config,
  );
  return {
    address: { key: sha256(`address ${address}`), limit: ATTEMPT_LIMITS.perAddress },
    email: { key: sha256(email), limit: ATTEMPT_LIMITS.perEmail },
  };
}

function sha256(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
