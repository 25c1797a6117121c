/**
 * Accounts apart: whatever a key asks of the endpoints that read, it sees nothing of another account, of neither its
 * ids nor its people, also between an account and its own test twin.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { sendOk } from "@/tests/helpers/message_calls.ts";
import type { SeededAccount, SeededKey } from "@/tests/helpers/seed.ts";
import { insertContact, insertConversation } from "./seeded_rows.ts";

/** What the owner has: ids, of which some were merged into others. */
interface Owned {
  message: string;
  contact: string;
  conversation: string;
  mergedContact: string;
  mergedConversation: string;
}

// Requests for one thing: the owner gets 200, a stranger 404.
const SINGLE: [string, (owned: Owned) => string][] = [
  ["GET", ({ message }) => `/messages/${message}`],
  ["GET", ({ contact }) => `/contacts/${contact}`],
  ["GET", ({ mergedContact }) => `/contacts/${mergedContact}`],
  ["PATCH", ({ contact }) => `/contacts/${contact}`],
  ["PATCH", ({ mergedContact }) => `/contacts/${mergedContact}`],
  ["GET", ({ conversation }) => `/conversations/${conversation}`],
  ["GET", ({ mergedConversation }) => `/conversations/${mergedConversation}`],
  ["GET", ({ conversation }) => `/conversations/${conversation}/messages`],
  ["GET", ({ mergedConversation }) => `/conversations/${mergedConversation}/messages`],
];

// Lists: the owner finds something, a stranger nothing.
const LISTS: ((owned: Owned) => string)[] = [
  () => "/messages",
  () => "/messages?status=sent",
  () => "/messages?direction=outbound",
  () => "/messages?to=%2B14155550123",
  () => "/messages?created_after=2020-01-01T00:00:00Z",
  () => "/contacts",
  () => "/contacts?phone=%2B14155550123",
  () => "/conversations",
  () => "/conversations?status=open",
  ({ contact }) => `/conversations?contact_id=${contact}`,
  ({ mergedContact }) => `/conversations?contact_id=${mergedContact}`,
];

describe("The endpoints that read keep accounts apart", () => {
  let harness: Harness;
  let owner: SeededAccount;
  let owned: Owned;
  /** Keys that are not the owner's. */
  let strangers: [string, SeededKey][];
  beforeAll(async () => {
    harness = await startHarness();
    owner = await harness.makeAccount();
    const other = await harness.makeAccount();
    const sent = await sendOk(harness, owner, { to: "+14155550123", text: "Hi", name: "Ada" });
    const contact = sent.contact_id ?? "";
    const conversation = sent.conversation_id ?? "";
    const mergedContact = await insertContact(harness, owner.id, { merged_into: contact });
    const mergedConversation = await insertConversation(harness, owner.id, {
      contact_id: mergedContact,
      merged_into: conversation,
    });
    const message = sent.message_id ?? "";
    owned = { message, contact, conversation, mergedContact, mergedConversation };
    strangers = [
      ["another account", other.key],
      ["another account's test twin", other.testKey],
      ["the account's own test twin", owner.testKey],
    ];
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const call = ({ key }: SeededKey, method: string, path: string) =>
    harness.call({
      method,
      path: `/api/v1${path}`,
      key,
      ...(method === "GET" ? {} : { body: { name: "Changed" } }),
    });

  for (const [method, pathOf] of SINGLE) {
    const shown = pathOf(placeholders());
    it(`${method} ${shown} 404 to strangers, as if it did not exist`, async () => {
      for (const [name, key] of strangers) {
        const answer = await call(key, method, pathOf(owned));
        assertApiError(answer, { status: 404, code: "not_found" });
        const nobodys = await call(key, method, pathOf(nobodysIds()));
        assertEquals(answer.json.error.message, nobodys.json.error.message, name);
      }
      const [row] = await harness.query("select name from contacts where id = $1", [owned.contact]);
      assertEquals(row, { name: "Ada" });
    });
  }

  for (const pathOf of LISTS) {
    it(`GET ${pathOf(placeholders())} 200 is empty for strangers`, async () => {
      for (const [name, key] of strangers) {
        const answer = await call(key, "GET", pathOf(owned));
        assertEquals(
          [answer.status, answer.json],
          [200, { data: [], meta: { next_cursor: null } }],
          name,
        );
      }
      const answer = await call(owner.key, "GET", pathOf(owned));
      assertEquals([answer.status, answer.json.data.length], [200, 1]);
    });
  }

  it("POST /contacts 201 creates a contact of the same number for each stranger", async () => {
    const ids = new Set([owned.contact]);
    for (const [name, { key }] of strangers) {
      const answer = await harness.call({
        path: "/api/v1/contacts",
        key,
        body: { phone: "+14155550123" },
      });
      assertEquals([answer.status, answer.json.data.name], [201, null], name);
      ids.add(answer.json.data.id);
    }
    assertEquals(ids.size, strangers.length + 1);
  });

  // Last, because a change is one.
  for (const [method, pathOf] of SINGLE) {
    it(`${method} ${pathOf(placeholders())} 200 to the owner`, async () => {
      assertEquals((await call(owner.key, method, pathOf(owned))).status, 200);
    });
  }
});

function placeholders(): Owned {
  return {
    message: "{message}",
    contact: "{contact}",
    conversation: "{conversation}",
    mergedContact: "{merged contact}",
    mergedConversation: "{merged conversation}",
  };
}

function nobodysIds(): Owned {
  const id = "01890000-0000-7000-8000-000000000000";
  return { message: id, contact: id, conversation: id, mergedContact: id, mergedConversation: id };
}
