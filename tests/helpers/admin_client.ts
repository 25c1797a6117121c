/**
 * A person in the admin UI, as a browser without scripts would act for her: cookies are kept, forms say where they come
 * from, redirects are not followed. Signing in writes the session into the database: the sign-in itself, which takes
 * its time on purpose, has tests of its own.
 */
import { createHash, randomBytes, scryptSync } from "node:crypto";
import { makeId } from "@/lib/ids.ts";
import type { Harness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

/** What is sent with a form; a list repeats its name. */
export type FormFields = Record<string, string | readonly string[]>;

/** An answer, read to its end. */
export interface PageAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** Where a redirect leads, else null. */
  location: string | null;
}

/** Headers beside those that the client sets, or instead of them. */
export interface PageOptions {
  headers?: Record<string, string>;
}

/** A browser of one person. */
export interface AdminClient {
  account: SeededAccount;
  user: { id: string; email: string; password: string };
  /** The public id of the session. */
  sessionId: string;
  /** By name; change it to bring others. */
  cookies: Map<string, string>;
  get(path: string, options?: PageOptions): Promise<PageAnswer>;
  /** Posts a form; its `mode` is that of the path if it is not among the fields. */
  post(path: string, fields?: FormFields, options?: PageOptions): Promise<PageAnswer>;
  /** Any request with the person's cookies; the caller reads the answer. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** What every person of the tests signs in with. */
export const TEST_PASSWORD = "correct horse battery";

const SESSION_COOKIE = "messages_session";

/** Makes a person who can sign in with `TEST_PASSWORD`; the first of an account is its owner. */
export async function makeUser(
  harness: Pick<Harness, "query">,
  options: { accountId: string; email?: string },
): Promise<AdminClient["user"]> {
  const id = makeId();
  const email = options.email ?? `${randomBytes(6).toString("hex")}@example.com`;
  await harness.query(
    `insert into users (id, account_id, email, password_hash, owner)
     values ($1, $2, $3, $4, not exists (select from users where account_id = $2))`,
    [id, options.accountId, email, cheapHash(TEST_PASSWORD)],
  );
  return { id, email, password: TEST_PASSWORD };
}

/** Signs a new person in, to an account of her own if none is given. */
export async function signIn(
  harness: Harness,
  options: { account?: SeededAccount; user?: AdminClient["user"] } = {},
): Promise<AdminClient> {
  const account = options.account ?? await harness.makeAccount();
  const user = options.user ?? await makeUser(harness, { accountId: account.id });
  const sessionId = makeId();
  const token = randomBytes(32).toString("base64url");
  await harness.query(
    `insert into sessions (token_hash, id, user_id, user_agent, client_address, expires_at)
     values (decode($1, 'hex'), $2, $3, 'test', '127.0.0.1', now() + interval '14 days')`,
    [createHash("sha256").update(token).digest("hex"), sessionId, user.id],
  );
  const browser = openPages(harness.server.baseUrl);
  browser.cookies.set(SESSION_COOKIE, token);
  return { ...browser, account, user, sessionId };
}

/** A browser that nobody has signed in with yet. */
export function openPages(
  baseUrl: string,
): Pick<AdminClient, "cookies" | "get" | "post" | "fetch"> {
  const cookies = new Map<string, string>();
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (cookies.size > 0 && !headers.has("cookie")) {
      headers.set("cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
    }
    const response = await fetch(`${baseUrl}${path}`, { redirect: "manual", ...init, headers });
    for (const line of response.headers.getSetCookie()) keepCookie(cookies, line);
    return response;
  };
  const read = async (response: Response): Promise<PageAnswer> => ({
    status: response.status,
    headers: response.headers,
    text: await response.text(),
    location: response.headers.get("location"),
  });
  return {
    cookies,
    fetch: (path, init = {}) => send(path, init),
    get: async (path, options = {}) =>
      await read(await send(path, { headers: options.headers ?? {} })),
    post: async (path, fields = {}, options = {}) => {
      const mode = new URL(path, baseUrl).searchParams.get("mode") === "test" ? "test" : "live";
      const form = new URLSearchParams();
      for (const [name, value] of Object.entries({ mode, ...fields })) {
        for (const each of [value].flat()) form.append(name, each);
      }
      const headers = { "sec-fetch-site": "same-origin", ...options.headers };
      return await read(await send(path, { method: "POST", body: form, headers }));
    },
  };
}

function keepCookie(cookies: Map<string, string>, line: string): void {
  const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
  const name = pair.slice(0, pair.indexOf("="));
  if (attributes.includes("Max-Age=0")) cookies.delete(name);
  else cookies.set(name, pair.slice(name.length + 1));
}

/** The stored text carries its cost: 2^4 instead of 2^17 takes no time. */
function cheapHash(password: string): string {
  const salt = randomBytes(16);
  const hash = scryptSync(password, salt, 32, { N: 16, r: 8, p: 1 });
  return ["scrypt", 4, salt.toString("base64url"), hash.toString("base64url")].join("$");
}
