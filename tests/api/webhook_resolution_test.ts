/** Statuses that come before, or instead of, Meta's answer to the send; and those for which there is no message. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { onlyMessage, postMessage, receivedFrom } from "@/tests/helpers/sends.ts";
import {
  deliver,
  deliverContent,
  endWaits,
  entryOf,
  eventRows,
  failedItem,
  newWamid,
  settledEvents,
  statusItem,
} from "@/tests/helpers/webhooks.ts";
import type { Fault } from "@/tests/simulator/simulator.ts";

describe("statuses and the outcome of a send", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  function send(account: SeededAccount) {
    return postMessage(harness.server.baseUrl, { key: account.key.key, idempotencyKey: "one" });
  }

  function meetFault(account: SeededAccount, fault: Fault): void {
    const path = `/v25.0/${account.phoneNumberId}/messages`;
    harness.simulator.faults.when((target) => target.path === path, fault);
  }

  /** The wamid that Meta gave the account's only message, and what Meta returns with its statuses. */
  function takenBy(account: SeededAccount) {
    const [record, ...others] = harness.simulator.records().filter((one) =>
      one.phoneNumberId === account.phoneNumberId
    );
    if (others.length > 0) throw new Error("Meta took more than one message");
    if (record?.wamid === undefined || record.wamid === null) return null;
    return {
      id: record.wamid,
      biz_opaque_callback_data: String(record.body?.biz_opaque_callback_data),
    };
  }

  async function lostSend(account: SeededAccount) {
    meetFault(account, { kind: "closeAfterRead" });
    const lost = await send(account);
    harness.simulator.faults.clear();
    assertEquals([lost.status, lost.json.error.code], [504, "outcome_unknown"]);
    const own = takenBy(account);
    if (own === null) throw new Error("Meta took the message");
    assertEquals(own.biz_opaque_callback_data, lost.json.error.details.message_id);
    const refused = await send(account);
    assertEquals([refused.status, refused.json.error.code], [409, "outcome_unknown"]);
    return own;
  }

  for (const name of ["sent", "delivered", "read", "failed"]) {
    it(`"${name}" settles a send whose answer was lost, and its key then replays the real 201`, async () => {
      const account = await harness.makeAccount();
      const own = await lostSend(account);
      const item = name === "failed" ? failedItem(own) : statusItem(name, own);
      const [event] = await deliverContent(harness, account, { statuses: [item] });
      assertEquals(event?.state, "processed");
      const replayed = await send(account);
      assertEquals(replayed.status, 201);
      assertEquals(replayed.headers.get("idempotent-replayed"), "true");
      const { message_id, whatsapp_message_id, contact_created } = replayed.json.data;
      assertEquals([message_id, whatsapp_message_id, contact_created], [
        own.biz_opaque_callback_data,
        own.id,
        true,
      ]);
      const row = await onlyMessage(harness, account.id);
      assertEquals([row.status, row.wamid, row.error?.code], [
        name,
        own.id,
        name === "failed" ? 131047 : undefined,
      ]);
      assertEquals(receivedFrom(harness.simulator, account).length, 1);
    });
  }

  it("a send that was settled by its callback data is found by its wamid afterwards", async () => {
    const account = await harness.makeAccount();
    const own = await lostSend(account);
    await deliverContent(harness, account, { statuses: [statusItem("sent", own)] });
    await deliverContent(harness, account, { statuses: [statusItem("read", { id: own.id })] });
    assertEquals((await onlyMessage(harness, account.id)).status, "read");
  });

  it("another wamid with the callback data of a settled send does not touch it", async () => {
    const account = await harness.makeAccount();
    const own = await lostSend(account);
    await deliverContent(harness, account, { statuses: [statusItem("sent", own)] });
    const stranger = { ...own, id: newWamid() };
    await deliver(harness, account, entryOf(account, { statuses: [failedItem(stranger)] }));
    await eventually(async () => (await eventRows(harness, account.id))[1]?.attempts === 1);
    const row = await onlyMessage(harness, account.id);
    assertEquals([row.status, row.wamid], ["sent", own.id]);
  });

  for (const name of ["delivered", "failed"]) {
    it(`"${name}" before Meta's answer was stored is kept, and the send still answers 201`, async () => {
      const account = await harness.makeAccount();
      meetFault(account, { kind: "delay", ms: 1_000 });
      const sending = send(account);
      const own = await eventually(() => takenBy(account));
      const item = name === "failed" ? failedItem(own) : statusItem(name, own);
      await deliverContent(harness, account, { statuses: [item] });
      const early = await onlyMessage(harness, account.id);
      assertEquals([early.status, early.wamid, early.lease_until], [name, own.id, null]);
      const answer = await sending;
      harness.simulator.faults.clear();
      assertEquals([answer.status, answer.json.data.whatsapp_message_id], [201, own.id]);
      const row = await onlyMessage(harness, account.id);
      assertEquals([row.status, row.wamid, row.error?.code], [
        name,
        own.id,
        name === "failed" ? 131047 : undefined,
      ]);
    });
  }

  it("a status that knows the wamid alone waits until Meta's answer is stored", async () => {
    const account = await harness.makeAccount();
    meetFault(account, { kind: "delay", ms: 1_000 });
    const sending = send(account);
    const own = await eventually(() => takenBy(account));
    const status = statusItem("read", { id: own.id });
    await deliver(harness, account, entryOf(account, { statuses: [status] }));
    await eventually(async () => (await eventRows(harness, account.id))[0]?.attempts === 1);
    assertEquals((await onlyMessage(harness, account.id)).status, "pending");
    assertEquals((await sending).status, 201);
    harness.simulator.faults.clear();
    await endWaits(harness, account.id);
    const [event] = await settledEvents(harness, account.id);
    assertEquals(event?.state, "processed");
    assertEquals((await onlyMessage(harness, account.id)).status, "read");
  });

  it("a status without a message is tried again after 1, 5, 30 and 300 s and then kept as unmatched", async () => {
    const account = await harness.makeAccount();
    const status = statusItem("sent", {
      id: newWamid(),
      biz_opaque_callback_data: "0198c0de-0000-7000-8000-000000000000",
    });
    await deliver(harness, account, entryOf(account, { statuses: [status] }));
    for (const [index, waitSeconds] of [1, 5, 30, 300].entries()) {
      await eventually(async () => {
        const [row] = await harness.query<{ state: string; attempts: number; due_in: number }>(
          `select state, attempts, extract(epoch from due_at - clock_timestamp())::float8 as due_in
           from meta_events where account_id = $1`,
          [account.id],
        );
        return row !== undefined && row.state === "pending" && row.attempts === index + 1 &&
          row.due_in > waitSeconds - 1 && row.due_in <= waitSeconds;
      });
      await endWaits(harness, account.id);
    }
    const [event] = await settledEvents(harness, account.id);
    assertEquals([event?.state, event?.attempts, event?.error], [
      "unmatched",
      5,
      "No message here has this id",
    ]);
  });

  it("callback data that is no id of ours is not looked for", async () => {
    const account = await harness.makeAccount();
    const odd = ["msg_01H:1", "", "x'y", "0198c0de"].map((biz_opaque_callback_data) =>
      statusItem("sent", { id: newWamid(), biz_opaque_callback_data })
    );
    await deliver(harness, account, entryOf(account, { statuses: odd }));
    const rows = await eventually(async () => {
      const found = await eventRows(harness, account.id);
      return found.every(({ attempts }) => attempts > 0) ? found : null;
    });
    assertEquals(rows.map(({ state, error }) => [state, error]), Array(4).fill(["pending", null]));
  });
});
