/** Guessing passwords is slow: per e-mail address, per client address, and on all instances together. */
import { afterAll, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { makeUser, openPages, TEST_PASSWORD } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { type ServerProcess, startServerProcess } from "@/tests/helpers/server_process.ts";

describe("throttling of sign-ins", () => {
  let harness: Harness;
  let second: ServerProcess;
  let accountId: string;
  beforeAll(async () => {
    harness = await startHarness();
    accountId = (await harness.makeAccount()).id;
    second = await startServerProcess({ ...harness.environment(), TRUST_PROXY: "false" });
  });
  afterAll(async () => {
    await second[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await harness.query("delete from sign_in_attempts");
  });

  interface Attempt {
    email: string;
    password?: string;
    /** X-Forwarded-For. */
    from?: string;
    server?: ServerProcess;
  }
  const attempt = ({ email, password, from = "203.0.113.7", server }: Attempt) =>
    openPages((server ?? harness.server).baseUrl).post(
      "/login",
      { email, password: password ?? "wrong horse battery" },
      { headers: { "x-forwarded-for": from } },
    );
  const newEmail = async () => (await makeUser(harness, { accountId })).email;
  const openDoors = () =>
    // Not now(): rounded to the millisecond it may be yet to come.
    harness.query("update sign_in_attempts set blocked_until = now() - interval '1 second'");

  it("after five failures even the right password has to wait, with a time to come back", async () => {
    const email = await newEmail();
    for (let count = 0; count < 5; count++) assertEquals((await attempt({ email })).status, 422);
    const refused = await attempt({ email, password: TEST_PASSWORD });
    assertEquals(refused.status, 429);
    const seconds = Number(refused.headers.get("retry-after"));
    assert(seconds > 50 && seconds <= 60, String(seconds));
    assertMatch(refused.text, /Too many attempts\. Try again in [0-9]+ seconds\./);
    assertEquals(refused.headers.getSetCookie(), []);
    assertEquals((await attempt({ email: await newEmail(), password: TEST_PASSWORD })).status, 303);

    await openDoors();
    assertEquals((await attempt({ email, password: TEST_PASSWORD })).status, 303);
    assertEquals((await attempt({ email })).status, 422);
  });

  it("an address that nobody has is throttled alike", async () => {
    const email = "nobody@example.com";
    for (let count = 0; count < 5; count++) assertEquals((await attempt({ email })).status, 422);
    assertEquals((await attempt({ email })).status, 429);
  });

  it("of many attempts at once five are judged", async () => {
    const email = await newEmail();
    const answers = await Promise.all(Array.from({ length: 20 }, () => attempt({ email })));
    const statuses = answers.map(({ status }) => status);
    assertEquals(statuses.filter((status) => status === 422).length, 5);
    assertEquals(statuses.filter((status) => status === 429).length, 15);
  });

  it("another instance knows of the failures", async () => {
    const email = await newEmail();
    for (let count = 0; count < 5; count++) {
      const server = count % 2 === 0 ? harness.server : second;
      assertEquals((await attempt({ email, server })).status, 422);
    }
    for (const server of [harness.server, second]) {
      assertEquals((await attempt({ email, server })).status, 429);
    }
  });

  it("waits grow from one minute to fifteen, and an hour of quiet forgets them", async () => {
    const key = "11".repeat(32);
    const take = async () => {
      const [row] = await harness.query<{ seconds: number }>(
        "select count_sign_in_attempt(decode($1, 'hex'), 5) as seconds",
        [key],
      );
      return row?.seconds;
    };
    const waits: (number | undefined)[] = [];
    for (let count = 0; count < 11; count++) {
      assertEquals(await take(), 0);
      const seconds = count < 4 ? 0 : await take();
      waits.push(seconds);
      await openDoors();
    }
    assertEquals(waits, [0, 0, 0, 0, 60, 120, 240, 480, 900, 900, 900]);
    await harness.query("update sign_in_attempts set attempted_at = now() - interval '61 minutes'");
    for (let count = 0; count < 5; count++) assertEquals(await take(), 0);
    assertEquals(await take(), 60);
  });

  it("thirty failures at different addresses stop a client, and her own sign-ins do not wipe them out", async () => {
    const email = await newEmail();
    await harness.query("delete from sign_in_attempts");
    await attempt({ email: "first@example.com" });
    await harness.query("update sign_in_attempts set attempts = 28 where attempts = 1");
    assertEquals((await attempt({ email, password: TEST_PASSWORD })).status, 303);
    assertEquals((await attempt({ email: "second@example.com" })).status, 422);
    assertEquals((await attempt({ email: "third@example.com" })).status, 422);
    assertEquals((await attempt({ email, password: TEST_PASSWORD })).status, 429);
    assertEquals(
      (await attempt({ email, password: TEST_PASSWORD, from: "203.0.113.8" })).status,
      303,
    );
  });

  it("behind a proxy the last address counts, which the client cannot choose", async () => {
    await attempt({ email: "a@example.com", from: "198.51.100.1, 203.0.113.9" });
    await harness.query("update sign_in_attempts set attempts = 29");
    await attempt({ email: "b@example.com", from: "198.51.100.2, 203.0.113.9" });
    const again = await attempt({ email: "c@example.com", from: "198.51.100.3, 203.0.113.9" });
    assertEquals(again.status, 429);
  });

  it("without a proxy the header is not believed", async () => {
    await attempt({ email: "a@example.com", from: "198.51.100.1", server: second });
    await harness.query("update sign_in_attempts set attempts = 29");
    await attempt({ email: "b@example.com", from: "198.51.100.2", server: second });
    const again = await attempt({ email: "c@example.com", from: "198.51.100.3", server: second });
    assertEquals(again.status, 429);
  });

  it("what was typed as an address is not stored", async () => {
    await attempt({ email: "my-secret-password@example.com" });
    const rows = await harness.query("select sign_in_attempts::text as row from sign_in_attempts");
    assertEquals(rows.length, 2);
    assertEquals(rows.some(({ row }) => String(row).includes("secret")), false);
  });
});
