/** The request log that admins read: one row per authenticated request, soon, and without anybody's data. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import type { ApiAnswer, ApiRequest } from "@/tests/helpers/api_client.ts";
import { mistypedKey, revokeKey, unknownKey } from "@/tests/helpers/bad_keys.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { TEXT_BODY } from "@/tests/helpers/sends.ts";

interface LogRow {
  api_key_id: string;
  request_id: string;
  method: string;
  route: string;
  status: number;
  error_code: string | null;
  error_message: string | null;
  duration_ms: number;
  message_id: string | null;
  recipient_masked: string | null;
  age_seconds: number;
}

/** Written once a second. */
const WRITE_LIMIT_MS = 2_500;

describe("request log", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  function readRows(accountId: string): Promise<LogRow[]> {
    return harness.query<LogRow>(
      `select api_key_id, request_id, method, route, status, error_code, error_message, duration_ms,
         message_id, recipient_masked, extract(epoch from now() - created_at)::float8 as age_seconds
       from api_requests where account_id = $1 order by created_at, id`,
      [accountId],
    );
  }

  async function waitForRows(accountId: string, count: number): Promise<LogRow[]> {
    return await eventually(async () => {
      const rows = await readRows(accountId);
      return rows.length >= count && rows;
    }, WRITE_LIMIT_MS);
  }

  /** Makes one request and waits for its row. */
  async function callAndRead(
    account: SeededAccount,
    request: ApiRequest,
  ): Promise<{ answer: ApiAnswer; row: LogRow }> {
    const answer = await harness.call({ key: account.key.key, ...request });
    const [row, ...others] = await waitForRows(account.id, 1);
    assert(row !== undefined);
    assertEquals(others, []);
    assertEquals(row.request_id, answer.headers.get("x-request-id"));
    assertEquals(row.status, answer.status);
    assert(row.duration_ms > 0 && row.duration_ms < 10_000, String(row.duration_ms));
    assert(row.age_seconds > -1 && row.age_seconds < 10, String(row.age_seconds));
    return { answer, row };
  }

  it("a send is logged with its message and a masked number", async () => {
    const account = await harness.makeAccount();
    const { answer, row } = await callAndRead(account, {
      path: "/api/v1/messages?secret=1",
      body: TEXT_BODY,
    });
    assertEquals(
      { ...row, duration_ms: 0, age_seconds: 0 },
      {
        api_key_id: account.key.id,
        request_id: answer.headers.get("x-request-id") ?? "",
        method: "POST",
        route: "/api/v1/messages",
        status: 201,
        error_code: null,
        error_message: null,
        duration_ms: 0,
        message_id: answer.json.data.message_id,
        recipient_masked: "+14*******23",
        age_seconds: 0,
      },
    );
  });

  it("a read is logged with the route's pattern, not the id", async () => {
    const account = await harness.makeAccount();
    const { row } = await callAndRead(account, { path: "/api/v1/messages/secret-id" });
    assertEquals(
      [row.method, row.route, row.status, row.error_code],
      ["GET", "/api/v1/messages/:id", 404, "not_found"],
    );
    assertEquals([row.message_id, row.recipient_masked], [null, null]);
  });

  it("HEAD is logged as HEAD", async () => {
    const account = await harness.makeAccount();
    const { row } = await callAndRead(account, { method: "HEAD", path: "/api/v1/me" });
    assertEquals([row.method, row.route, row.status], ["HEAD", "/api/v1/me", 200]);
  });

  it("a request id of the caller is the one in the log", async () => {
    const account = await harness.makeAccount();
    const { row } = await callAndRead(account, {
      path: "/api/v1/me",
      headers: { "x-request-id": "order-17:a" },
    });
    assertEquals(row.request_id, "order-17:a");
  });

  it("a refused body is logged with code and message", async () => {
    const account = await harness.makeAccount();
    const { answer, row } = await callAndRead(account, {
      path: "/api/v1/messages",
      body: { to: "+14155550123", txt: "Hello" },
    });
    assertEquals(row.error_code, "bad_request");
    assertEquals(row.error_message, answer.json.error.message);
    assertEquals(row.message_id, null);
  });

  it("a failed send is logged with its message", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({ kind: "metaError", code: 131026, status: 400 });
    const { answer, row } = await callAndRead(account, {
      path: "/api/v1/messages",
      body: TEXT_BODY,
    });
    assertEquals([row.status, row.error_code], [502, "meta_error"]);
    assertEquals(row.message_id, answer.json.error.details.message_id);
    assertEquals(row.recipient_masked, "+14*******23");
  });

  it("403 and 429 are logged", async () => {
    const account = await harness.makeAccount();
    const key = await harness.makeKey({ accountId: account.id, scopes: [], rateLimit: 1 });
    await harness.call({ path: "/api/v1/messages/1", key: key.key });
    await harness.call({ path: "/api/v1/messages/1", key: key.key });
    const rows = await waitForRows(account.id, 2);
    assertEquals(
      rows.map((row) => [row.api_key_id, row.status, row.error_code]),
      [[key.id, 403, "forbidden"], [key.id, 429, "rate_limited"]],
    );
  });

  it("the 401 of a revoked or expired key is logged under its account", async () => {
    const account = await harness.makeAccount();
    const expired = await harness.makeKey({ accountId: account.id });
    await harness.query("update api_keys set expires_at = now() where id = $1", [expired.id]);
    await revokeKey(harness, account.key.id);
    await harness.call({ path: "/api/v1/me", key: account.key.key });
    await harness.call({ path: "/api/v1/me", key: expired.key });
    const rows = await waitForRows(account.id, 2);
    assertEquals(
      rows.map((row) => [row.api_key_id, row.status, row.error_code]),
      [[account.key.id, 401, "unauthorized"], [expired.id, 401, "unauthorized"]],
    );
  });

  it("requests without a known key, and paths and methods that need none, are not logged", async () => {
    const account = await harness.makeAccount();
    const key = account.key.key;
    const readCount = async () => {
      const [row] = await harness.query<{ count: number }>(
        "select count(*)::int as count from api_requests",
      );
      return row?.count;
    };
    // So that nothing of earlier cases is still to be written.
    await harness.call({ path: "/api/v1/me", key });
    await waitForRows(account.id, 1);
    const before = await readCount();
    await harness.call({ path: "/api/v1/me" });
    await harness.call({ path: "/api/v1/me", key: mistypedKey(key) });
    await harness.call({ path: "/api/v1/me", key: unknownKey() });
    await harness.call({ path: "/api/v1/nowhere", key });
    await harness.call({ method: "DELETE", path: "/api/v1/me", key });
    await harness.call({ method: "OPTIONS", path: "/api/v1/me", key });
    await harness.call({ path: "/healthz", key });
    await harness.call({ path: "/", key });
    // The next row that is written shows that all of these had their chance.
    const last = await harness.makeAccount();
    await harness.call({ path: "/api/v1/me", key: last.key.key });
    await waitForRows(last.id, 1);
    assertEquals(await readCount(), Number(before) + 1);
  });

  it("a hundred concurrent requests give a hundred rows", async () => {
    const account = await harness.makeAccount();
    const answers = await Promise.all(
      Array.from(
        { length: 100 },
        () => harness.call({ path: "/api/v1/me", key: account.key.key }),
      ),
    );
    const rows = await waitForRows(account.id, 100);
    assertEquals(
      rows.map((row) => row.request_id).sort(),
      answers.map(({ headers }) => headers.get("x-request-id") ?? "").sort(),
    );
  });

  const phone = "+442079460123";
  const national = "+4402079460123";
  const leaks: [string, unknown, string[]][] = [
    ["a sent message", { to: phone, text: "Top secret" }, [phone, "Top secret"]],
    ["a trunk 0 in the number", { to: national, text: "Hi" }, [phone, national]],
    ["a national number", { to: "020 7946 0123", text: "Hi" }, ["020 7946 0123", "02079460123"]],
    ["a number as a field name", { to: phone, text: "Hi", [phone]: 1 }, [phone]],
    ["a number as a template variable", {
      to: phone,
      type: "template",
      template: { name: "a", params: { body: { [phone]: {} } } },
    }, [phone]],
    ["a wrong URL", { to: phone, type: "image", media_url: "http://10.0.0.1/?token=abc" }, [
      "token=abc",
    ]],
    ["a number as a type", { to: phone, type: phone }, [phone]],
    ["a user id", { to: "US.13491208655302741918", text: "Hi" }, ["13491208655302741918"]],
  ];
  it("no row has a full number, a text or a URL of its request", async () => {
    // At once, because each row takes up to a second to come.
    await Promise.all(leaks.map(async ([what, body, secrets]) => {
      const account = await harness.makeAccount();
      await callAndRead(account, { path: "/api/v1/messages", body });
      const [row] = await harness.query<{ text: string }>(
        "select row_to_json(r)::text as text from api_requests r where account_id = $1",
        [account.id],
      );
      const found = secrets.filter((secret) => row?.text.includes(secret.replace("+", "")));
      assertEquals({ what, found }, { what, found: [] }, row?.text);
    }));
  });

  it("an error message that Postgres could not store does not hold up other rows", async () => {
    const account = await harness.makeAccount();
    await harness.call({
      path: "/api/v1/messages",
      key: account.key.key,
      body: '{"\\u0000\\ud800": 1}',
    });
    await harness.call({ path: "/api/v1/me", key: account.key.key });
    const rows = await waitForRows(account.id, 2);
    assertEquals(rows.map(({ status }) => status), [400, 200]);
  });
});
