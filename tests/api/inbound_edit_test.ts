/** Edits and revocations change the message that they name and make no row of their own. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  deliverAll,
  type InboundRow,
  inboundRows,
  newWriter,
  onlyConversation,
  receive,
  type Writer,
  writing,
} from "@/tests/helpers/inbound.ts";
import { sendOk } from "@/tests/helpers/message_calls.ts";
import {
  deliver,
  deliverContent,
  endWaits,
  entryOf,
  eventRows,
  newWamid,
} from "@/tests/helpers/webhooks.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

type Json = Record<string, unknown>;

const text = (body: string): Json => ({ type: "text", text: { body } });

function edit(from: Writer, target: string, options: { message: Json; timestamp: string }): Json {
  return writing(from, {
    type: "edit",
    timestamp: options.timestamp,
    edit: { original_message_id: target, message: options.message },
  });
}

function revoke(from: Writer, target: string, timestamp: string): Json {
  return writing(from, { type: "revoke", timestamp, revoke: { original_message_id: target } });
}

describe("an edit or a revocation", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function onlyRow(account: SeededAccount): Promise<InboundRow> {
    const rows = await inboundRows(harness, account.id);
    assertEquals(rows.length, 1);
    const [row] = rows;
    if (row === undefined) throw new Error("There is no row");
    return row;
  }

  it("replaces the text and says when, and makes no row", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const target = await receive(harness, account, {
      from,
      message: { ...text("Helo"), timestamp: "1763800000" },
    });
    await deliverAll(
      harness,
      account,
      edit(from, target.wamid, { message: text("Hello"), timestamp: "1763800060" }),
    );
    await onlyRow(account);
    const { json } = await harness.call({
      path: `/api/v1/messages/${target.id}`,
      key: account.key.key,
    });
    assertEquals(
      [json.data.text, json.data.edited_at, json.data.revoked_at, json.data.created_at],
      ["Hello", "2025-11-22T08:27:40.000Z", null, "2025-11-22T08:26:40.000Z"],
    );
    assertEquals((await onlyConversation(harness, account.id)).unread_count, 1);
  });

  it("replaces a caption and keeps the file", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const image = { id: "1003", mime_type: "image/jpeg" };
    const target = await receive(harness, account, {
      from,
      message: { type: "image", image: { ...image, caption: "Us" } },
    });
    await deliverAll(
      harness,
      account,
      edit(from, target.wamid, {
        message: { type: "image", image: { ...image, caption: "All of us" } },
        timestamp: "1999999999",
      }),
    );
    const row = await onlyRow(account);
    assertEquals([row.body, row.media], ["All of us", target.media]);
  });

  it("an older edit that comes after a newer one changes nothing", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const target = await receive(harness, account, { from, message: { timestamp: "1763800000" } });
    for (
      const [message, timestamp] of [["second", "1763800090"], ["first", "1763800060"]] as const
    ) {
      await deliverAll(
        harness,
        account,
        edit(from, target.wamid, { message: text(message), timestamp }),
      );
    }
    const row = await onlyRow(account);
    assertEquals([row.body, new Date(row.edited_at ?? 0)], ["second", new Date(1763800090_000)]);
  });

  it("a revocation is noted with its time, once", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const target = await receive(harness, account, { from });
    await deliverAll(harness, account, revoke(from, target.wamid, "1763800060"));
    await deliverAll(harness, account, revoke(from, target.wamid, "1763800099"));
    const row = await onlyRow(account);
    assertEquals([new Date(row.revoked_at ?? 0), row.edited_at], [new Date(1763800060_000), null]);
  });

  it("that comes before its message is tried again until that is there", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const wamid = newWamid();
    await deliver(
      harness,
      account,
      entryOf(account, edit(from, wamid, { message: text("Better"), timestamp: "1763800060" })),
      entryOf(account, revoke(from, wamid, "1763800070")),
    );
    await eventually(async () => {
      const events = await eventRows(harness, account.id);
      return events.length === 2 && events.every(({ attempts }) => attempts > 0);
    });
    await receive(harness, account, { from, message: { id: wamid, timestamp: "1763800000" } });
    await endWaits(harness, account.id);
    const row = await eventually(async () => {
      const found = await onlyRow(account);
      return found.edited_at !== null && found.revoked_at !== null ? found : null;
    });
    assertEquals(
      [row.body, new Date(row.edited_at ?? 0), new Date(row.revoked_at ?? 0)],
      ["Better", new Date(1763800060_000), new Date(1763800070_000)],
    );
  });

  it("never changes a message of ours", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const sent = await sendOk(harness, account, { to: `+${from.waId}`, text: "Ours" });
    await deliver(
      harness,
      account,
      entryOf(
        account,
        edit(from, sent.whatsapp_message_id ?? "", {
          message: text("Theirs"),
          timestamp: "1999999999",
        }),
      ),
      entryOf(account, revoke(from, sent.whatsapp_message_id ?? "", "1999999999")),
    );
    await eventually(async () => {
      const events = await eventRows(harness, account.id);
      return events.length === 2 && events.every(({ attempts }) => attempts > 0);
    });
    const { json } = await harness.call({
      path: `/api/v1/messages/${sent.message_id}`,
      key: account.key.key,
    });
    assertEquals([json.data.text, json.data.edited_at, json.data.revoked_at], ["Ours", null, null]);
  });

  it("without a message in it is kept as failed and erases nothing", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const target = await receive(harness, account, { from });
    const events = await deliverContent(
      harness,
      account,
      writing(from, { type: "edit", edit: { original_message_id: target.wamid } }),
    );
    assertEquals(events.map(({ state }) => state), ["processed", "failed"]);
    assertEquals((await onlyRow(account)).body, "Hello");
  });
});
