/** The first admin by the set-up link: where it is shown, what it makes, that it works once. */
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { openPages, type PageAnswer } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { type ServerProcess, startServerProcess } from "@/tests/helpers/server_process.ts";

const FORM = { name: "My shop", email: "Ann@Example.com", password: "correct horse battery" };

describe("set-up", () => {
  let harness: Harness;
  let server: ServerProcess;
  beforeAll(async () => {
    harness = await startHarness();
    server = harness.server;
  });
  afterAll(() => harness[Symbol.asyncDispose]());
  beforeEach(async () => {
    await harness.query("truncate accounts cascade");
    await harness.query("truncate links");
  });

  const start = (more: Record<string, string> = {}) =>
    startServerProcess({ ...harness.environment(), ...more });

  /** A link as a start makes it, without a start. */
  async function makeLink(): Promise<string> {
    const token = randomBytes(32).toString("base64url");
    await harness.query(
      `insert into links (token_hash, id, kind, expires_at)
       values (decode($1, 'hex'), $2, 'setup', now() + interval '24 hours')`,
      [createHash("sha256").update(token).digest("hex"), crypto.randomUUID()],
    );
    return `/setup/${token}`;
  }

  /** The path of the link that a server printed; it follows the notice at once. */
  async function linkOf(from: ServerProcess): Promise<string> {
    await from.waitForLog(({ event }) => event === "no_user");
    // The next request's line comes after the link's.
    await openPages(from.baseUrl).get("/healthz");
    await from.waitForLog(({ event, route }) => event === "request" && route === "/healthz");
    const links = from.lines.filter((line) => line.startsWith(`${from.baseUrl}/setup/`));
    assertEquals(links.length, 1, from.lines.join("\n"));
    return new URL(links[0] ?? "").pathname;
  }

  const post = (path: string, fields: Record<string, string> = {}) => {
    const browser = openPages(server.baseUrl);
    return browser.post(path, { ...FORM, ...fields }).then((answer) => ({ ...answer, browser }));
  };
  const users = () => harness.query("select email, owner from users");

  function assertClosed(answer: PageAnswer, words: string): void {
    assertEquals(answer.status, 410);
    assert(answer.text.includes(words), answer.text);
    assertEquals(answer.text.includes("<form"), false);
  }

  it("every page leads to where the link is explained, as long as nobody can sign in", async () => {
    const browser = openPages(server.baseUrl);
    for (const path of ["/", "/login", "/keys", "/nowhere"]) {
      const answer = await browser.get(path);
      assertEquals([path, answer.status, answer.location], [path, 303, "/setup"]);
    }
    const { status, text } = await browser.get("/setup");
    assertEquals(status, 200);
    assert(text.includes("where the server was started"), text);
  });

  it("the link is a line of its own on stderr and part of no log line", async () => {
    await using own = await start();
    const path = await linkOf(own);
    const token = path.split("/").at(-1) ?? "";
    assertMatch(token, /^[A-Za-z0-9_-]{43}$/);
    assertEquals((await openPages(own.baseUrl).get(path)).status, 200);
    const lines = own.lines.filter((line) => line.includes(token));
    assertEquals(lines, [`${own.baseUrl}${path}`]);
    const [row] = await harness.query(
      "select links::text as row, round(extract(epoch from expires_at - created_at))::int as seconds from links",
    );
    assertEquals([String(row?.row).includes(token), row?.seconds], [false, 86_400]);
  });

  it("the form makes the account, its owner and a session, in both modes", async () => {
    const path = await makeLink();
    const { status, text } = await openPages(server.baseUrl).get(path);
    assertEquals(status, 200);
    assertMatch(text, /<input[^>]*type="password"[^>]*autocomplete="new-password"/);
    const { browser, ...answer } = await post(path);
    assertEquals([answer.status, answer.location], [303, "/"]);
    assertEquals((await browser.get("/settings?mode=test")).status, 200);
    assertEquals(await users(), [{ email: "ann@example.com", owner: true }]);
    const accounts = await harness.query("select name, mode from accounts order by mode");
    assertEquals(accounts, [{ name: "My shop", mode: "live" }, { name: "My shop", mode: "test" }]);
    const log = await harness.query("select action, user_email from audit_log");
    assertEquals(log, [{ action: "account.created", user_email: "ann@example.com" }]);
  });

  it("eight at once make one owner and one account", async () => {
    const path = await makeLink();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => post(path, { email: `${index}@example.com` })),
    );
    const created = answers.filter(({ status }) => status === 303);
    assertEquals(created.length, 1);
    assertEquals((await users()).length, 1);
    assertEquals((await harness.query("select id from accounts")).length, 2);
    assertEquals((await harness.query("select id from sessions")).length, 1);
    for (const { status, headers } of answers.filter((answer) => answer.status !== 303)) {
      assertEquals([status, headers.getSetCookie()], [410, []]);
    }
  });

  it("a used link says that the server is set up, and leads to the sign-in", async () => {
    const path = await makeLink();
    await post(path);
    assertClosed(await openPages(server.baseUrl).get(path), "This server is set up");
    assertClosed(await post(path, { email: "eve@example.com" }), "This server is set up");
    assertEquals((await users()).length, 1);
    assertEquals((await openPages(server.baseUrl).get("/setup")).location, "/login");
  });

  it("a start replaces the link of the start before, and every instance takes the new one", async () => {
    await using first = await start();
    const old = await linkOf(first);
    await using second = await start();
    const path = await linkOf(second);
    assertNotEquals(path, old);
    assertClosed(await openPages(first.baseUrl).get(old), "This link does not work");
    assertClosed(await post(old), "This link does not work");
    assertEquals((await post(path)).status, 303);
    assertClosed(await openPages(second.baseUrl).get(path), "This server is set up");
  });

  it("a start makes no link once somebody can sign in", async () => {
    await using byEnvironment = await start({
      ADMIN_EMAIL: "bob@example.com",
      ADMIN_PASSWORD: "correct horse battery",
    });
    await using second = await start();
    for (const each of [byEnvironment, second]) {
      await openPages(each.baseUrl).get("/healthz");
      await each.waitForLog(({ event }) => event === "request");
      assertEquals(each.lines.some((line) => line.includes("/setup/")), false);
    }
    assertEquals(await harness.query("select id from links"), []);
  });

  it("a link ends after 24 hours, and says so", async () => {
    const path = await makeLink();
    const set = (when: string) => harness.query(`update links set expires_at = ${when}`);
    await set("now()");
    assertClosed(await openPages(server.baseUrl).get(path), "This link has expired");
    assertClosed(await post(path), "This link has expired");
    assertEquals(await users(), []);
  });

  for (const token of ["x", "A".repeat(43), "%00", "..%2f..%2fetc"]) {
    it(`GET /setup/${token} 410 is no way in`, async () => {
      const answer = await openPages(server.baseUrl).get(`/setup/${token}`);
      assertClosed(answer, "This link does not work");
    });
  }

  const wrong: [field: string, value: string, words: string][] = [
    ["name", " ", "Enter a name"],
    ["name", "x".repeat(81), "Use at most 80 characters"],
    ["email", "ann", "Enter an e-mail address"],
    ["password", "eleven char", "Use at least 12 characters"],
    ["password", "x".repeat(201), "Use at most 200 characters"],
  ];
  for (const [field, value, words] of wrong) {
    it(`POST /setup 422 refuses the ${field} "${value.slice(0, 12)}" and keeps the rest`, async () => {
      const path = await makeLink();
      const answer = await post(path, { [field]: value });
      assertEquals(answer.status, 422);
      assert(answer.text.includes(words), answer.text);
      if (field !== "name") assert(answer.text.includes('value="My shop"'), answer.text);
      assertEquals(answer.text.includes(FORM.password), false);
      assertEquals(await users(), []);
      assertEquals((await post(path)).status, 303);
    });
  }

  it("an account that the command line made gets the chosen name and the owner", async () => {
    const account = await harness.makeAccount();
    const path = await makeLink();
    const shown = await openPages(server.baseUrl).get(path);
    assert(shown.text.includes('value="Test account"'), shown.text);
    assertEquals((await post(path)).status, 303);
    assertEquals(
      await harness.query("select distinct name from accounts"),
      [{ name: "My shop" }],
    );
    assertEquals(await harness.query("select account_id from users"), [{ account_id: account.id }]);
  });

  it("with several accounts it names the command, and the link stays", async () => {
    await harness.makeAccount();
    await harness.makeAccount();
    const path = await makeLink();
    const answer = await post(path);
    assertEquals(answer.status, 409);
    assert(answer.text.includes("deno task cli user create"), answer.text);
    assertEquals(
      await harness.query("select id from links where used_at is null").then((rows) => rows.length),
      1,
    );
  });
});
