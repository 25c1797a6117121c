/** Two contacts that turn out to be one person: the one found first keeps everything, the other's ids are aliases. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  contactRows,
  conversationRows,
  deliverAll,
  inboundRows,
  newBsuid,
  newWriter,
  onlyContact,
  onlyConversation,
  receive,
  writing,
} from "@/tests/helpers/inbound.ts";
import { send, sendOk, warningCodes } from "@/tests/helpers/message_calls.ts";

describe("an inbound event that names two contacts", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  /** Somebody known twice: by user id from a message, and by phone from a send of ours. */
  async function makeDouble() {
    const account = await harness.makeAccount();
    const { waId, bsuid } = newWriter();
    const hidden = await receive(harness, account, {
      from: { bsuid },
      message: { timestamp: "1763800000" },
    });
    const sent = await sendOk(harness, account, { to: `+${waId}`, text: "Hello", name: "Ms Lee" });
    return { account, waId, bsuid, hidden, sent, writer: { waId, bsuid } };
  }

  it("leaves one contact with all identities and names, found first by user id", async () => {
    const { account, waId, bsuid, hidden, sent, writer } = await makeDouble();
    await receive(harness, account, { from: { ...writer, name: "Ann" } });
    const contact = await onlyContact(harness, account.id);
    assertEquals(contact, {
      id: hidden.contact_id,
      phone: `+${waId}`,
      wa_id: waId,
      bsuid,
      username: null,
      name: "Ms Lee",
      profile_name: "Ann",
      merged_into: null,
    });
    const alias = (await contactRows(harness, account.id)).find(({ id }) => id === sent.contact_id);
    assertEquals(
      [alias?.phone, alias?.wa_id, alias?.bsuid, alias?.merged_into],
      [null, null, null, hidden.contact_id],
    );
  });

  it("moves every message to the conversation that stays and makes the other an alias", async () => {
    const { account, hidden, sent, writer } = await makeDouble();
    const answer = await receive(harness, account, { from: writer });
    assertEquals([answer.contact_id, answer.conversation_id], [
      hidden.contact_id,
      hidden.conversation_id,
    ]);
    const places = await harness.query(
      "select distinct conversation_id, contact_id from messages where account_id = $1",
      [account.id],
    );
    assertEquals(places, [{
      conversation_id: hidden.conversation_id,
      contact_id: hidden.contact_id,
    }]);
    const alias = (await conversationRows(harness, account.id)).find(({ id }) =>
      id === sent.conversation_id
    );
    assertEquals([alias?.merged_into, alias?.unread_count], [hidden.conversation_id, 0]);
  });

  it("keeps replies: a message of the other conversation can still be answered, and its key replays", async () => {
    const account = await harness.makeAccount();
    const { waId, bsuid } = newWriter();
    await receive(harness, account, { from: { bsuid } });
    const request = {
      body: { to: `+${waId}`, text: "Hello" },
      headers: { "idempotency-key": "first" },
    };
    const first = await send(harness, account, request);
    const inbound = await receive(harness, account, {
      from: { waId },
      message: { context: { from: "15550100000", id: first.json.data.whatsapp_message_id } },
    });
    await receive(harness, account, { from: { waId, bsuid } });
    const moved = (await inboundRows(harness, account.id)).find(({ id }) => id === inbound.id);
    assertEquals(moved?.reply_to_message_id, first.json.data.message_id);
    const reply = await send(harness, account, {
      body: { to: `+${waId}`, text: "Yes", reply_to_message_id: inbound.id },
    });
    assertEquals(reply.status, 201, reply.text);
    const replayed = await send(harness, account, request);
    assertEquals(
      [replayed.status, replayed.json.data.message_id, replayed.headers.get("idempotent-replayed")],
      [201, first.json.data.message_id, "true"],
    );
  });

  it("combines unread count, window, status and last message", async () => {
    const account = await harness.makeAccount();
    const { waId, bsuid } = newWriter();
    const text = (body: string) => ({ type: "text", text: { body } });
    await receive(harness, account, {
      from: { bsuid },
      message: { ...text("by user id"), timestamp: "1763800000" },
    });
    for (const [body, timestamp] of [["one", "1763800010"], ["two", "1763800020"]] as const) {
      await receive(harness, account, { from: { waId }, message: { ...text(body), timestamp } });
    }
    await harness.query("update conversations set status = 'closed' where account_id = $1", [
      account.id,
    ]);
    // A system message merges without being unread itself.
    await deliverAll(
      harness,
      account,
      writing({ waId, bsuid }, {
        type: "system",
        timestamp: "1763800005",
        system: { type: "customer_identity_changed", body: "New phone" },
      }),
    );
    const conversation = await onlyConversation(harness, account.id);
    assertEquals(
      [
        conversation.unread_count,
        conversation.status,
        conversation.last_message_text,
        new Date(conversation.last_message_at ?? 0),
        new Date(conversation.last_inbound_at ?? 0),
      ],
      [3, "closed", "two", new Date(1763800020_000), new Date(1763800020_000)],
    );
  });

  it("stays open if either conversation was", async () => {
    const { account, hidden, writer } = await makeDouble();
    await harness.query("update conversations set status = 'pending' where id = $1", [
      hidden.conversation_id,
    ]);
    await deliverAll(
      harness,
      account,
      writing(writer, { type: "system", system: { type: "customer_identity_changed", body: "x" } }),
    );
    assertEquals((await onlyConversation(harness, account.id)).status, "open");
  });

  it("takes the other's conversation over when the one that stays has none", async () => {
    const account = await harness.makeAccount();
    const { waId, bsuid } = newWriter();
    const contactId = crypto.randomUUID();
    await harness.query("insert into contacts (account_id, id, bsuid) values ($1, $2, $3)", [
      account.id,
      contactId,
      bsuid,
    ]);
    const sent = await sendOk(harness, account, { to: `+${waId}`, text: "Hello" });
    const row = await receive(harness, account, { from: { waId, bsuid } });
    assertEquals([row.contact_id, row.conversation_id], [contactId, sent.conversation_id]);
    const { contact_id } = await onlyConversation(harness, account.id);
    assertEquals(contact_id, contactId);
    assertEquals((await conversationRows(harness, account.id)).length, 1);
  });

  it("ends a chain of merges at the last that stays", async () => {
    const { account, waId, bsuid, hidden, sent, writer } = await makeDouble();
    await receive(harness, account, { from: writer });
    const next = { waId: newWriter().waId, bsuid: newBsuid() };
    const last = await receive(harness, account, { from: next });
    // The person of the first merge turns out to be this one too: the new user id is found first.
    await receive(harness, account, { from: { waId, bsuid: next.bsuid } });
    const contacts = await contactRows(harness, account.id);
    const target = (id: string | undefined) => contacts.find((row) => row.id === id)?.merged_into;
    assertEquals(
      [target(hidden.contact_id), target(sent.contact_id), target(last.contact_id)],
      [last.contact_id, last.contact_id, null],
    );
    const conversations = await conversationRows(harness, account.id);
    assertEquals(
      conversations.filter(({ id }) => id !== last.conversation_id).map(({ merged_into }) =>
        merged_into
      ),
      [last.conversation_id, last.conversation_id],
    );
    const contact = await onlyContact(harness, account.id);
    assertEquals([contact.phone, contact.bsuid === bsuid], [`+${next.waId}`, false]);
  });

  it("merges three contacts at once", async () => {
    const account = await harness.makeAccount();
    const bsuid = newBsuid();
    await receive(harness, account, { from: { bsuid } });
    await sendOk(harness, account, { to: "+5511987654321", text: "Hello" });
    await harness.query(
      "update contacts set wa_id = null where account_id = $1 and phone = '+5511987654321'",
      [account.id],
    );
    await harness.query(
      "insert into contacts (account_id, id, wa_id) values ($1, $2, '551187654321')",
      [account.id, crypto.randomUUID()],
    );
    await receive(harness, account, { from: { bsuid, waId: "551187654321" } });
    const contact = await onlyContact(harness, account.id);
    assertEquals(
      [contact.phone, contact.wa_id, contact.bsuid],
      ["+5511987654321", "551187654321", bsuid],
    );
    assertEquals((await contactRows(harness, account.id)).length, 3);
  });

  it("sends to either identity reach the same conversation afterwards, inside the window", async () => {
    const { account, waId, bsuid, hidden, writer } = await makeDouble();
    await receive(harness, account, { from: writer });
    for (const to of [`+${waId}`, bsuid]) {
      const answer = await send(harness, account, { body: { to, text: "Hello" } });
      assertEquals(answer.status, 201, answer.text);
      assertEquals(
        [answer.json.data.contact_id, answer.json.data.conversation_id, warningCodes(answer)],
        [hidden.contact_id, hidden.conversation_id, []],
      );
    }
  });
});
