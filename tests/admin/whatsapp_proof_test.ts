/** "Prove it": a message to one's own phone, its ticks, an answer; only then the integration is called live. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { LiveLines } from "@/islands/WhatsappLive.tsx";
import type { AdminClient, FormFields, PageAnswer } from "@/tests/helpers/admin_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { newPhone } from "@/tests/helpers/sends.ts";
import {
  contactItem,
  deliver,
  entryOf,
  failedItem,
  messageItem,
  newWamid,
  statusItem,
} from "@/tests/helpers/webhooks.ts";
import { fieldValue, readText } from "./key_pages.ts";
import { auditOf, badgeOf, makeConnected, type Newcomer, textOf } from "./whatsapp_pages.ts";

describe("Proving a WhatsApp integration", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function prove(admin: AdminClient, fields: FormFields): Promise<PageAnswer> {
    const { text } = await admin.get("/whatsapp");
    return await admin.post("/whatsapp/proof", {
      idempotency_key: fieldValue(text, "idempotency_key"),
      kind: "template",
      ...fields,
    });
  }
  const states = async (admin: AdminClient): Promise<[string[], boolean]> => {
    const { lines, done }: LiveLines = JSON.parse((await admin.get("/whatsapp/proof-status")).text);
    return [lines.map(({ state }) => state), done];
  };
  const wamidOf = async (admin: AdminClient): Promise<string> => {
    const [row] = await harness.query<{ wamid: string }>(
      `select m.wamid from messages m
       join whatsapp_integrations i on i.account_id = m.account_id and i.proof_message_id = m.id
       where m.account_id = $1`,
      [admin.account.id],
    );
    assert(row !== undefined);
    return row.wamid;
  };
  const tell = ({ number }: Newcomer, content: Record<string, unknown>) =>
    deliver(harness, number, entryOf({ phoneNumberId: number.id, wabaId: number.wabaId }, content));

  it("is live only when the message was delivered and answered", async () => {
    const newcomer = await makeConnected(harness);
    const { admin } = newcomer;
    const phone = newPhone();
    const answer = await prove(admin, { to: phone });
    assertEquals([answer.status, answer.location], [303, "/whatsapp#prove"]);
    assertEquals(await states(admin), [["good", "waiting", "waiting"], false]);
    assertStringIncludes(await textOf(admin), `Sent to ${phone}`);
    assertEquals(harness.simulator.records().at(-1)?.body?.template, {
      name: "hello_world",
      language: { code: "en_US" },
    });

    const id = await wamidOf(admin);
    await tell(newcomer, { statuses: [statusItem("delivered", { id })] });
    await eventually(async () => (await states(admin))[0][1] === "good");
    assertEquals(await badgeOf(admin), "Setting up");

    await tell(newcomer, {
      contacts: [contactItem({ waId: phone.slice(1), name: "Ann" })],
      messages: [
        messageItem({
          id: newWamid(),
          from: phone.slice(1),
          text: { body: "It <b>works</b>" },
          type: "text",
        }),
      ],
    });
    await eventually(async () => (await states(admin))[1]);
    assertEquals(await badgeOf(admin), "Live");
    const page = await admin.get("/whatsapp");
    assertMatch(readText(page.text), /Answered \d\d:\d\d:\d\d UTC: “It <b>works<\/b>”/);
    assertEquals(page.text.includes("<b>works"), false);
    await eventually(async () => (await textOf(admin)).includes("Last event received"));
    assertEquals((await auditOf(harness, admin)).at(-1), "message.sent");
  });

  it("an answer of somebody else does not count", async () => {
    const newcomer = await makeConnected(harness);
    const { admin } = newcomer;
    await prove(admin, { to: newPhone() });
    const id = await wamidOf(admin);
    await tell(newcomer, { statuses: [statusItem("read", { id })] });
    await tell(newcomer, {
      contacts: [contactItem({ waId: "14155559876" })],
      messages: [messageItem({ id: newWamid(), from: "14155559876" })],
    });
    await eventually(async () => (await states(admin))[0][1] === "good");
    assertEquals(await states(admin), [["good", "good", "waiting"], false]);
    assertEquals(await badgeOf(admin), "Setting up");
  });

  it("sends a text where the window is open, and sends once however often it is pressed", async () => {
    const { admin } = await makeConnected(harness);
    const { text } = await admin.get("/whatsapp");
    const fields = {
      idempotency_key: fieldValue(text, "idempotency_key"),
      kind: "text",
      to: newPhone(),
    };
    const before = harness.simulator.records().length;
    for (let press = 0; press < 2; press++) {
      assertEquals((await admin.post("/whatsapp/proof", fields)).status, 303);
    }
    const records = harness.simulator.records().slice(before);
    assertEquals(records.length, 1);
    assertMatch(JSON.stringify(records[0]?.body?.text), /Answer anything to finish the set-up/);
  });

  it("says what was wrong with the form or with Meta, and keeps what was typed", async () => {
    const { admin } = await makeConnected(harness);
    for (
      const [to, reason] of [
        ["", /Put in your phone number/],
        ["letters", /to: /],
        ["+15005550001", /\(code 131030\)/],
      ] as const
    ) {
      const answer = await prove(admin, { to });
      assertEquals(answer.status, 422, to);
      assertMatch(readText(answer.text), reason);
      if (to !== "") assertEquals(fieldValue(answer.text, "to"), to);
    }
  });

  it("a message that fails later says why, and another one can be sent", async () => {
    const newcomer = await makeConnected(harness);
    const { admin } = newcomer;
    await prove(admin, { to: newPhone(), kind: "text" });
    await tell(newcomer, { statuses: [failedItem({ id: await wamidOf(admin) })] });
    await eventually(async () => (await states(admin))[0][0] === "bad");
    assertMatch(await textOf(admin), /Not delivered: More than 24 hours have passed/);
    await prove(admin, { to: newPhone() });
    assertEquals(await states(admin), [["good", "waiting", "waiting"], false]);
  });

  it("shows nobody else's message", async () => {
    const { admin } = await makeConnected(harness);
    await prove(admin, { to: newPhone() });
    const other = await makeConnected(harness);
    assertEquals((await other.admin.get("/whatsapp/proof-status")).status, 404);
  });
});
