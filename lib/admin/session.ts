/**
 * Sessions: a random token in a cookie, its hash in the database. A session begins with a new token, never with one
 * that the browser brought (session fixation), and the session that it brought ends.
 */
import type { TransactionSql } from "@/db/connect.ts";
import { deleteSessionByToken, findSession, insertSession, SESSION_LIMITS } from "@/db/sessions.ts";
import type { AdminContext } from "@/lib/admin/admin_state.ts";
import { readMode } from "@/lib/admin/mode.ts";
import { hashToken, makeToken } from "@/lib/admin/session_token.ts";
import { clientAddress } from "@/lib/http/client_address.ts";
import { cookieHeader, expiredCookieHeader, readCookie } from "@/lib/http/cookies.ts";
import { makeId } from "@/lib/ids.ts";
import type { RequestOf } from "@/lib/state.ts";

const MAX_USER_AGENT_LENGTH = 300;

/** Who is signed in, or null. */
export async function findAdmin(ctx: RequestOf): Promise<AdminContext | null> {
  const tokenHash = readTokenHash(ctx);
  if (tokenHash === null) return null;
  const row = await findSession(ctx.state.services.db.sql, tokenHash);
  if (row === null) return null;
  const mode = readMode(ctx.url);
  return {
    user: { id: row.user_id, email: row.email, owner: row.owner },
    sessionId: row.id,
    account: {
      id: mode === "test" ? row.test_account_id : row.live_account_id,
      name: row.account_name,
      mode,
    },
    live: { id: row.live_account_id, name: row.account_name },
    test: { id: row.test_account_id },
    mode,
  };
}

/**
 * Begins a session for a user; the header that gives it to the browser. Null if the password that was checked is not
 * the person's any more.
 */
export async function beginSession(
  ctx: RequestOf,
  user: { id: string; passwordHash: string | null; tx?: TransactionSql },
): Promise<string | null> {
  const { services } = ctx.state;
  const { token, tokenHash } = makeToken();
  const isStored = await insertSession(user.tx ?? services.db.sql, {
    id: makeId(),
    tokenHash,
    userId: user.id,
    userAgent: readUserAgent(ctx.req.headers),
    clientAddress: clientAddress({ headers: ctx.req.headers, info: ctx.info }, services.config),
    replaces: readTokenHash(ctx),
    passwordHash: user.passwordHash,
  });
  if (!isStored) return null;
  return cookieHeader({
    name: "session",
    site: services.config,
    value: token,
    maxAgeSeconds: SESSION_LIMITS.absoluteHours * 3_600,
  });
}

/** Ends the session that the browser brought, if there is one; the header that makes it forget the cookie. */
export async function endSession(ctx: RequestOf): Promise<string> {
  const { services } = ctx.state;
  const tokenHash = readTokenHash(ctx);
  if (tokenHash !== null) await deleteSessionByToken(services.db.sql, tokenHash);
  return expiredCookieHeader({ name: "session", site: services.config });
}

function readTokenHash(ctx: RequestOf): Uint8Array | null {
  const { config } = ctx.state.services;
  return hashToken(readCookie(ctx.req.headers, { name: "session", site: config }) ?? "");
}

function readUserAgent(headers: Headers): string | null {
  // Header values are Latin-1: no NUL, no surrogates.
  return headers.get("user-agent")?.slice(0, MAX_USER_AGENT_LENGTH) ?? null;
}
