/**
 * Who is calling: the API key of a request, its rate limit and its scopes. Order of checks: the key's form, the key,
 * its rate limit; the scope comes after the limit, so that a key without scopes cannot be used to flood. Whoever calls
 * without a valid key is counted by address, and a valid key is looked at before that count.
 */
import { ApiError } from "@/lib/api/errors.ts";
import type { FailedAuthentications } from "@/lib/api/failed_authentications.ts";
import type { KeyLookups } from "@/lib/api/key_lookups.ts";
import type { AuthorizedKey } from "@/db/api_keys.ts";
import { hashKey, parseKeyMode } from "@/lib/keys/key_format.ts";
import type { Scope } from "@/lib/keys/scopes.ts";

/** RFC 6750, section 2.1. */
const BEARER = /^Bearer +([^\s]+)$/i;

/** What a request says of who sends it. */
export interface Credentials {
  /** The header. */
  authorization: string | null;
  /** Gives the client address; working it out costs more than the look-up of a key that others have too. */
  address: () => string;
  /** Is told of a revoked or expired key, too. */
  onFound: (key: AuthorizedKey) => void;
}

/**
 * The key of a request.
 *
 * @throws ApiError unauthorized, or rate_limited when requests of the address were so too often
 */
export async function authenticate(
  { keys, failures }: { keys: KeyLookups; failures: FailedAuthentications },
  credentials: Credentials,
): Promise<AuthorizedKey> {
  try {
    return await findKey(keys, credentials);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "unauthorized")) throw error;
    const seconds = failures.count(credentials.address());
    throw seconds === 0 ? error : tooManyFailures(seconds);
  }
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

/**
 * The hash of the key in an Authorization header, or null if there is none that could be a key; whether it is one is
 * not asked.
 */
export function hashOfBearer(authorization: string | null): Uint8Array | null {
  const text = BEARER.exec(authorization ?? "")?.[1];
  return text === undefined || parseKeyMode(text) === null ? null : hashKey(text);
}

/** Sets the three X-RateLimit headers; an unlimited key has none. */
export function setRateLimitHeaders(headers: Headers, key: AuthorizedKey): void {
  if (key.remaining === null || key.reset_at === null) return;
  headers.set("x-ratelimit-limit", String(key.rate_limit));
  headers.set("x-ratelimit-remaining", String(key.remaining));
  headers.set("x-ratelimit-reset", String(key.reset_at));
}

async function findKey(
  keys: KeyLookups,
  { authorization, onFound }: Credentials,
): Promise<AuthorizedKey> {
  const text = parseBearer(authorization);
  const mode = parseKeyMode(text);
  if (mode === null) {
    throw unauthorized(
      "This is not an API key of this server: check that it was copied whole " +
        '("wacrm_live_" or "wacrm_test_" and 49 characters)',
    );
  }
  const key = await keys.authorize(hashKey(text));
  if (key === null || key.account_mode !== mode) {
    throw unauthorized("This API key is not known here: use one that was created on this server");
  }
  onFound(key);
  if (!key.usable) {
    throw unauthorized("This API key was revoked or has expired: use another one");
  }
  return key;
}

/** The token of an Authorization header. */
function parseBearer(authorization: string | null): string {
  if (authorization === null) {
    throw unauthorized('Send your API key in the header "Authorization: Bearer wacrm_…"');
  }
  const match = BEARER.exec(authorization);
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

function tooManyFailures(seconds: number): ApiError {
  return new ApiError(
    "rate_limited",
    "Too many requests from your address came without a valid API key: correct the key, a valid one is answered at " +
      `once, or try again in ${seconds} s`,
    { headers: { "retry-after": String(seconds) } },
  );
}
