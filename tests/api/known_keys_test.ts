/**
 * A key that has just been used is still judged by what it is now: the second request of an unlimited key is checked in
 * the same statement that begins the send, and is refused, counted and answered as any other.
 */
import { afterAll, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type ApiAnswer, assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { countRows, postMessage, receivedFrom } from "@/tests/helpers/sends.ts";

describe("POST /api/v1/messages with a key that was used a moment ago", () => {
  let harness: Harness;
  let account: SeededAccount;
  beforeAll(async () => {
    harness = await startHarness();
  });
  beforeEach(async () => {
    account = await harness.makeAccount();
    assertEquals((await post()).status, 201);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const post = (body?: unknown): Promise<ApiAnswer> =>
    postMessage(harness.server.baseUrl, {
      key: account.key.key,
      ...(body === undefined ? {} : { body }),
    });

  const change = (assignment: string) =>
    harness.query(`update api_keys set ${assignment} where id = $1`, [account.key.id]);

  async function assertNothingSent(): Promise<void> {
    assertEquals((await countRows(harness, account.id)).messages, 1);
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  }

  const REFUSALS: [what: string, assignment: string, status: number, code: string][] = [
    ["was revoked", "revoked_at = now()", 401, "unauthorized"],
    ["has expired", "expires_at = now() - interval '1 second'", 401, "unauthorized"],
    ["has lost the scope", "scopes = '{messages:read}'", 403, "forbidden"],
  ];
  for (const [what, assignment, status, code] of REFUSALS) {
    it(`${status} ${code} once it ${what}, and nothing is sent`, async () => {
      await change(assignment);
      assertApiError(await post(), { status, code });
      await assertNothingSent();
    });

    it(`${status} ${code} once it ${what}, before anything is said of the body`, async () => {
      await change(assignment);
      assertApiError(await post({ to: "nobody" }), { status, code });
      await assertNothingSent();
    });
  }

  it("201 with the headers of a limit that it was given, and 429 beyond it", async () => {
    await change("rate_limit = 1");
    const answer = await post();
    assertEquals([answer.status, answer.headers.get("x-ratelimit-limit")], [201, "1"]);
    assertApiError(await post(), { status: 429, code: "rate_limited" });
    assertEquals((await countRows(harness, account.id)).messages, 2);
  });

  it("400 for a wrong body, with every problem, and 201 for the next right one", async () => {
    const answer = await post({ to: "nobody", text: 7 });
    assertApiError(answer, { status: 400, code: "bad_request" });
    assertEquals(answer.json.error.details.issues.length, 2);
    assertEquals((await post()).status, 201);
  });

  it("201 is written into the request log and into the key's last use", async () => {
    await change("last_used_at = now() - interval '2 minutes'");
    const answer = await post();
    assertEquals(answer.status, 201);
    const [key] = await harness.query<{ is_fresh: boolean }>(
      "select last_used_at > now() - interval '1 minute' as is_fresh from api_keys where id = $1",
      [account.key.id],
    );
    assert(key?.is_fresh);
    const line = await harness.server.waitForLog(({ request_id }) =>
      request_id === answer.headers.get("x-request-id")
    );
    assertEquals(line.key, account.key.prefix);
  });
});
