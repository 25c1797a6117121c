/**
 * Replies: the target must be a message of the conversation with the recipient and must be known to WhatsApp. A refused
 * reply leaves no contact, conversation or message, and no reserved Idempotency-Key.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { makeId } from "@/lib/ids.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { assertIssues, lastReceived, send, sendOk } from "@/tests/helpers/message_calls.ts";
import { countRows, receivedFrom } from "@/tests/helpers/sends.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

const TO = "+14155550123";
const OTHER = "+14155550199";
const NOT_ON_WHATSAPP = "+15005550002";
const GATEWAY_ERROR = "+15005550012";

const FOREIGN = {
  path: "reply_to_message_id",
  message: "Must be a message of the conversation with this recipient",
};
const WITHOUT_WAMID = {
  path: "reply_to_message_id",
  message: "That message never reached WhatsApp, so it cannot be replied to",
};

describe("POST /api/v1/messages as a reply", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  /** Asserts that a reply is refused and that the account is as it was. */
  async function assertRefused(
    account: SeededAccount,
    body: Record<string, unknown>,
    issue: { path: string; message: string },
  ): Promise<void> {
    const before = await countRows(harness, account.id);
    const received = receivedFrom(harness.simulator, account).length;
    const answer = await send(harness, account, {
      body: { text: "Hello", name: "Ann", ...body },
      headers: { "idempotency-key": makeId() },
    });
    assertIssues(answer, [issue]);
    assertEquals(await countRows(harness, account.id), before);
    assertEquals(receivedFrom(harness.simulator, account).length, received);
  }

  it("201 sends the target's WhatsApp id as context and stores the target", async () => {
    const account = await harness.makeAccount();
    const target = await sendOk(harness, account, { to: TO, text: "Question" });
    const reply = await sendOk(harness, account, {
      to: TO,
      text: "Answer",
      reply_to_message_id: target.message_id,
    });
    assertEquals(reply.conversation_id, target.conversation_id);
    const [row] = await harness.query("select reply_to_message_id from messages where id = $1", [
      reply.message_id ?? null,
    ]);
    assertEquals(row?.reply_to_message_id, target.message_id);
    assertEquals(lastReceived(harness, account).body, {
      messaging_product: "whatsapp",
      recipient_type: "individual",
      to: TO,
      type: "text",
      context: { message_id: target.whatsapp_message_id },
      biz_opaque_callback_data: reply.message_id,
      text: { body: "Answer" },
    });
  });

  it("201 replies with media and templates too, and to an id in capitals", async () => {
    const account = await harness.makeAccount();
    const target = await sendOk(harness, account, { to: TO, text: "Question" });
    const bodies = [
      { type: "document", media_url: "https://cdn.example.com/a.pdf" },
      { type: "template", template: { name: "order_update" } },
    ];
    for (const body of bodies) {
      await sendOk(harness, account, {
        to: TO,
        reply_to_message_id: target.message_id?.toUpperCase(),
        ...body,
      });
      assertEquals(lastReceived(harness, account).body?.context, {
        message_id: target.whatsapp_message_id,
      });
    }
  });

  it("201 replies to what the person wrote", async () => {
    const account = await harness.makeAccount();
    const known = await sendOk(harness, account, { to: TO, text: "Question" });
    const id = makeId();
    await harness.query(
      `insert into messages (account_id, id, conversation_id, contact_id, direction, type, status, recipient, body, wamid)
       values ($1, $2, $3, $4, 'inbound', 'text', 'received', '15550100000', 'Hi', 'wamid.INBOUND')`,
      [account.id, id, known.conversation_id ?? null, known.contact_id ?? null],
    );
    await sendOk(harness, account, { to: TO, text: "Answer", reply_to_message_id: id });
    assertEquals(lastReceived(harness, account).body?.context, { message_id: "wamid.INBOUND" });
  });

  it("201 replies under an equivalent spelling of the number", async () => {
    const account = await harness.makeAccount();
    const target = await sendOk(harness, account, { to: "+5511987654321", text: "Question" });
    await sendOk(harness, account, {
      to: "+551187654321",
      text: "Answer",
      reply_to_message_id: target.message_id,
    });
    const { body } = lastReceived(harness, account);
    assertEquals([body?.to, body?.context], ["+551187654321", {
      message_id: target.whatsapp_message_id,
    }]);
  });

  it("400 refuses a message of another conversation, for known and for new recipients", async () => {
    const account = await harness.makeAccount();
    const target = await sendOk(harness, account, { to: TO, text: "Question" });
    await assertRefused(account, { to: OTHER, reply_to_message_id: target.message_id }, FOREIGN);
    await sendOk(harness, account, { to: OTHER, text: "Hello" });
    await assertRefused(account, { to: OTHER, reply_to_message_id: target.message_id }, FOREIGN);
  });

  it("400 refuses a message of another account, also of the test twin", async () => {
    const account = await harness.makeAccount();
    const stranger = await harness.makeAccount();
    const foreign = await sendOk(harness, stranger, { to: TO, text: "Question" });
    const twin = await harness.call({
      path: "/api/v1/messages",
      key: account.testKey.key,
      body: { to: TO, text: "Question" },
    });
    assertEquals(twin.status, 201, twin.text);
    const ids = [foreign.message_id, twin.json.data.message_id];
    for (const id of ids) {
      await assertRefused(account, { to: TO, reply_to_message_id: id }, FOREIGN);
    }
    await sendOk(harness, account, { to: TO, text: "Hello" });
    for (const id of ids) {
      await assertRefused(account, { to: TO, reply_to_message_id: id }, FOREIGN);
    }
  });

  it("400 refuses an id that nobody has", async () => {
    const account = await harness.makeAccount();
    const nil = "00000000-0000-0000-0000-000000000000";
    for (const id of [makeId(), nil]) {
      await assertRefused(account, { to: TO, reply_to_message_id: id }, FOREIGN);
    }
  });

  it("400 refuses a message that failed or whose outcome is unknown: it has no WhatsApp id", async () => {
    const account = await harness.makeAccount();
    for (const [to, status] of [[NOT_ON_WHATSAPP, 502], [GATEWAY_ERROR, 504]] as const) {
      const lost = await send(harness, account, { body: { to, text: "Question" } });
      assertEquals(lost.status, status, lost.text);
      const { message_id: id } = lost.json.error.details;
      await assertRefused(account, { to, reply_to_message_id: id }, WITHOUT_WAMID);
    }
  });

  it("400 frees the Idempotency-Key of a refused reply", async () => {
    const account = await harness.makeAccount();
    const headers = { "idempotency-key": "reply-1" };
    const refused = await send(harness, account, {
      body: { to: TO, text: "Hello", reply_to_message_id: makeId() },
      headers,
    });
    assertIssues(refused, [FOREIGN]);
    const other = await send(harness, account, { body: { to: TO, text: "Other" }, headers });
    assertEquals(other.status, 201, other.text);
  });
});
