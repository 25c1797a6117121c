/** Signing in and out: what the browser gets, what it may bring, and when a session ends. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import {
  makeUser,
  openPages,
  type PageAnswer,
  signIn,
  TEST_PASSWORD,
} from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";

describe("sign-in", () => {
  let harness: Harness;
  let email: string;
  beforeAll(async () => {
    harness = await startHarness();
    const account = await harness.makeAccount();
    ({ email } = await makeUser(harness, { accountId: account.id }));
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const pages = () => openPages(harness.server.baseUrl);
  const enter = (fields: Record<string, string> = {}, path = "/login") => {
    const browser = pages();
    const answer = browser.post(path, { email, password: TEST_PASSWORD, ...fields });
    return answer.then((result) => ({ ...result, browser }));
  };
  const sessionCookie = (answer: PageAnswer) =>
    answer.headers.getSetCookie().find((line) => line.startsWith("messages_session="));

  it("GET /login 200 has a form that password managers know", async () => {
    const { status, text, headers } = await pages().get("/login");
    assertEquals([status, headers.get("cache-control")], [200, "no-store"]);
    assertMatch(text, /<input[^>]*type="email"[^>]*autocomplete="username"/);
    assertMatch(text, /<input[^>]*type="password"[^>]*autocomplete="current-password"/);
  });

  it("POST /login 303 signs in, whatever the case of the address and the spaces around it", async () => {
    for (const address of [email, ` ${email.toUpperCase()} `]) {
      const { status, location, browser } = await enter({ email: address });
      assertEquals([status, location], [303, "/"]);
      assertEquals((await browser.get("/settings")).status, 200);
    }
  });

  it("POST /login 422 says the same of a wrong password and of an address that nobody has", async () => {
    const refusals = [];
    for (const fields of [{ password: "wrong horse battery" }, { email: "nobody@example.com" }]) {
      const answer = await enter(fields);
      assertEquals([answer.status, sessionCookie(answer)], [422, undefined]);
      refusals.push(/The e-mail address or the password is wrong/.exec(answer.text)?.[0]);
      assertEquals(answer.text.includes("wrong horse"), false);
    }
    assertNotEquals(refusals[0], undefined);
    assertEquals(refusals[0], refusals[1]);
  });

  it("POST /login 422 asks for what is missing, and keeps the address", async () => {
    const answer = await enter({ password: "" });
    assertEquals(answer.status, 422);
    assert(answer.text.includes("Enter your password"), answer.text);
    assert(answer.text.includes(`value="${email}"`), answer.text);
    assert((await enter({ email: "ann" })).text.includes("such as ann@example.com"));
  });

  it("the cookie is for this site alone and for no script, and holds what the database does not", async () => {
    const answer = await enter();
    const [, token = "", attributes] =
      /^messages_session=([A-Za-z0-9_-]{43}); (.*)$/.exec(sessionCookie(answer) ?? "") ?? [];
    assertEquals(attributes, "Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax");
    const rows = await harness.query("select sessions::text as row from sessions");
    assertEquals(rows.some(({ row }) => String(row).includes(token)), false);
    assertEquals(harness.server.lines.some((line) => line.includes(token)), false);
  });

  it("under https the cookie is Secure and bound to the host", async () => {
    const environment = { ...harness.environment(), APP_URL: "https://wa.example.com" };
    await using server = await startServerProcess(environment);
    const browser = openPages(server.baseUrl);
    const answer = await browser.post("/login", { email, password: TEST_PASSWORD });
    const [cookie = ""] = answer.headers.getSetCookie();
    assertMatch(cookie, /^__Host-messages_session=[^;]+; Path=\/;/);
    assertEquals(cookie.split("; ").slice(-3), ["HttpOnly", "SameSite=Lax", "Secure"]);
    assertEquals((await browser.get("/settings")).status, 200);
    const plain = openPages(server.baseUrl);
    plain.cookies.set("messages_session", browser.cookies.get("__Host-messages_session") ?? "");
    assertEquals((await plain.get("/settings")).status, 303);
  });

  it("a token that the browser brought is never taken over, and its session ends", async () => {
    const planted = "A".repeat(43);
    const attacked = pages();
    attacked.cookies.set("messages_session", planted);
    await attacked.post("/login", { email, password: TEST_PASSWORD });
    assertNotEquals(attacked.cookies.get("messages_session"), planted);

    const old = attacked.cookies.get("messages_session") ?? "";
    await attacked.post("/login", { email, password: TEST_PASSWORD });
    assertNotEquals(attacked.cookies.get("messages_session"), old);
    for (const token of [planted, old]) {
      const thief = pages();
      thief.cookies.set("messages_session", token);
      assertEquals((await thief.get("/settings")).status, 303);
    }
  });

  it("GET /login 303 leads somebody who is signed in to the page", async () => {
    const { browser } = await enter();
    assertEquals((await browser.get("/login")).location, "/");
    assertEquals(
      (await browser.get("/login?next=%2Fkeys%3Fmode%3Dtest")).location,
      "/keys?mode=test",
    );
  });

  it("POST /logout 303 ends the session, not only the cookie", async () => {
    const { browser } = await enter();
    const token = browser.cookies.get("messages_session") ?? "";
    const answer = await browser.post("/logout");
    assertEquals([answer.status, answer.location], [303, "/login"]);
    assertEquals(browser.cookies.has("messages_session"), false);
    const shown = await browser.get("/login");
    assert(shown.text.includes("You are signed out"), shown.text);
    assertEquals((await browser.get("/login")).text.includes("You are signed out"), false);
    browser.cookies.set("messages_session", token);
    assertEquals((await browser.get("/settings")).status, 303);
  });

  it("GET /logout signs nobody out", async () => {
    const { browser } = await enter();
    await browser.get("/logout");
    assertEquals((await browser.get("/settings")).status, 200);
  });

  const ends: [name: string, change: string][] = [
    ["after 12 hours without a request", "last_seen_at = now() - interval '12 hours'"],
    ["after 14 days in any case", "expires_at = now()"],
  ];
  for (const [name, change] of ends) {
    it(`a session ends ${name}`, async () => {
      const client = await signIn(harness);
      const almost = change.replace("'12 hours'", "'719 minutes'").replace(
        "= now()",
        change.startsWith("expires") ? "= now() + interval '1 minute'" : "= now()",
      );
      const set = (what: string) =>
        harness.query(`update sessions set ${what} where id = $1`, [client.sessionId]);
      await set(almost);
      assertEquals((await client.get("/settings")).status, 200);
      await set(change);
      assertEquals((await client.get("/settings")).status, 303);
    });
  }

  it("that a session was seen is written at most once a minute", async () => {
    const client = await signIn(harness);
    const seenAt = async () => {
      const [row] = await harness.query<{ seen: string }>(
        "select last_seen_at::text as seen from sessions where id = $1",
        [client.sessionId],
      );
      return row?.seen;
    };
    const before = await seenAt();
    await client.get("/settings");
    assertEquals(await seenAt(), before);
    await harness.query(
      "update sessions set last_seen_at = now() - interval '61 seconds' where id = $1",
      [client.sessionId],
    );
    const stale = await seenAt();
    await client.get("/settings");
    assertNotEquals(await seenAt(), stale);
  });

  it("a removed person's session ends with her", async () => {
    const client = await signIn(harness);
    await harness.query("delete from users where id = $1", [client.user.id]);
    assertEquals((await client.get("/settings")).status, 303);
  });
});
