/**
 * Who is calling: the API key of a request, its rate limit and its scopes. Order of checks: the key's form, the key,
 * its rate limit; the scope comes after the limit, so that a key without scopes cannot be used to flood.
 */
import { ApiError } from "@/lib/api/errors.ts";
import { type AuthorizedKey, authorizeKey } from "@/db/api_keys.ts";
import type { Sql } from "@/db/connect.ts";
import { bounded } from "@/db/errors.ts";
import { hashKey, parseKeyMode } from "@/lib/keys/key_format.ts";
import type { Scope } from "@/lib/keys/scopes.ts";

/** How long the database may take to tell whether a key is good. */
const AUTHORIZE_TIMEOUT_MS = 5_000;

/**
 * The key of a request.
 *
 * @throws ApiError unauthorized. A revoked or expired key throws too, but `onFound` is told of it before
 */
export async function authenticate(
  sql: Sql,
  options: { authorization: string | null; onFound: (key: AuthorizedKey) => void },
): Promise<AuthorizedKey> {
  const text = parseBearer(options.authorization);
  const mode = parseKeyMode(text);
  if (mode === null) {
    throw unauthorized(
      "This is not an API key of this server: check that it was copied whole " +
        '("wacrm_live_" or "wacrm_test_" and 49 characters)',
    );
  }
  const key = await bounded(authorizeKey(sql, hashKey(text)), AUTHORIZE_TIMEOUT_MS);
  if (key === null || key.account_mode !== mode) {
    throw unauthorized("This API key is not known here: use one that was created on this server");
  }
  options.onFound(key);
  if (!key.usable) {
    throw unauthorized("This API key was revoked or has expired: use another one");
  }
  return key;
}

/**
 * Refuses a request beyond the key's rate limit.
 *
 * @throws ApiError rate_limited
 */
export function requireAllowance(key: AuthorizedKey): void {
  if (key.allowed) return;
  const seconds = key.retry_after_seconds ?? 1;
  throw new ApiError(
    "rate_limited",
    `This key may make ${key.rate_limit} requests a minute: send the request again in ${seconds} s`,
    { headers: { "retry-after": String(seconds) } },
  );
}

/**
 * Refuses a request whose key lacks the scope. Null: every key may.
 *
 * @throws ApiError forbidden
 */
export function requireScope(key: AuthorizedKey, scope: Scope | null): void {
  if (scope === null || key.scopes.includes(scope)) return;
  throw new ApiError(
    "forbidden",
    `This key lacks the scope "${scope}": use a key that has it, or create one`,
  );
}

/** Sets the three X-RateLimit headers; an unlimited key has none. */
export function setRateLimitHeaders(headers: Headers, key: AuthorizedKey): void {
  if (key.remaining === null || key.reset_at === null) return;
  headers.set("x-ratelimit-limit", String(key.rate_limit));
  headers.set("x-ratelimit-remaining", String(key.remaining));
  headers.set("x-ratelimit-reset", String(key.reset_at));
}

/** The token of an Authorization header (RFC 6750, section 2.1). */
function parseBearer(authorization: string | null): string {
  if (authorization === null) {
    throw unauthorized('Send your API key in the header "Authorization: Bearer wacrm_…"');
  }
  const match = /^Bearer +([^\s]+)$/i.exec(authorization);
  if (match?.[1] === undefined) {
    throw unauthorized('The Authorization header must read "Bearer", a space and the API key');
  }
  return match[1];
}

function unauthorized(message: string): ApiError {
  return new ApiError("unauthorized", message, {
    headers: { "www-authenticate": 'Bearer realm="messages-api"' },
  });
}
