/** Live keys reach Meta, test keys the sandbox inside the server; its magic recipients fail as documented. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { MAGIC_RECIPIENTS } from "@/lib/meta/sandbox/magic_recipients.ts";
import { type ApiAnswer, assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import {
  countRows,
  newPhone,
  onlyMessage,
  postMessage,
  receivedFrom,
} from "@/tests/helpers/sends.ts";

/** What a test key gets for a magic recipient; docs/test-mode.md says it in words. */
interface MagicCase {
  phone: string;
  status: number;
  /** Null: it succeeds. */
  code: string | null;
  row: "sent" | "failed" | "unknown";
  /** `details.meta.code`; null: there is no `details.meta`. */
  metaCode: number | null;
  retryAfter?: string;
}

const META_ERRORS = [131030, 131026, 131047, 131049, 131042, 131031, 368, 190];

const CASES: MagicCase[] = [
  ...META_ERRORS.map((metaCode, index): MagicCase => ({
    phone: `+1500555000${index + 1}`,
    status: 502,
    code: "meta_error",
    row: "failed",
    metaCode,
  })),
  {
    phone: "+15005550009",
    status: 503,
    code: "meta_unavailable",
    row: "failed",
    metaCode: 130429,
    retryAfter: "30",
  },
  {
    phone: "+15005550010",
    status: 503,
    code: "meta_unavailable",
    row: "failed",
    metaCode: 131056,
    retryAfter: "6",
  },
  {
    phone: "+15005550011",
    status: 504,
    code: "outcome_unknown",
    row: "unknown",
    metaCode: 131000,
  },
  { phone: "+15005550012", status: 504, code: "outcome_unknown", row: "unknown", metaCode: null },
  { phone: "+15005550013", status: 504, code: "outcome_unknown", row: "unknown", metaCode: null },
  { phone: "+15005550014", status: 504, code: "outcome_unknown", row: "unknown", metaCode: null },
  {
    phone: "+15005550015",
    status: 503,
    code: "meta_unavailable",
    row: "failed",
    metaCode: null,
    retryAfter: "5",
  },
  { phone: "+15005550016", status: 201, code: null, row: "sent", metaCode: null },
  // These two fail by webhook, after they were accepted: sandbox_lifecycle_test.ts waits for that.
  { phone: "+15005550017", status: 201, code: null, row: "sent", metaCode: null },
  { phone: "+15005550018", status: 201, code: null, row: "sent", metaCode: null },
];

