/** What an inbound message does to its conversation and its contact: unread, open, window, last message, names. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  contactRows,
  deliverAll,
  newBsuid,
  newWriter,
  onlyContact,
  onlyConversation,
  receive,
  unixSeconds,
  writing,
} from "@/tests/helpers/inbound.ts";
import { lastReceived, send, sendOk, warningCodes } from "@/tests/helpers/message_calls.ts";

describe("the conversation of an inbound message", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("is made with the contact for somebody who writes first", async () => {
    const account = await harness.makeAccount();
    const from = { ...newWriter(), name: "Ann", username: "ann.lee" };
    const row = await receive(harness, account, { from, message: { timestamp: "1763800000" } });
    const { id, ...contact } = await onlyContact(harness, account.id);
    assertEquals(contact, {
      phone: `+${from.waId}`,
      wa_id: from.waId,
      bsuid: from.bsuid,
      username: "ann.lee",
      name: "Ann",
      profile_name: "Ann",
      merged_into: null,
    });
    const conversation = await onlyConversation(harness, account.id);
    assertEquals([row.contact_id, row.conversation_id], [id, conversation.id]);
    assertEquals(
      [conversation.last_message_at, conversation.last_inbound_at].map((at) => new Date(at ?? 0)),
      [new Date(1763800000_000), new Date(1763800000_000)],
    );
    assertEquals([conversation.status, conversation.unread_count], ["open", 1]);
  });

  it("counts unread messages, is opened again, and is read by a send", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    await receive(harness, account, { from });
    await harness.query("update conversations set status = 'closed' where account_id = $1", [
      account.id,
    ]);
    await receive(harness, account, { from });
    const before = await onlyConversation(harness, account.id);
    assertEquals([before.unread_count, before.status], [2, "open"]);
    await sendOk(harness, account, { to: `+${from.waId}`, text: "Hello" });
    const after = await onlyConversation(harness, account.id);
    assertEquals([after.unread_count, after.last_message_text], [0, "Hello"]);
  });

  it("shows the latest message by Meta's clock, whatever comes last", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const text = (body: string) => ({ type: "text", text: { body } });
    await receive(harness, account, { from, message: { ...text("new"), timestamp: "1763800100" } });
    await receive(harness, account, { from, message: { ...text("old"), timestamp: "1763800000" } });
    const conversation = await onlyConversation(harness, account.id);
    assertEquals(
      [
        conversation.last_message_text,
        conversation.unread_count,
        new Date(conversation.last_inbound_at ?? 0),
      ],
      ["new", 2, new Date(1763800100_000)],
    );
  });

  it("cuts a long text to 200 characters without breaking one", async () => {
    const account = await harness.makeAccount();
    const body = "👍".repeat(300);
    const row = await receive(harness, account, {
      from: newWriter(),
      message: { type: "text", text: { body } },
    });
    assertEquals(row.body, body);
    assertEquals((await onlyConversation(harness, account.id)).last_message_text, "👍".repeat(200));
  });

  it("opens the 24-hour window: the next send has no warning", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const body = { to: `+${from.waId}`, text: "Hello" };
    assertEquals(warningCodes(await send(harness, account, { body })), ["outside_service_window"]);
    await receive(harness, account, { from });
    assertEquals(warningCodes(await send(harness, account, { body })), []);
  });

  it("has no open window when the message is older than 24 hours", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    await receive(harness, account, { from, message: { timestamp: unixSeconds(-24 * 3600 - 5) } });
    const answer = await send(harness, account, { body: { to: `+${from.waId}`, text: "Hello" } });
    assertEquals(warningCodes(answer), ["outside_service_window"]);
  });

  it("is neither opened nor unread by a system message", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    await sendOk(harness, account, { to: `+${from.waId}`, text: "Hello" });
    await harness.query("update conversations set status = 'closed' where account_id = $1", [
      account.id,
    ]);
    const row = await receive(harness, account, {
      from,
      message: { type: "system", system: { type: "customer_identity_changed", body: "New phone" } },
    });
    assertEquals([row.type, row.body], ["system", "New phone"]);
    const conversation = await onlyConversation(harness, account.id);
    assertEquals(
      [conversation.status, conversation.unread_count, conversation.last_inbound_at],
      ["closed", 0, null],
    );
    const answer = await send(harness, account, { body: { to: `+${from.waId}`, text: "Hello" } });
    assertEquals(warningCodes(answer), ["outside_service_window"]);
  });

  it("somebody with a hidden phone is a contact without one and can be answered by user id", async () => {
    const account = await harness.makeAccount();
    const bsuid = newBsuid();
    const row = await receive(harness, account, {
      from: { bsuid, name: "Ann", username: "ann.lee" },
    });
    assertEquals(row.sender, bsuid);
    const contact = await onlyContact(harness, account.id);
    assertEquals([contact.phone, contact.wa_id, contact.bsuid], [null, null, bsuid]);
    const answer = await send(harness, account, { body: { to: bsuid, text: "Hello Ann" } });
    assertEquals(answer.status, 201, answer.text);
    assertEquals(
      [
        answer.json.data.contact_id,
        answer.json.data.conversation_id,
        answer.json.data.contact_created,
      ],
      [contact.id, row.conversation_id, false],
    );
    assertEquals(warningCodes(answer), []);
    const received = lastReceived(harness, account);
    assertEquals([received.body?.recipient, received.body?.to], [bsuid, undefined]);
  });

  it("the phone of somebody who hid it is learnt when Meta shows it", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    await receive(harness, account, { from: { bsuid: from.bsuid } });
    await receive(harness, account, { from });
    const contact = await onlyContact(harness, account.id);
    assertEquals([contact.phone, contact.wa_id, contact.bsuid], [
      `+${from.waId}`,
      from.waId,
      from.bsuid,
    ]);
    await receive(harness, account, { from: { bsuid: from.bsuid } });
    assertEquals((await onlyContact(harness, account.id)).phone, `+${from.waId}`);
  });

  it("profile_name and username follow Meta, name stays once it is set", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const names = async () => {
      const { name, profile_name, username } = await onlyContact(harness, account.id);
      return [name, profile_name, username];
    };
    await sendOk(harness, account, { to: `+${from.waId}`, text: "Hello" });
    assertEquals(await names(), [null, null, null]);
    await receive(harness, account, { from: { ...from, name: "Ann" } });
    assertEquals(await names(), ["Ann", "Ann", null]);
    await receive(harness, account, { from: { ...from, name: "Annie", username: "annie" } });
    assertEquals(await names(), ["Ann", "Annie", "annie"]);
    await receive(harness, account, { from });
    assertEquals(await names(), ["Ann", "Annie", "annie"]);
  });

  it("a name given by the account is not replaced by the profile's", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    await sendOk(harness, account, { to: `+${from.waId}`, text: "Hello", name: "Ms Lee" });
    await receive(harness, account, { from: { ...from, name: "Ann" } });
    const { name, profile_name } = await onlyContact(harness, account.id);
    assertEquals([name, profile_name], ["Ms Lee", "Ann"]);
  });

  it("an old message that comes late brings no old profile back", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const message = (timestamp: string) => ({ timestamp });
    await receive(harness, account, {
      from: { ...from, name: "New" },
      message: message("1763800100"),
    });
    await receive(harness, account, {
      from: { ...from, name: "Old" },
      message: message("1763800000"),
    });
    assertEquals((await onlyContact(harness, account.id)).profile_name, "New");
  });

  it("a message that Meta repeats days later changes nothing", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const content = writing({ ...from, name: "Ann" });
    await deliverAll(harness, account, content);
    await harness.query(
      "update contacts set wa_id = '14155550111', phone = '+14155550111', bsuid = 'US.9' where account_id = $1",
      [account.id],
    );
    await deliverAll(harness, account, content);
    const contacts = await contactRows(harness, account.id);
    assertEquals(contacts.map(({ wa_id, bsuid }) => [wa_id, bsuid]), [["14155550111", "US.9"]]);
    assertEquals((await onlyConversation(harness, account.id)).unread_count, 1);
  });
});
