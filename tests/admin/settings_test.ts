/** The account's name and the audit log: what they show, and that they belong to one account. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { AUDIT_ACTIONS } from "@/lib/admin/audit_actions.ts";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";

const AUDIT = "/settings/audit";

describe("settings", () => {
  let harness: Harness;
  let client: AdminClient;
  beforeAll(async () => {
    harness = await startHarness();
    client = await signIn(harness);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("a new name is the account's and its twin's, and is said once", async () => {
    const answer = await client.post("/settings?mode=test", { name: "  Ann & Söhne <3  " });
    assertEquals([answer.status, answer.location], [303, "/settings?mode=test"]);
    const shown = await client.get("/settings?mode=test");
    assert(shown.text.includes("Account name saved."), shown.text);
    assert(shown.text.includes("Ann &amp; Söhne &lt;3"), shown.text);
    assertEquals((await client.get("/settings")).text.includes("Account name saved."), false);
    assertEquals(
      await harness.query("select name from accounts where id = $1 or live_account_id = $1", [
        client.account.id,
      ]),
      [{ name: "Ann & Söhne <3" }, { name: "Ann & Söhne <3" }],
    );
  });

  for (const name of ["", "   ", "x".repeat(81)]) {
    it(`a name of ${name.length} characters (${JSON.stringify(name.slice(0, 3))}) is refused`, async () => {
      const answer = await client.post("/settings", { name });
      assertEquals(answer.status, 422);
      assert(answer.text.includes('aria-invalid="true"'), answer.text);
    });
  }

  it("another account keeps its name", async () => {
    const other = await signIn(harness);
    await other.post("/settings", {
      name: "Other",
      id: client.account.id,
      account_id: client.account.id,
    });
    assertEquals((await client.get("/settings")).text.includes("Other"), false);
  });

  it("the audit log says who did what, with the mode, and is never another account's", async () => {
    const ann = await signIn(harness);
    const bob = await signIn(harness);
    await ann.post("/settings?mode=test", { name: "Ann's" });
    const { text } = await ann.get(AUDIT);
    assert(text.includes(ann.user.email), text);
    assert(text.includes("renamed the account from “Test account” to “Ann's”"), text);
    assert(text.includes("Test mode"), text);
    for (const path of [AUDIT, `${AUDIT}?mode=test`]) {
      const other = await bob.get(path);
      assertEquals([other.text.includes("Ann"), other.text.includes(ann.user.email)], [
        false,
        false,
      ]);
      assert(other.text.includes("Nothing here"), other.text);
    }
  });

  it("the audit log goes back page by page, each entry once", async () => {
    const ann = await signIn(harness);
    await harness.query(
      `insert into audit_log (account_id, id, user_email, action, target_type, target_id, mode, details, created_at)
       select $1::uuid, gen_random_uuid(), 'ann@example.com', 'invitation.created', 'invitation', 'x', 'live',
         jsonb_build_object('email', 'guest-' || n || '.'), now() - (n / 3) * interval '1 second'
       from generate_series(1, 120) n`,
      [ann.account.id],
    );
    const seen: string[] = [];
    let path: string | null = AUDIT;
    for (let pages = 1; path !== null; pages++) {
      assert(pages <= 3, "there are three pages");
      const { text }: { text: string } = await ann.get(path);
      seen.push(...[...text.matchAll(/guest-([0-9]+)\./g)].map(([, n = ""]) => n));
      const [, next] = /href="(\/settings\/audit\?before=[^"]+)"/.exec(text) ?? [];
      path = next?.replaceAll("&amp;", "&") ?? null;
    }
    assertEquals(seen.length, 120);
    assertEquals(new Set(seen).size, 120);
  });

  for (const before of ["x", "1.2", "0.0190b5b5-0000-7000-8000-000000000000", "%00"]) {
    it(`GET ${AUDIT}?before=${before} 200 shows a page all the same`, async () => {
      assertEquals((await client.get(`${AUDIT}?before=${before}`)).status, 200);
    });
  }

  it("every action has a sentence that goes on after a person's address", () => {
    for (const [action, sentence] of Object.entries(AUDIT_ACTIONS)) {
      const text = sentence({ name: "n", from: "a", to: "b", email: "e@example.com", count: 2 });
      assert(/^[a-z]/.test(text) && !text.endsWith(".") && !text.includes("undefined"), action);
      assertEquals(sentence({}).length > 0, true, action);
    }
  });

  it("nothing that was entered is ever markup", async () => {
    const nasty = `"><img src=x onerror=alert(1)>`;
    const ann = await signIn(harness);
    await ann.post("/settings", { name: nasty });
    for (const path of ["/settings", AUDIT, "/settings/team", "/nowhere"]) {
      assertEquals((await ann.get(path)).text.includes("<img src=x"), false, path);
    }
    const answer = await ann.post("/settings/team", { action: "invite", email: nasty });
    assertEquals(answer.text.includes("<img src=x"), false);
    const login = await ann.post("/login", { email: nasty, password: nasty });
    assertEquals(login.text.includes("<img src=x"), false);
  });

  it("a sentence in the cookie is shown as text, and a broken one not at all", async () => {
    const ann = await signIn(harness);
    const encode = (value: unknown) => btoa(JSON.stringify(value)).replaceAll("=", "");
    ann.cookies.set("messages_flash", encode({ kind: "success", text: "<b>hi</b>" }));
    assertEquals((await ann.get("/settings")).text.includes("<b>hi"), false);
    for (
      const value of ["x", "%%%", encode({ kind: "x", text: "hi" }), encode("hi"), encode(null)]
    ) {
      ann.cookies.set("messages_flash", value);
      assertEquals((await ann.get("/settings")).status, 200);
    }
  });
});
