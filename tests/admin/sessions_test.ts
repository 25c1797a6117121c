/** One's own sessions and password. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import {
  type AdminClient,
  openPages,
  signIn,
  TEST_PASSWORD,
} from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";

const SESSIONS = "/settings/sessions";
const NEW_PASSWORD = "another horse battery";

describe("sessions and password", () => {
  let harness: Harness;
  let client: AdminClient;
  beforeAll(async () => {
    harness = await startHarness();
    client = await signIn(harness);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const again = (of = client) => signIn(harness, { account: of.account, user: of.user });
  const isIn = async (who: AdminClient) => (await who.get("/settings")).status === 200;
  const change = (who: AdminClient, fields: Record<string, string>) =>
    who.post(SESSIONS, { action: "password", ...fields });

  it("are listed in plain words, this one marked", async () => {
    const userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    const browser = openPages(harness.server.baseUrl);
    const fields = { email: client.user.email, password: TEST_PASSWORD };
    await browser.post("/login", fields, { headers: { "user-agent": userAgent } });
    const { text } = await browser.get(SESSIONS);
    assert(text.includes("Firefox on Linux") && text.includes("127.0.0.1"), text);
    assertEquals(text.split("This session").length, 2);
    for (const token of browser.cookies.values()) assertEquals(text.includes(token), false);
  });

  it("can be ended one by one, but not this one", async () => {
    const other = await again();
    const answer = await client.post(SESSIONS, { action: "end", id: other.sessionId });
    assertEquals([answer.status, answer.location], [303, SESSIONS]);
    assertEquals([await isIn(other), await isIn(client)], [false, true]);
    const self = await client.post(SESSIONS, { action: "end", id: client.sessionId });
    assertEquals([self.status, await isIn(client)], [400, true]);
  });

  it("can all be ended but this one", async () => {
    const others = [await again(), await again()];
    assertEquals((await client.post(SESSIONS, { action: "end_others" })).status, 303);
    for (const other of others) assertEquals(await isIn(other), false);
    assertEquals(await isIn(client), true);
  });

  it("of others, also of one's own team, are neither shown nor ended", async () => {
    const mate = await signIn(harness, { account: client.account });
    const stranger = await signIn(harness);
    const { text } = await client.get(SESSIONS);
    for (const other of [mate, stranger]) {
      assertEquals(text.includes(other.sessionId), false);
      await client.post(SESSIONS, { action: "end", id: other.sessionId });
      assertEquals(await isIn(other), true);
    }
  });

  it("end when the password changes, all but this one, and the old password is gone", async () => {
    const ann = await signIn(harness);
    const other = await again(ann);
    const answer = await change(ann, {
      current_password: TEST_PASSWORD,
      new_password: NEW_PASSWORD,
    });
    assertEquals([answer.status, answer.location], [303, SESSIONS]);
    assertEquals([await isIn(ann), await isIn(other)], [true, false]);
    const enter = async (password: string) =>
      (await openPages(harness.server.baseUrl).post("/login", { email: ann.user.email, password }))
        .status;
    assertEquals([await enter(TEST_PASSWORD), await enter(NEW_PASSWORD)], [422, 303]);
    const log = await harness.query(
      "select action, details::text from audit_log where account_id = $1 and action like 'user.pass%'",
      [ann.account.id],
    );
    assertEquals(log, [{ action: "user.password_changed", details: "{}" }]);
  });

  const refused: [name: string, fields: Record<string, string>, words: string][] = [
    ["a wrong present password", {
      current_password: "wrong horse battery",
      new_password: NEW_PASSWORD,
    }, "This is not your password"],
    ["a short new one", {
      current_password: TEST_PASSWORD,
      new_password: "eleven char",
    }, "Use at least 12 characters"],
    ["no present one", { current_password: "", new_password: NEW_PASSWORD }, "Enter your password"],
  ];
  for (const [name, fields, words] of refused) {
    it(`a change with ${name} is refused and ends nothing`, async () => {
      const other = await again();
      const answer = await change(client, fields);
      assertEquals(answer.status, 422);
      assert(answer.text.includes(words), answer.text);
      for (const secret of Object.values(fields)) {
        if (secret !== "") assertEquals(answer.text.includes(secret), false);
      }
      assertEquals(await isIn(other), true);
    });
  }

  it("the present password cannot be guessed through the form", async () => {
    const ann = await signIn(harness);
    const guess = { current_password: "wrong horse battery", new_password: NEW_PASSWORD };
    for (let count = 0; count < 5; count++) assertEquals((await change(ann, guess)).status, 422);
    const answer = await change(ann, { ...guess, current_password: TEST_PASSWORD });
    assertEquals(answer.status, 429);
    assert(Number(answer.headers.get("retry-after")) > 0);
  });
});
