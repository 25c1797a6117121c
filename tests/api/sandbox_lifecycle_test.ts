/** Test mode from end to end: statuses and replies follow a send by themselves. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { MAGIC_RECIPIENTS } from "@/lib/meta/sandbox/magic_recipients.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { inboundRows } from "@/tests/helpers/inbound.ts";
import { warningCodes } from "@/tests/helpers/message_calls.ts";
import { receivedFrom } from "@/tests/helpers/sends.ts";

describe("test mode", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("a message is delivered and read by itself", async () => {
    const { testKey } = await harness.makeAccount();
    const sent = await harness.call({
      path: "/api/v1/messages",
      key: testKey.key,
      body: { to: "+14155550123", text: "Hello" },
    });
    assertEquals(sent.status, 201);
    const message = await eventually(async () => {
      const { json } = await harness.call({
        path: `/api/v1/messages/${sent.json.data.message_id}`,
        key: testKey.key,
      });
      return json.data.status === "read" ? json.data : null;
    }, 8_000);
    assertEquals(
      [message.sent_at, message.delivered_at, message.read_at].map((at) => typeof at),
      ["string", "string", "string"],
    );
  });

  it("a text that begins with /reply is answered with the rest of it", async () => {
    const { testId, testKey } = await harness.makeAccount();
    const sent = await harness.call({
      path: "/api/v1/messages",
      key: testKey.key,
      body: { to: "+14155550123", text: "/reply Yes please" },
    });
    const { conversation_id, message_id } = sent.json.data;
    const replies = await eventually(async () => {
      const rows = await harness.query<{ body: string; reply_to_message_id: string }>(
        `select body, reply_to_message_id from messages
         where account_id = $1 and conversation_id = $2 and direction = 'inbound'`,
        [testId, conversation_id],
      );
      return rows.length > 0 ? rows : null;
    }, 8_000);
    assertEquals(replies.map(({ body, reply_to_message_id }) => ({ body, reply_to_message_id })), [
      { body: "Yes please", reply_to_message_id: message_id },
    ]);
    const [conversation] = await harness.query<{ unread_count: number; status: string }>(
      "select unread_count, status from conversations where account_id = $1",
      [testId],
    );
    assertEquals([conversation?.unread_count, conversation?.status], [1, "open"]);
  });

  it("a message whose answer was lost is settled by its status, and its key then replays it", async () => {
    const { testKey } = await harness.makeAccount();
    const request = {
      path: "/api/v1/messages",
      key: testKey.key,
      body: { to: "+15005550013", text: "Hello" },
      headers: { "idempotency-key": "lost" },
    };
    const lost = await harness.call(request);
    assertEquals([lost.status, lost.json.error.code], [504, "outcome_unknown"]);
    const replayed = await eventually(async () => {
      const answer = await harness.call(request);
      return answer.status === 201 ? answer : null;
    }, 8_000);
    assertEquals(replayed.json.data.message_id, lost.json.error.details.message_id);
    assertEquals(replayed.headers.get("idempotent-replayed"), "true");
  });

  it("a reply opens the window, and the answer to it needs no template", async () => {
    const { testId, testKey } = await harness.makeAccount();
    const send = (text: string) =>
      harness.call({
        path: "/api/v1/messages",
        key: testKey.key,
        body: { to: "+14155550123", text },
      });
    assertEquals(warningCodes(await send("/reply Hello")), ["outside_service_window"]);
    await eventually(async () => (await inboundRows(harness, testId)).length === 1, 8_000);
    assertEquals(warningCodes(await send("Thanks")), []);
  });

  it("a reply from a user id comes from that user id", async () => {
    const { testId, testKey } = await harness.makeAccount();
    const sent = await harness.call({
      path: "/api/v1/messages",
      key: testKey.key,
      body: { to: "US.13491208655302741918", text: "/reply Hidden" },
    });
    assertEquals(sent.status, 201, sent.text);
    const [reply] = await eventually(async () => {
      const rows = await inboundRows(harness, testId);
      return rows.length > 0 ? rows : null;
    }, 8_000);
    assertEquals(
      [reply?.body, reply?.sender, reply?.contact_id],
      ["Hidden", "US.13491208655302741918", sent.json.data.contact_id],
    );
  });

  for (
    const text of [
      "/reply",
      "/reply ",
      "/replying",
      " /reply Yes",
      "/Reply Yes",
      "please /reply Yes",
    ]
  ) {
    it(`${JSON.stringify(text)} is not answered`, async () => {
      const { testId, testKey } = await harness.makeAccount();
      await harness.call({
        path: "/api/v1/messages",
        key: testKey.key,
        body: { to: "+14155550123", text },
      });
      // Planned with the send: what is to be told is known before it is due.
      const planned = await harness.query<{ body: string }>(
        "select body from sandbox_webhooks where account_id = $1",
        [testId],
      );
      assertEquals(planned.filter(({ body }) => body.includes('"messages":[')), []);
    });
  }

  for (const { phone: to, behaviour } of MAGIC_RECIPIENTS) {
    if (behaviour.kind !== "accept_then_fail") continue;
    it(`${to} is taken, and fails later with what the table of recipients says`, async () => {
      const { testKey } = await harness.makeAccount();
      const sent = await harness.call({
        path: "/api/v1/messages",
        key: testKey.key,
        body: { to, text: "Hello" },
      });
      assertEquals(sent.status, 201, sent.text);
      const error = await eventually(async () => {
        const { json } = await harness.call({
          path: `/api/v1/messages/${sent.json.data.message_id}`,
          key: testKey.key,
        });
        return json.data.status === "failed" ? json.data.error : null;
      }, 8_000);
      assertEquals([error.code, error.title], [behaviour.code, behaviour.title]);
      assertEquals(typeof error.hint, "string");
    });
  }

  it("a refused message is never heard of again", async () => {
    const { testId, testKey } = await harness.makeAccount();
    const sent = await harness.call({
      path: "/api/v1/messages",
      key: testKey.key,
      body: { to: "+15005550002", text: "/reply Hello" },
    });
    assertEquals(sent.status, 502);
    const planned = await harness.query("select id from sandbox_webhooks where account_id = $1", [
      testId,
    ]);
    assertEquals(planned, []);
  });

  it("nothing of it touches the live side, nor Meta", async () => {
    const account = await harness.makeAccount();
    await harness.call({
      path: "/api/v1/messages",
      key: account.testKey.key,
      body: { to: "+14155550123", text: "/reply Hello" },
    });
    await eventually(async () => (await inboundRows(harness, account.testId)).length === 1, 8_000);
    for (
      const table of ["contacts", "conversations", "messages", "meta_events", "webhook_health"]
    ) {
      const rows = await harness.query(`select 1 from ${table} where account_id = $1`, [
        account.id,
      ]);
      assertEquals([table, rows.length], [table, 0]);
    }
    assertEquals(receivedFrom(harness.simulator, account), []);
    const left = () =>
      harness.query("select 1 from sandbox_webhooks where account_id = $1", [account.testId]);
    await eventually(async () => (await left()).length === 0);
  });
});
