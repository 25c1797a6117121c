/**
 * The cases that every route of the API shares: who may call it, by which methods, and what the answers look like
 * whatever the outcome. One call inside a `describe` registers them all.
 */
import { it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Scope, SCOPES } from "@/lib/keys/scopes.ts";
import { type ApiAnswer, type ApiRequest, assertApiError } from "@/tests/helpers/api_client.ts";
import { expireKey, mistypedKey, revokeKey, unknownKey } from "@/tests/helpers/bad_keys.ts";
import type { Harness } from "@/tests/helpers/harness.ts";

/** A method of a path. */
export interface ApiRoute {
  /** Called inside the cases: the harness is not there yet when they are registered. */
  harness: () => Harness;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  /** Null: any valid key may call it. */
  scope: Scope | null;
  /** The whole Allow header of the path. */
  allow: string;
  /** A body with which the request passes all checks of its form. */
  body?: unknown;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** Registers the shared cases of a route. */
export function routeContract(route: ApiRoute): void {
  registerKeyCases(route);
  registerScopeCases(route);
  registerMethodCases(route);
}

function registerKeyCases(route: ApiRoute): void {
  const { harness } = route;
  const name = `${route.method} ${route.path}`;

  it(`${name} 401 refuses a request without a key`, async () => {
    assertUnauthorized(await call(route, {}));
  });

  it(`${name} 401 refuses mistyped and unknown keys`, async () => {
    const { key } = await harness().makeAccount();
    assertUnauthorized(await call(route, { key: mistypedKey(key.key) }));
    assertUnauthorized(await call(route, { key: unknownKey() }));
    assertUnauthorized(await call(route, { headers: { authorization: key.key } }));
  });

  it(`${name} 401 refuses a key from the request after its revocation`, async () => {
    const { key } = await harness().makeAccount();
    assertPasses(await call(route, { key: key.key }));
    await revokeKey(harness(), key.id);
    assertUnauthorized(await call(route, { key: key.key }));
  });

  it(`${name} 401 refuses an expired key`, async () => {
    const account = await harness().makeAccount();
    const key = await harness().makeKey({ accountId: account.id, expiresInDays: 1 });
    assertPasses(await call(route, { key: key.key }));
    await expireKey(harness(), key.id);
    assertUnauthorized(await call(route, { key: key.key }));
  });

  it(`${name} 429 refuses a key beyond its rate limit`, async () => {
    const account = await harness().makeAccount();
    const key = await harness().makeKey({ accountId: account.id, rateLimit: 1 });
    const first = await call(route, { key: key.key });
    assertPasses(first);
    assertEquals(first.headers.get("x-ratelimit-remaining"), "0");
    const second = await call(route, { key: key.key });
    assertApiError(second, { status: 429, code: "rate_limited", retryable: true });
    assertMatch(second.headers.get("retry-after") ?? "", /^[1-9][0-9]*$/);
  });
}

function registerScopeCases(route: ApiRoute): void {
  const { harness, scope } = route;
  const name = `${route.method} ${route.path}`;
  const all = Object.keys(SCOPES) as Scope[];

  if (scope === null) {
    it(`${name} passes a key without scopes`, async () => {
      const account = await harness().makeAccount();
      const key = await harness().makeKey({ accountId: account.id, scopes: [] });
      assertPasses(await call(route, { key: key.key }));
    });
    return;
  }

  it(`${name} 403 names the scope "${scope}" to a key that has all others`, async () => {
    const account = await harness().makeAccount();
    const others = all.filter((other) => other !== scope);
    const key = await harness().makeKey({ accountId: account.id, scopes: others });
    const answer = await call(route, { key: key.key });
    assertApiError(answer, { status: 403, code: "forbidden", retryable: false });
    assert(answer.json.error.message.includes(`"${scope}"`), answer.text);
    assertEquals(answer.headers.get("www-authenticate"), null);
  });

  it(`${name} passes a key with the scope "${scope}" alone`, async () => {
    const account = await harness().makeAccount();
    const key = await harness().makeKey({ accountId: account.id, scopes: [scope] });
    assertPasses(await call(route, { key: key.key }));
  });
}

function registerMethodCases(route: ApiRoute): void {
  const { harness, path, allow } = route;
  const name = `${route.method} ${path}`;
  const allowed = allow.split(", ");

  it(`${name} 405 refuses other methods with Allow, without asking for a key`, async () => {
    for (const method of METHODS.filter((other) => !allowed.includes(other))) {
      const answer = await harness().call({ method, path });
      assertEquals({ method, status: answer.status, allow: answer.headers.get("allow") }, {
        method,
        status: 405,
        allow,
      });
      // An answer to HEAD has no body to look at.
      if (method === "HEAD") continue;
      assertApiError(answer, { status: 405, code: "method_not_allowed", retryable: false });
    }
  });

  it(`${name} 204 answers OPTIONS with Allow, without asking for a key`, async () => {
    const answer = await harness().call({
      method: "OPTIONS",
      path,
      headers: { origin: "https://example.com", "access-control-request-method": route.method },
    });
    assertEquals(answer.status, 204);
    assertEquals(answer.text, "");
    assertEquals(answer.headers.get("allow"), allow);
    assertEquals(corsHeaders(answer), []);
  });

  if (route.method !== "GET") return;

  it(`${name} answers HEAD like GET, without the body`, async () => {
    const { key } = await harness().makeAccount();
    const get = await call(route, { key: key.key });
    const head = await call({ ...route, method: "HEAD" }, { key: key.key });
    assertEquals(head.status, get.status);
    assertEquals(head.text, "");
    const { type: headType, length: headLength } = describeBody(head);
    const { type: getType, length: getLength } = describeBody(get);
    assertEquals(headType, getType);
    // Left out is allowed, another value is not (RFC 9110, section 8.6).
    if (headLength !== null) assertEquals(headLength, getLength);
  });
}

function call(
  route: Omit<ApiRoute, "method"> & { method: string },
  request: Pick<ApiRequest, "key" | "headers">,
): Promise<ApiAnswer> {
  return route.harness().call({
    method: route.method,
    path: route.path,
    ...(route.body === undefined ? {} : { body: route.body }),
    ...request,
  });
}

/** Whatever the route says, the key was not what stopped it. */
function assertPasses(answer: ApiAnswer): void {
  assertEquals([401, 403, 429].includes(answer.status), false, answer.text);
  assert(answer.status < 500, answer.text);
}

/** Asserts a 401 that tells nothing but how to authenticate. */
export function assertUnauthorized(answer: ApiAnswer): void {
  assertApiError(answer, { status: 401, code: "unauthorized", retryable: false });
  assertMatch(answer.headers.get("www-authenticate") ?? "", /^Bearer( |$)/);
  assertEquals(answer.headers.get("x-ratelimit-limit"), null);
}

/** The CORS headers of an answer: there must be none, because keys do not belong in browsers. */
export function corsHeaders(answer: Pick<ApiAnswer, "headers">): string[] {
  return [...answer.headers.keys()].filter((name) => name.startsWith("access-control-"));
}

function describeBody(answer: ApiAnswer): { type: string | null; length: string | null } {
  return {
    type: answer.headers.get("content-type"),
    length: answer.headers.get("content-length"),
  };
}
