/** Who somebody is: contacts found by any identity, and re-keyed when Meta says that it has changed. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  allProcessed,
  contactRows,
  deliverAll,
  newBsuid,
  newWriter,
  onlyContact,
  onlyConversation,
  receive,
  type Writer,
  writing,
} from "@/tests/helpers/inbound.ts";
import { sendOk } from "@/tests/helpers/message_calls.ts";
import { changeOf, deliver, eventRows } from "@/tests/helpers/webhooks.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

type Json = Record<string, unknown>;

/** A number as the API was given it, and as WhatsApp may write it. */
const SPELLINGS: Record<string, [sent: string, written: string]> = {
  "Brazil with the ninth digit": ["+5511987654321", "551187654321"],
  "Brazil without the ninth digit": ["+551187654321", "5511987654321"],
  "Mexico without the 1": ["+525512345678", "5215512345678"],
  "Mexico with the 1": ["+5215512345678", "525512345678"],
  "Argentina with the 9": ["+5491123456789", "541123456789"],
  "Argentina without the 9": ["+541123456789", "5491123456789"],
};

function changedNumber(from: Writer, waId: string, more: Json = {}): Json {
  return writing(from, {
    type: "system",
    system: { type: "user_changed_number", body: "The number changed", wa_id: waId },
    ...more,
  });
}