describe("modes", () => {
  let harness: Harness;
  beforeAll(async () => {
    // Longer than the slow answer of a magic recipient.
    harness = await startHarness({ environment: { META_TIMEOUT_MS: "3000" } });
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  function sendTest(account: SeededAccount, to: string): Promise<ApiAnswer> {
    return postMessage(harness.server.baseUrl, {
      key: account.testKey.key,
      body: { to, text: "Hello" },
    });
  }

  it("every magic recipient of the sandbox has a case here", () => {
    assertEquals(CASES.map(({ phone }) => phone), MAGIC_RECIPIENTS.map(({ phone }) => phone));
  });

  it("every magic recipient is listed in docs/test-mode.md", async () => {
    const text = await Deno.readTextFile(new URL("../../docs/test-mode.md", import.meta.url));
    for (const { phone, description } of MAGIC_RECIPIENTS) {
      const line = text.split("\n").find((row) => row.includes(phone)) ?? "";
      assert(line.includes(description), `${phone}: ${description}`);
    }
  });

  it("POST /api/v1/messages to every magic recipient answers as documented", async () => {
    const count = harness.simulator.received().length;
    // At once, because some of them take seconds.
    await Promise.all(CASES.map(async (expected) => {
      const account = await harness.makeAccount();
      const answer = await sendTest(account, expected.phone);
      assertEquals(answer.status, expected.status, `${expected.phone}: ${answer.text}`);
      assertEquals(answer.headers.get("retry-after"), expected.retryAfter ?? null);
      const row = await onlyMessage(harness, account.testId);
      assertEquals([expected.phone, row.status], [expected.phone, expected.row]);
      if (expected.code === null) {
        assertEquals(answer.json.data.whatsapp_message_id, row.wamid);
        return;
      }
      const { status, code } = expected;
      assertApiError(answer, { status, code, retryable: status === 503 });
      const { details } = answer.json.error;
      assertEquals(details.message_id, row.id);
      assertEquals(details.meta?.code ?? null, expected.metaCode, answer.text);
      assertEquals(row.error?.code ?? null, expected.metaCode);
      assertEquals(row.wamid, null);
      if (details.meta === undefined) return;
      assertEquals(Object.keys(details.meta), [
        "code",
        "subcode",
        "type",
        "title",
        "message",
        "fbtrace_id",
        "hint",
      ]);
      assert(details.meta.hint.length > 10, details.meta.hint);
    }));
    assertEquals(harness.simulator.received().length, count);
  });

  it("POST /api/v1/messages 201 of a test key stays in the twin and never reaches Meta", async () => {
    const account = await harness.makeAccount();
    const count = harness.simulator.received().length;
    const answer = await sendTest(account, newPhone());
    assertEquals(answer.status, 201, answer.text);
    assertMatch(answer.json.data.whatsapp_message_id, /^wamid\./);
    assertEquals(await countRows(harness, account.testId), {
      contacts: 1,
      conversations: 1,
      messages: 1,
      keys: 0,
    });
    assertEquals(await countRows(harness, account.id), {
      contacts: 0,
      conversations: 0,
      messages: 0,
      keys: 0,
    });
    assertEquals(harness.simulator.received().length, count);
  });

  it("POST /api/v1/messages 201 of a test key works before the live account is connected", async () => {
    const account = await harness.makeAccount({ connected: false });
    const answer = await sendTest(account, newPhone());
    assertEquals(answer.status, 201, answer.text);
    const live = await postMessage(harness.server.baseUrl, { key: account.key.key });
    assertApiError(live, { status: 400, code: "whatsapp_not_configured" });
  });

  it("POST /api/v1/messages 201 of a live key reaches Meta once and stays in the live account", async () => {
    const account = await harness.makeAccount();
    const to = newPhone();
    const answer = await postMessage(harness.server.baseUrl, {
      key: account.key.key,
      body: { to, text: "Hello" },
    });
    assertEquals(answer.status, 201, answer.text);
    assertEquals((await countRows(harness, account.testId)).messages, 0);
    const received = receivedFrom(harness.simulator, account);
    assertEquals(received.map(({ wamid }) => wamid), [answer.json.data.whatsapp_message_id]);
    assertEquals(received[0]?.body?.to, to);
  });

  it("POST /api/v1/messages of a live key meets Meta's magic recipients at Meta", async () => {
    const account = await harness.makeAccount();
    const answer = await postMessage(harness.server.baseUrl, {
      key: account.key.key,
      body: { to: "+15005550002", text: "Hello" },
    });
    assertApiError(answer, { status: 502, code: "meta_error" });
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });

  it("an account and its twin are told apart by id, mode and the form of their keys", async () => {
    const account = await harness.makeAccount();
    assertNotEquals(account.id, account.testId);
    assertMatch(account.key.key, /^wacrm_live_[0-9A-Za-z]{49}$/);
    assertMatch(account.testKey.key, /^wacrm_test_[0-9A-Za-z]{49}$/);
    const rows = await harness.query(
      "select mode, live_account_id as twin_of from accounts where id in ($1, $2) order by mode",
      [account.id, account.testId],
    );
    assertEquals(rows, [
      { mode: "live", twin_of: null },
      { mode: "test", twin_of: account.id },
    ]);
  });

  it("twins have sandbox numbers and secrets of their own", async () => {
    const [one, two] = [await harness.makeAccount(), await harness.makeAccount()];
    const rows = await harness.query<{ phone_number_id: string; access_token: string }>(
      `select phone_number_id, access_token from whatsapp_integrations where account_id in ($1, $2)`,
      [one.testId, two.testId],
    );
    assertEquals(new Set(rows.map((row) => row.phone_number_id)).size, 2);
    assertEquals(new Set(rows.map((row) => row.access_token)).size, 2);
    for (const row of rows) assertMatch(row.phone_number_id, /^[1-9]\d{14}$/);
  });
});
