/** Erasing a person while sends to them and webhooks about them are under way, and what comes of late ones. */
import { randomBytes, randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { makeWamid } from "@/lib/meta/sandbox/wamid.ts";
import { dumpAccounts } from "@/tests/helpers/database_dump.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { contactRows, inboundRows, receive, writing } from "@/tests/helpers/inbound.ts";
import { sendOk } from "@/tests/helpers/message_calls.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { attemptsOf, postMessage } from "@/tests/helpers/sends.ts";
import { findTraces, tracesOf } from "@/tests/helpers/traces.ts";
import {
  deliver,
  deliverContent,
  entryOf,
  eventRows,
  failedItem,
  statusItem,
} from "@/tests/helpers/webhooks.ts";

const ERASED_EVENT = '{"erased":true}';

describe("Erasing a person while something is under way", () => {
  let harness: Harness;
  let account: SeededAccount;
  let waId: string;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const begin = async () => {
    account = await harness.makeAccount();
    waId = `1415${randomInt(2_000_000, 10_000_000)}`;
  };
  const erase = (contactId: string) =>
    harness.call({
      method: "DELETE",
      path: `/api/v1/contacts/${contactId}`,
      key: account.key.key,
    });
  const eraseWholly = (contactId: string) =>
    eventually(async () => (await erase(contactId)).status === 200, 15_000);
  const wamid = () => makeWamid(waId, (count) => new Uint8Array(randomBytes(count)));
  const traces = async () =>
    findTraces(
      await dumpAccounts(harness, { accountIds: [account.id] }),
      tracesOf([waId, waId.slice(1), "Wilhelmina"]),
    );
  const rows = () =>
    harness.query<Record<string, unknown>>(
      `select id, status, wamid, wamid_hash is not null as known, body, recipient, contact_id, idempotency_key,
         error ->> 'code' as code, erased_at is not null as erased, edited_at is not null as edited
       from messages where account_id = $1 order by direction desc, created_at, id`,
      [account.id],
    );

  it("a send that began before ends as it would have, answers with its ids, and leaves nothing behind", async () => {
    await begin();
    const { contact_id } = await sendOk(harness, account, { to: `+${waId}`, text: "First" });
    harness.simulator.clear();
    harness.simulator.faults.next({ kind: "delay", ms: 800 });
    const sending = postMessage(harness.server.baseUrl, {
      key: account.key.key,
      body: { to: `+${waId}`, text: "Dear Wilhelmina" },
      idempotencyKey: "opaque",
    });
    await harness.simulator.waitFor((received) => received.length > 0);
    const answer = await erase(contact_id ?? "");
    assertEquals([answer.status, answer.json.data.complete], [202, false]);
    // Its text is gone before it has ended.
    assertEquals((await rows()).map(({ body }) => body), [null, null]);

    const sent = await sending;
    assertEquals(sent.status, 201, sent.text);
    assertEquals(sent.json.data.contact_id, contact_id);
    assert(sent.json.data.whatsapp_message_id.startsWith("wamid."));
    // Sent again with its key, it does not reach the person twice.
    const again = await postMessage(harness.server.baseUrl, {
      key: account.key.key,
      body: { to: `+${waId}`, text: "Dear Wilhelmina" },
      idempotencyKey: "opaque",
    });
    assertEquals([again.status, again.json.error.code], [409, "outcome_unknown"]);
    await eraseWholly(contact_id ?? "");
    const [, row] = await rows();
    const { status, wamid, known, recipient, idempotency_key, erased } = row ?? {};
    assertEquals(
      { status, wamid, known, recipient, idempotency_key, erased },
      {
        status: "sent",
        wamid: null,
        known: true,
        recipient: "erased",
        idempotency_key: null,
        erased: true,
      },
    );
    assertEquals(await traces(), []);
  });

  it("a send that fails after the erasure releases its key, and the next one is to a new contact", async () => {
    await begin();
    const { contact_id } = await sendOk(harness, account, { to: `+${waId}`, text: "First" });
    harness.simulator.clear();
    // Throttled again and again, so that there is time in between; then refused.
    harness.simulator.faults.next({ kind: "throttle", code: 130429, retryAfterSeconds: 1 });
    harness.simulator.faults.next({ kind: "metaError", code: 131026, details: `+${waId}` });
    const send = () =>
      postMessage(harness.server.baseUrl, {
        key: account.key.key,
        body: { to: `+${waId}`, text: "Dear Wilhelmina" },
        idempotencyKey: "opaque",
      });
    const sending = send();
    await harness.simulator.waitFor((received) => received.length > 0);
    await erase(contact_id ?? "");
    const failed = await sending;
    assertEquals(failed.status, 502, failed.text);
    assertEquals(await attemptsOf(harness, failed), 2);
    await eraseWholly(contact_id ?? "");
    assertEquals(await traces(), []);
    const [, row] = await rows();
    assertEquals([row?.status, row?.code], ["failed", "131026"]);

    const next = await send();
    assertEquals(next.status, 201, next.text);
    assertEquals(next.json.data.contact_created, true);
  });

  it("late statuses, edits and repeated messages change status and times at most; a new message is a new contact's", async () => {
    await begin();
    const sent = await sendOk(harness, account, { to: `+${waId}`, text: "Dear Wilhelmina" });
    const inbound = { id: wamid(), text: { body: "I am Wilhelmina" } };
    const from = { waId, name: "Wilhelmina" };
    const { contact_id } = await receive(harness, account, { from, message: inbound });
    assertEquals(contact_id, sent.contact_id);
    await eraseWholly(contact_id);
    assertEquals(await traces(), []);
    const before = (await eventRows(harness, account.id)).length;

    const edit = {
      original_message_id: inbound.id,
      message: { type: "text", text: { body: "I am Wilhelmina Z." } },
    };
    const of = { id: sent.whatsapp_message_id ?? "", recipient_id: waId };
    const late = [
      { statuses: [statusItem("delivered", of)] },
      { statuses: [failedItem({ ...of, errors: [{ code: 1, title: `+${waId}` }] })] },
      writing(from, inbound),
      { messages: [{ id: wamid(), timestamp: "1790000000", from: waId, type: "edit", edit }] },
    ];
    for (const content of late) await deliverContent(harness, account, content);
    assertEquals(await traces(), []);
    const events = (await eventRows(harness, account.id)).slice(before);
    assertEquals(
      events.map(({ state, payload }) => [state, payload]),
      late.map(() => ["processed", ERASED_EVENT]),
    );
    const [out, inn, ...more] = await rows();
    assertEquals([out?.status, inn?.edited, inn?.body, more], ["delivered", true, null, []]);

    const next = await receive(harness, account, {
      from,
      message: { text: { body: "Hello again" } },
    });
    const contacts = await contactRows(harness, account.id);
    assertEquals(contacts.length, 2);
    assert(next.contact_id !== contact_id);
    assertEquals(contacts.find(({ id }) => id === contact_id)?.wa_id, null);
    assertEquals(
      (await sendOk(harness, account, { to: `+${waId}`, text: "Hi" })).contact_id,
      next.contact_id,
    );
  });

  it("of sends, messages and erasures at once, each message is erased or a later contact's, and none is lost", async () => {
    await begin();
    const { contact_id } = await sendOk(harness, account, { to: `+${waId}`, text: "Wilhelmina" });
    const inbound = Array.from({ length: 10 }, () => wamid());
    const work = inbound.flatMap((id, turn) => [
      sendOk(harness, account, { to: `+${waId}`, text: `Wilhelmina ${turn}` }),
      deliver(harness, account, entryOf(account, writing({ waId, name: "Wilhelmina" }, { id }))),
      ...turn % 4 === 2 ? [erase(contact_id ?? "")] : [],
    ]);
    const answers = await Promise.all(work);
    for (const answer of answers) {
      if (answer === undefined || !("status" in answer)) continue;
      assert([200, 202].includes(Number(answer.status)));
    }
    await eventually(async () =>
      (await eventRows(harness, account.id)).every(({ state }) => state !== "pending")
    );
    await eraseWholly(contact_id ?? "");
    const all = await rows();
    assertEquals(all.length, 21);
    assertEquals((await inboundRows(harness, account.id)).length, 10);
    for (const row of all) assertEquals(row.erased, row.contact_id === contact_id);
    const others = (await contactRows(harness, account.id)).filter(({ id }) => id !== contact_id);
    assert(others.length === 1, `${others.length}`);

    // Nobody is left once the second contact is erased as well.
    await eraseWholly(others[0]?.id ?? "");
    assertEquals(await traces(), []);
  });
});
