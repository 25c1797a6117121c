/**
 * What was saved, used or mistyped as a secret is in no page, no log and no column of the database, and neither is its
 * second half; only the answer that makes a key or an invitation shows it. The pages are all that routes/ has.
 */
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import {
  type AdminClient,
  openPages,
  type PageAnswer,
  TEST_PASSWORD,
} from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { listPageRoutes, type PageRoute } from "@/tests/helpers/page_routes.ts";
import { settleRequestLog } from "@/tests/helpers/request_log.ts";
import { newPhone } from "@/tests/helpers/sends.ts";
import { createKey, readShownKey } from "./key_pages.ts";
import {
  findSecrets,
  type Read,
  readAnswer,
  readDatabase,
  readPages,
  type Secrets,
} from "./secrets_probe.ts";
import { connect, giveSecrets, makeNewcomer, webhookOf } from "./whatsapp_pages.ts";

const SESSION_COOKIE = "messages_session";

describe("secrets", () => {
  let harness: Harness;
  let admin: AdminClient;
  let routes: PageRoute[];
  /** Filled by what people do. */
  const secrets: Secrets = {};
  const answers: Read[] = [];
  let keyPrefix = "";

  const word = (start = "") => `${start}${randomBytes(18).toString("hex")}`;
  /** A secret with this name is used from now on. */
  const keep = (name: string, secret: string) => secrets[name] = secret;
  const note = (place: string, answer: PageAnswer) => {
    answers.push(readAnswer(place, answer));
    return answer;
  };
  const post = async (path: string, fields: Record<string, string>, browser = admin) =>
    note(`POST ${path}`, await browser.post(path, fields));
  const call = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${harness.server.baseUrl}${path}`, init);
    const { status, headers } = response;
    const text = await response.text();
    return note(path, { status, headers, text, location: null });
  };
  const callMe = (key: string) =>
    call("/api/v1/me", { headers: { authorization: `Bearer ${key}` } });
  const send = async (key: string) => {
    const body = { to: newPhone(), text: "Hello" };
    const { status, text } = await harness.call({ path: "/api/v1/messages", key, body });
    answers.push({ place: "POST /api/v1/messages", text });
    assertEquals(status, 201, text);
  };

  beforeAll(async () => {
    harness = await startHarness();
    routes = await listPageRoutes();
    await useWhatsapp();
    await useKeys();
    await usePasswords();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function useWhatsapp(): Promise<void> {
    const newcomer = await makeNewcomer(harness, { accessToken: word("EAA"), appSecret: word() });
    const { number } = newcomer;
    admin = newcomer.admin;
    keep("first access token", number.accessToken);
    keep("first app secret", number.appSecret);
    await post("/whatsapp/connect", {
      access_token: keep("mistyped access token", word("EAA")),
      app_secret: keep("app secret beside it", word()),
    });
    await post("/whatsapp/connect", {
      access_token: `${keep("two words", word())} x`,
      app_secret: "",
    });
    await connect(newcomer);
    const { path, verifyToken } = await webhookOf(admin);
    keep("made verify token", verifyToken ?? "");
    const handshake = (token: string) =>
      call(`${path}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=${token}`);
    assertEquals((await handshake(verifyToken ?? "")).status, 200);
    const save = async (name: string, value: string) => {
      const answer = await post(`/whatsapp/secrets/${name}`, { value });
      assertEquals(answer.location, "/whatsapp", answer.text);
    };
    await save("verify-token", keep("typed verify token", word("our-")));
    assertEquals((await handshake(keep("wrong verify token", word()))).status, 403);
    assertEquals((await handshake(secrets["typed verify token"] ?? "")).status, 200);
    harness.simulator.addNumber({
      ...number,
      accessToken: keep("second access token", word("EAA")),
      appSecret: keep("second app secret", word()),
    });
    await save("access-token", secrets["second access token"] ?? "");
    await save("app-secret", secrets["second app secret"] ?? "");
    await post("/whatsapp/secrets/access-token", {
      value: keep("refused access token", word("EAA")),
    });
    await failAtMeta();
    await post("/whatsapp/proof", {
      to: newPhone(),
      kind: "text",
      idempotency_key: crypto.randomUUID(),
    });
    const drafting = await makeNewcomer(harness, { accessToken: word("EAA"), appSecret: word() });
    keep("drafted access token", drafting.number.accessToken);
    keep("drafted app secret", drafting.number.appSecret);
    await giveSecrets(drafting);
    answers.push(
      ...await readPages(drafting.admin, { routes: routes.filter(isAboutWhatsapp) }),
    );
    const left = await makeNewcomer(harness, { accessToken: word("EAA"), appSecret: word() });
    keep("forgotten access token", left.number.accessToken);
    await connect(left);
    await post("/whatsapp/disconnect", {}, left.admin);
  }

  /** Meta repeats what it was given. */
  async function failAtMeta(): Promise<void> {
    const token = secrets["second access token"] ?? "";
    const appSecret = secrets["second app secret"] ?? "";
    const fault = (status: number, message: string) => {
      const error = { code: status === 500 ? 2 : 190, message };
      return { kind: "answer" as const, status, body: JSON.stringify({ error }) };
    };
    const { faults } = harness.simulator;
    faults.when(() => true, fault(400, `Malformed access token ${token}`));
    await post("/whatsapp/check", {});
    await post("/whatsapp/subscribe", {});
    answers.push(readAnswer("a refused token", await admin.get("/whatsapp")));
    faults.clear();
    // The second question about a token is asked in the name of the app.
    let asked = 0;
    faults.when(
      ({ path }) => path.includes("debug_token") && ++asked % 2 === 0,
      fault(500, `Cannot inspect ${token} of the app with ${appSecret}`),
    );
    await post("/whatsapp/check", {});
    assertEquals(asked, 2);
    const failed = await admin.get("/whatsapp");
    assert(failed.text.includes("Cannot inspect"), failed.text);
    answers.push(readAnswer("a token that was not inspected", failed));
    answers.push(...await readDatabase(harness));
    faults.clear();
    await post("/whatsapp/check", {});
  }

  async function useKeys(): Promise<void> {
    const first = await createKey(admin, { fields: { name: "Shop backend" } });
    keep("key", first.text);
    keyPrefix = first.text.slice(0, 16);
    await send(first.text);
    const rotated = readShownKey(await admin.post(`/keys/${first.id}/rotate`, { overlap: "now" }));
    keep("rotated key", rotated.text);
    await callMe(rotated.text);
    const test = await createKey(admin, { fields: { name: "Sandbox" }, mode: "test" });
    keep("test key", test.text);
    await send(test.text);
    await post(`/keys/${test.id}/revoke?mode=test`, { mode: "test" });
    await callMe(test.text);
    await callMe(keep("unknown key", `wacrm_live_${randomBytes(24).toString("hex")}0`));
    // People put keys into addresses too.
    await call(`/api/v1/me?api_key=${keep("key in an address", `wacrm_live_${word()}`)}`);
  }

  async function usePasswords(): Promise<void> {
    keep("first password", TEST_PASSWORD);
    const { baseUrl } = harness.server;
    const { email } = admin.user;
    const enter = async (password: string) => {
      const browser = openPages(baseUrl);
      const answer = note("POST /login", await browser.post("/login", { email, password }));
      return { browser, answer };
    };
    await enter(keep("mistyped password", word()));
    const elsewhere = await enter(TEST_PASSWORD);
    assertEquals(elsewhere.answer.status, 303);
    keep("session that is ended", elsewhere.browser.cookies.get(SESSION_COOKIE) ?? "");
    await elsewhere.browser.post("/logout");
    const changed = await post("/settings/sessions", {
      action: "password",
      current_password: TEST_PASSWORD,
      new_password: keep("second password", word()),
    });
    assertEquals(changed.location, "/settings/sessions", changed.text);
    await post("/settings/sessions", {
      action: "password",
      current_password: keep("mistyped present password", word()),
      new_password: keep("password that is not taken", word()),
    });
    keep("session", admin.cookies.get(SESSION_COOKIE) ?? "");
    const invitation = await admin.post("/settings/team", {
      action: "invite",
      email: "ann@example.com",
    });
    const token = /\/invite\/([\w-]{43})"/.exec(invitation.text)?.[1] ?? "";
    keep("invitation", token);
    const guest = openPages(baseUrl);
    await guest.post(`/invite/${token}`, { password: "short" });
    const joined = await guest.post(`/invite/${token}`, {
      password: keep("guest's password", word()),
    });
    assertEquals(joined.location, "/", joined.text);
    keep("guest's session", guest.cookies.get(SESSION_COOKIE) ?? "");
    answers.push(readAnswer("used invitation", await guest.get(`/invite/${token}`)));
    answers.push(...await readPages(guest, { routes: routes.filter(isAboutPeople) }));
  }

  it("are in no page, nor in the answer to the form or request that brought them", async () => {
    const { id, testId } = admin.account;
    const idsOf = async (table: string) =>
      (await harness.query<{ id: string }>(
        `select id from ${table} where account_id in ($1, $2) order by created_at limit 6`,
        [id, testId],
      )).map((row) => row.id);
    const ids = {
      keys: await idsOf("api_keys"),
      messages: await idsOf("messages"),
      conversations: await idsOf("conversations"),
      requests: await idsOf("api_requests"),
    };
    const pages = await readPages(admin, { routes, ids });
    const isShown = (url: string) =>
      pages.some(({ place, status }) =>
        status === 200 &&
        new URLPattern({ pathname: url }).test(new URL(place.slice(4), "http://localhost"))
      );
    const withId = routes.filter(({ url, methods }) =>
      /:id\b/.test(url) && methods.includes("GET")
    );
    const unseen = withId.map(({ url }) => url).filter((url) => !isShown(url));
    // No file has come, and what is sent to that address leads to the conversation.
    assertEquals(unseen, ["/conversations/:id/simulate", "/messages/:id/media"]);
    assertEquals(findSecrets([...pages, ...answers], secrets), []);
    // What may be shown is found, so the search works.
    const shown = pages.filter(({ text }) => text.includes(keyPrefix)).map(({ place }) => place);
    assert(shown.includes("GET /keys") || shown.includes("GET /keys?show=revoked"), shown.join());
    const lastFour = secrets["second access token"]?.slice(-4) ?? "";
    assert(pages.some(({ place, text }) => place === "GET /whatsapp" && text.includes(lastFour)));
  });

  it("are not in the server's log", async () => {
    const requestId = await settleRequestLog(harness, secrets["rotated key"] ?? "");
    const log = { place: "log", text: harness.server.lines.join("\n") };
    assertEquals(findSecrets([log], secrets), []);
    assert(log.text.includes(requestId));
  });

  it("are in no column of the database, the audit log and the request log among them", async () => {
    await settleRequestLog(harness, secrets["rotated key"] ?? "");
    const tables = await readDatabase(harness);
    assertEquals(findSecrets(tables, secrets), []);
    const rows = (name: string) =>
      tables.find(({ place }) => place === `table ${name}`)?.text ?? "";
    for (const name of ["audit_log", "api_requests", "sessions", "links", "whatsapp_drafts"]) {
      assert(rows(name) !== "", name);
    }
    assert(rows("api_keys").includes(keyPrefix));
  });

  it("a search finds each of them wherever it stands", () => {
    for (const [name, secret] of Object.entries(secrets)) {
      const texts = [
        secret,
        secret.slice(secret.length / 2),
        `\\x${Buffer.from(secret).toString("hex")}`,
      ];
      for (const text of texts) {
        assertEquals(findSecrets([{ place: "here", text }], { [name]: secret }), [`here: ${name}`]);
      }
    }
  });
});

function isAboutPeople({ url }: PageRoute): boolean {
  return url.startsWith("/settings");
}

function isAboutWhatsapp({ url }: PageRoute): boolean {
  return url.startsWith("/whatsapp");
}
