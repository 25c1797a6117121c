/** The team: inviting by link, joining, withdrawing, removing; and that nobody sees or touches another account's. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type AdminClient,
  makeUser,
  openPages,
  type PageAnswer,
  signIn,
  TEST_PASSWORD,
} from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";

const TEAM = "/settings/team";
const PASSWORD = "another horse battery";

describe("team", () => {
  let harness: Harness;
  let owner: AdminClient;
  beforeAll(async () => {
    harness = await startHarness();
    owner = await signIn(harness);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  let count = 0;
  const newEmail = () => `guest${count++}@example.com`;
  const linkIn = (answer: PageAnswer) =>
    new URL(/value="(http[^"]*\/invite\/[A-Za-z0-9_-]{43})"/.exec(answer.text)?.[1] ?? "").pathname;
  const invite = async (email: string, by = owner) => {
    const answer = await by.post(TEAM, { action: "invite", email });
    assertEquals(answer.status, 200, answer.text);
    return { answer, path: linkIn(answer) };
  };
  const nobody = () => openPages(harness.server.baseUrl);
  const idOf = async (email: string, table: "users" | "links") => {
    const [row] = await harness.query<{ id: string }>(
      `select id from ${table} where email = $1`,
      [email],
    );
    return row?.id ?? "";
  };
  const actions = async (accountId: string) =>
    (await harness.query<{ action: string }>(
      "select action from audit_log where account_id = $1 order by created_at, id",
      [accountId],
    )).map(({ action }) => action);

  it("an invitation makes an admin of the same account, signed in, once", async () => {
    const email = newEmail();
    const { path } = await invite(email.toUpperCase());
    const browser = nobody();
    const shown = await browser.get(path);
    assertEquals([shown.status, shown.headers.get("cache-control")], [200, "no-store"]);
    assert(shown.text.includes("Join Test account") && shown.text.includes(owner.user.email));
    assertMatch(shown.text, /<input[^>]*type="password"[^>]*autocomplete="new-password"/);
    const joined = await browser.post(path, { password: PASSWORD, email: "eve@example.com" });
    assertEquals([joined.status, joined.location], [303, "/"]);
    const page = await browser.get(TEAM);
    assert(page.text.includes(email) && page.text.includes(owner.user.email), page.text);
    const rows = await harness.query("select account_id, owner from users where email = $1", [
      email,
    ]);
    assertEquals(rows, [{ account_id: owner.account.id, owner: false }]);

    for (
      const again of [await nobody().get(path), await nobody().post(path, { password: PASSWORD })]
    ) {
      assertEquals(again.status, 410);
      assert(again.text.includes("This invitation was used"), again.text);
    }
    const next = await nobody().post("/login", { email, password: PASSWORD });
    assertEquals(next.status, 303);
  });

  it("of eight who use one link at once, one joins", async () => {
    const email = newEmail();
    const { path } = await invite(email);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => nobody().post(path, { password: PASSWORD })),
    );
    assertEquals(answers.filter(({ status }) => status === 303).length, 1);
    assertEquals(answers.filter(({ status }) => status === 410).length, 7);
    assertEquals((await harness.query("select id from users where email = $1", [email])).length, 1);
  });

  it("the link is shown once, in no later page and no log", async () => {
    const email = newEmail();
    const { answer, path } = await invite(email);
    assertEquals(answer.headers.get("cache-control"), "no-store");
    const token = path.split("/").at(-1) ?? "";
    assertEquals((await owner.get(TEAM)).text.includes(token), false);
    const rows = await harness.query("select links::text as row from links");
    assertEquals(rows.some(({ row }) => String(row).includes(token)), false);
    await nobody().get(path);
    assertEquals(harness.server.lines.some((line) => line.includes(token)), false);
  });

  it("a new invitation of the same address replaces the one before", async () => {
    const email = newEmail();
    const first = await invite(email);
    const second = await invite(email);
    assertEquals((await nobody().get(first.path)).status, 410);
    assertEquals((await nobody().get(second.path)).status, 200);
  });

  it("an invitation ends after 24 hours", async () => {
    const email = newEmail();
    const { path } = await invite(email);
    await harness.query("update links set expires_at = now() where email = $1", [email]);
    for (
      const answer of [await nobody().get(path), await nobody().post(path, { password: PASSWORD })]
    ) {
      assertEquals(answer.status, 410);
      assert(answer.text.includes("has expired"), answer.text);
    }
    assert((await owner.get(TEAM)).text.includes("Expired"));
  });

  it("a withdrawn invitation works no more", async () => {
    const email = newEmail();
    const { path } = await invite(email);
    const id = await idOf(email, "links");
    const answer = await owner.post(TEAM, { action: "withdraw", id });
    assertEquals([answer.status, answer.location], [303, TEAM]);
    assertEquals((await nobody().get(path)).status, 410);
    assertEquals((await nobody().post(path, { password: PASSWORD })).status, 410);
    assertEquals(
      (await owner.get(TEAM)).text.includes(`The invitation of ${email} is withdrawn`),
      true,
    );
  });

  it("an invitation ends with the person who made it", async () => {
    const member = await signIn(harness, { account: owner.account });
    const { path } = await invite(newEmail(), member);
    assertEquals((await nobody().get(path)).status, 200);
    await owner.post(TEAM, { action: "remove", id: member.user.id });
    assertEquals((await nobody().get(path)).status, 410);
    assertEquals((await member.get(TEAM)).status, 303);
  });

  const wrong: [email: string, words: string][] = [
    ["", "Enter an e-mail address"],
    ["ann", "Enter an e-mail address"],
    ["a@b", "Enter an e-mail address"],
    [`${"x".repeat(250)}@example.com`, "Use at most 254 characters"],
  ];
  for (const [email, words] of wrong) {
    it(`inviting "${email.slice(0, 10)}" of ${email.length} characters is refused`, async () => {
      const answer = await owner.post(TEAM, { action: "invite", email });
      assertEquals(answer.status, 422);
      assert(answer.text.includes(words), answer.text);
    });
  }

  it("somebody of the team is not invited again", async () => {
    const answer = await owner.post(TEAM, { action: "invite", email: owner.user.email });
    assertEquals(answer.status, 422);
    assert(answer.text.includes("is on the team already"), answer.text);
  });

  it("an address of another account can be invited but not join, and the inviter learns nothing", async () => {
    const other = await signIn(harness);
    const { path } = await invite(other.user.email);
    const answer = await nobody().post(path, { password: PASSWORD });
    assertEquals(answer.status, 409);
    assert(answer.text.includes("This address is in use"), answer.text);
    assertEquals(
      (await nobody().post("/login", { email: other.user.email, password: TEST_PASSWORD })).status,
      303,
    );
    const rows = await harness.query("select account_id from users where email = $1", [
      other.user.email,
    ]);
    assertEquals(rows, [{ account_id: other.account.id }]);
  });

  it("a removed person is signed out at once, and cannot sign in", async () => {
    const member = await signIn(harness, { account: owner.account });
    const answer = await owner.post(TEAM, { action: "remove", id: member.user.id });
    assertEquals([answer.status, answer.location], [303, TEAM]);
    assertEquals((await member.get("/settings")).status, 303);
    const { email } = member.user;
    assertEquals((await nobody().post("/login", { email, password: TEST_PASSWORD })).status, 422);
    assertEquals((await owner.get(TEAM)).text.includes(`${email} is removed`), true);
  });

  it("the owner cannot be removed, and nobody removes herself", async () => {
    const member = await signIn(harness, { account: owner.account });
    await member.post(TEAM, { action: "remove", id: owner.user.id });
    assertEquals((await owner.get("/settings")).status, 200);
    const self = await member.post(TEAM, { action: "remove", id: member.user.id });
    assertEquals(self.status, 400);
    assertEquals((await member.get("/settings")).status, 200);
    const page = await member.get(TEAM);
    assertEquals(page.text.includes(`value="${owner.user.id}"`), false);
    assertEquals(page.text.includes(`value="${member.user.id}"`), false);
  });

  it("another account's people and invitations are neither seen nor touched", async () => {
    const other = await signIn(harness);
    const email = newEmail();
    const { path } = await invite(email);
    const member = await makeUser(harness, { accountId: owner.account.id });
    for (const mode of ["", "?mode=test"]) {
      const page = await other.get(`${TEAM}${mode}`);
      for (const secret of [email, member.email, owner.user.email, member.id]) {
        assertEquals(page.text.includes(secret), false);
      }
    }
    await other.post(TEAM, { action: "withdraw", id: await idOf(email, "links") });
    assertEquals((await nobody().get(path)).status, 200);
    await other.post(TEAM, { action: "remove", id: member.id });
    assertEquals(
      (await harness.query("select id from users where id = $1", [member.id])).length,
      1,
    );
    assertEquals(await actions(other.account.id), []);
  });

  it("a form with an action or an id that does not exist is refused", async () => {
    for (
      const fields of [{ action: "promote", id: owner.user.id }, { action: "remove", id: "x" }, {}]
    ) {
      assertEquals((await owner.post(TEAM, fields)).status, 400);
    }
  });

  it("every step is in the audit log of the account", async () => {
    const boss = await signIn(harness);
    const email = newEmail();
    const { path } = await invite(email, boss);
    await nobody().post(path, { password: PASSWORD });
    const gone = newEmail();
    await invite(gone, boss);
    await boss.post(TEAM, { action: "withdraw", id: await idOf(gone, "links") });
    await boss.post(TEAM, { action: "remove", id: await idOf(email, "users") });
    assertEquals(await actions(boss.account.id), [
      "invitation.created",
      "user.joined",
      "invitation.created",
      "invitation.revoked",
      "user.removed",
    ]);
    const { text } = await boss.get("/settings/audit");
    assert(text.includes(`removed ${email} from the team`), text);
  });
});
