/** The messages of a conversation: `GET /api/v1/conversations/{id}/messages`. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { assertIssues, sendOk } from "@/tests/helpers/message_calls.ts";
import { routeContract } from "@/tests/helpers/route_contract.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import {
  idsOf,
  insertContact,
  insertConversation,
  insertMessage,
  insertPerson,
  NO_SUCH_ID,
} from "./seeded_rows.ts";

describe("GET /api/v1/conversations/{id}/messages", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  routeContract({
    harness: () => harness,
    method: "GET",
    path: `/api/v1/conversations/${NO_SUCH_ID}/messages`,
    scope: "messages:read",
    allow: "GET, HEAD, OPTIONS",
  });

  const get = ({ key }: SeededAccount, id: string, query = "") =>
    harness.call({ path: `/api/v1/conversations/${id}/messages${query}`, key: key.key });

  it("200 lists both directions, newest first, and nothing of other conversations", async () => {
    const account = await harness.makeAccount();
    const sent = await sendOk(harness, account, { to: "+14155550123", text: "Hi" });
    await sendOk(harness, account, { to: "+14155550124", text: "Other" });
    const person = {
      contact_id: sent.contact_id ?? "",
      conversation_id: sent.conversation_id ?? "",
    };
    const received = await insertMessage(harness, account.id, {
      ...person,
      direction: "inbound",
      status: "received",
      recipient: account.phoneNumberId,
      sender: "+14155550123",
      created_at: "2026-01-01T00:00:00Z",
    });
    const answer = await get(account, person.conversation_id);
    assertEquals(answer.status, 200);
    assertEquals(idsOf(answer), [sent.message_id, received]);
    assertEquals(answer.json.meta, { next_cursor: null });
    for (const message of answer.json.data) {
      const one = await harness.call({
        path: `/api/v1/messages/${message.id}`,
        key: account.key.key,
      });
      assertEquals(message, one.json.data);
    }
  });

  it("200 is empty for a conversation without messages", async () => {
    const account = await harness.makeAccount();
    const person = await insertPerson(harness, account.id, { phone: "+14155550123" });
    const answer = await get(account, person.conversation_id);
    assertEquals([answer.status, answer.json], [200, { data: [], meta: { next_cursor: null } }]);
  });

  it("200 takes the id of a conversation that was merged", async () => {
    const account = await harness.makeAccount();
    const person = await insertPerson(harness, account.id, { phone: "+14155550123" });
    const message = await insertMessage(harness, account.id, person);
    const contactId = await insertContact(harness, account.id, { merged_into: person.contact_id });
    const old = await insertConversation(harness, account.id, {
      contact_id: contactId,
      merged_into: person.conversation_id,
    });
    assertEquals(idsOf(await get(account, old)), [message]);
  });

  it("400 has no filters, and says so", async () => {
    const account = await harness.makeAccount();
    const person = await insertPerson(harness, account.id, { phone: "+14155550123" });
    assertIssues(await get(account, person.conversation_id, "?status=sent"), [{
      path: "status",
      message: 'Unknown parameter: the known ones are "limit", "cursor"',
    }]);
  });

  it("404 for ids that nobody has, that are none, or of people who were erased", async () => {
    const account = await harness.makeAccount();
    const erased = await insertPerson(harness, account.id, { erased_at: "2026-01-01T00:00:00Z" });
    for (const id of [NO_SUCH_ID, erased.conversation_id, "x", "%00", `${NO_SUCH_ID}0`]) {
      assertApiError(await get(account, id), { status: 404, code: "not_found" });
    }
  });
});