describe("the contact of an inbound event", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function updateUserId(
    account: SeededAccount,
    update: { waId?: string; previous: string; current: string; timestamp?: number },
  ): Promise<void> {
    const { waId, previous, current, timestamp = 1763800000 } = update;
    await deliver(
      harness,
      account,
      changeOf(account, {
        field: "user_id_update",
        value: {
          metadata: { phone_number_id: account.phoneNumberId },
          user_id_update: [{
            ...(waId === undefined ? {} : { wa_id: waId }),
            detail: "The user id changed",
            user_id: { previous, current },
            timestamp,
          }],
        },
      }),
    );
    await allProcessed(harness, account.id);
  }

  async function identities(account: SeededAccount): Promise<(string | null)[]> {
    const { phone, wa_id, bsuid } = await onlyContact(harness, account.id);
    return [phone, wa_id, bsuid];
  }

  for (const [name, [sent, written]] of Object.entries(SPELLINGS)) {
    it(`is found by an equivalent number: ${name}`, async () => {
      const account = await harness.makeAccount();
      const { contact_id } = await sendOk(harness, account, { to: sent, text: "Hello" });
      // As if Meta had told nothing with the send.
      await harness.query("update contacts set wa_id = null where account_id = $1", [account.id]);
      const row = await receive(harness, account, { from: { waId: written } });
      assertEquals(row.contact_id, contact_id);
      assertEquals(await identities(account), [sent, written, null]);
      const again = await sendOk(harness, account, { to: `+${written}`, text: "Hello" });
      assertEquals([again.contact_id, again.contact_created], [contact_id, false]);
    });
  }

  it("is found by the WhatsApp id that a send has learnt, however different from the number", async () => {
    const account = await harness.makeAccount();
    const { contact_id } = await sendOk(harness, account, { to: "+5531987654321", text: "Hello" });
    assertEquals(await identities(account), ["+5531987654321", "553187654321", null]);
    await harness.query("update contacts set wa_id = '4915112345678' where account_id = $1", [
      account.id,
    ]);
    const row = await receive(harness, account, { from: { waId: "4915112345678" } });
    assertEquals(row.contact_id, contact_id);
    assertEquals(await identities(account), ["+5531987654321", "4915112345678", null]);
  });

  it("is found by user id before anything else, and keeps its phone", async () => {
    const account = await harness.makeAccount();
    const { waId, bsuid } = newWriter();
    const first = await receive(harness, account, { from: { waId, bsuid } });
    const other = newWriter().waId;
    const second = await receive(harness, account, { from: { waId: other, bsuid } });
    assertEquals(second.contact_id, first.contact_id);
    assertEquals(await identities(account), [`+${waId}`, other, bsuid]);
  });

  it("is found by number when the user id is a new one", async () => {
    const account = await harness.makeAccount();
    const { waId, bsuid } = newWriter();
    const first = await receive(harness, account, { from: { waId, bsuid: newBsuid() } });
    const second = await receive(harness, account, { from: { waId, bsuid } });
    assertEquals(second.contact_id, first.contact_id);
    assertEquals(await identities(account), [`+${waId}`, waId, bsuid]);
  });

  it("two numbers that share their last eight digits are two people", async () => {
    const account = await harness.makeAccount();
    await receive(harness, account, { from: { waId: "14155550123" } });
    await receive(harness, account, { from: { waId: "12125550123" } });
    assertEquals((await contactRows(harness, account.id)).length, 2);
  });

  it("is re-keyed when the number changed", async () => {
    const account = await harness.makeAccount();
    const { waId, bsuid } = newWriter();
    const first = await receive(harness, account, { from: { waId, bsuid } });
    const next = newWriter().waId;
    await deliverAll(harness, account, changedNumber({ waId }, next));
    assertEquals(await identities(account), [`+${next}`, next, bsuid]);
    const second = await receive(harness, account, { from: { waId: next, bsuid } });
    const sent = await sendOk(harness, account, { to: `+${next}`, text: "Hello" });
    assertEquals([second.contact_id, sent.contact_id], [first.contact_id, first.contact_id]);
    assertEquals(second.conversation_id, first.conversation_id);
  });

  it("is re-keyed when the user id changed, by a system message", async () => {
    const account = await harness.makeAccount();
    const { waId, bsuid } = newWriter();
    const first = await receive(harness, account, { from: { waId, bsuid } });
    const next = newBsuid();
    await deliverAll(
      harness,
      account,
      writing({ bsuid }, {
        type: "system",
        system: { type: "user_changed_user_id", body: "Changed", user_id: next },
      }),
    );
    assertEquals(await identities(account), [`+${waId}`, waId, next]);
    const second = await receive(harness, account, { from: { bsuid: next } });
    assertEquals(second.contact_id, first.contact_id);
  });

  it("is re-keyed when the user id changed, by user_id_update", async () => {
    const account = await harness.makeAccount();
    const bsuid = newBsuid();
    const first = await receive(harness, account, {
      from: { bsuid },
      message: { timestamp: "1763800000" },
    });
    const next = newBsuid();
    await updateUserId(account, { previous: bsuid, current: next });
    assertEquals(await identities(account), [null, null, next]);
    const second = await receive(harness, account, { from: { bsuid: next } });
    assertEquals(second.contact_id, first.contact_id);
  });

  it("user_id_update leaves the phone as the account gave it", async () => {
    const account = await harness.makeAccount();
    await sendOk(harness, account, { to: "+5531987654321", text: "Hello" });
    const next = newBsuid();
    await updateUserId(account, { waId: "553187654321", previous: newBsuid(), current: next });
    assertEquals(await identities(account), ["+5531987654321", "553187654321", next]);
  });

  it("user_id_update of somebody unknown makes no contact", async () => {
    const account = await harness.makeAccount();
    await updateUserId(account, { ...newWriter(), previous: newBsuid(), current: newBsuid() });
    assertEquals(await contactRows(harness, account.id), []);
  });

  it("user_id_update without a user id is kept as failed", async () => {
    const account = await harness.makeAccount();
    await deliver(
      harness,
      account,
      changeOf(account, { field: "user_id_update", value: { user_id_update: [{ user_id: {} }] } }),
    );
    const state = await eventually(async () => {
      const [event] = await eventRows(harness, account.id);
      return event?.state === "pending" ? null : event?.state;
    });
    assertEquals(state, "failed");
  });

  it("keeps its latest identities when changes come late or twice", async () => {
    const account = await harness.makeAccount();
    const { waId, bsuid } = newWriter();
    const [second, third] = [newBsuid(), newBsuid()];
    await receive(harness, account, {
      from: { waId, bsuid },
      message: { timestamp: "1763800000" },
    });
    const changes = [
      { waId, previous: bsuid, current: second, timestamp: 1763800010 },
      { waId, previous: second, current: third, timestamp: 1763800020 },
      { waId, previous: bsuid, current: second, timestamp: 1763800010 },
    ];
    for (const change of changes) await updateUserId(account, change);
    assertEquals(await identities(account), [`+${waId}`, waId, third]);
  });

  it("a changed number that belongs to another contact already makes one of both", async () => {
    const account = await harness.makeAccount();
    const old = newWriter();
    const next = newWriter();
    const first = await receive(harness, account, { from: old });
    const ahead = await receive(harness, account, { from: next });
    await deliverAll(harness, account, changedNumber({ waId: old.waId }, next.waId));
    const contact = await onlyContact(harness, account.id);
    assertEquals([contact.id, contact.wa_id, contact.phone], [
      first.contact_id,
      next.waId,
      `+${next.waId}`,
    ]);
    const aliases = (await contactRows(harness, account.id)).filter(({ id }) =>
      id === ahead.contact_id
    );
    assertEquals(aliases.map(({ merged_into }) => merged_into), [first.contact_id]);
  });

  it("a changed number of somebody known by the new one alone makes no second contact", async () => {
    const account = await harness.makeAccount();
    const next = newWriter();
    const known = await receive(harness, account, { from: next });
    await deliverAll(harness, account, changedNumber({ waId: newWriter().waId }, next.waId));
    const rows = await contactRows(harness, account.id);
    assertEquals(rows.map(({ id, wa_id }) => [id, wa_id]), [[known.contact_id, next.waId]]);
    assertEquals((await onlyConversation(harness, account.id)).id, known.conversation_id);
  });

  it("a changed number of somebody unknown makes a contact with the new one", async () => {
    const account = await harness.makeAccount();
    const next = newWriter().waId;
    await deliverAll(harness, account, changedNumber({ waId: newWriter().waId }, next));
    assertEquals(await identities(account), [`+${next}`, next, null]);
  });
});
