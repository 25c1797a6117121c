/** Conversations: `GET /api/v1/conversations` and `GET /api/v1/conversations/{id}`. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { assertIssues, sendOk } from "@/tests/helpers/message_calls.ts";
import { routeContract } from "@/tests/helpers/route_contract.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import {
  idsOf,
  insertContact,
  insertConversation,
  insertPerson,
  NO_SUCH_ID,
} from "./seeded_rows.ts";

const PATH = "/api/v1/conversations";
const DAY_MS = 86_400_000;

describe("GET /api/v1/conversations and /{id}", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  for (const path of [PATH, `${PATH}/${NO_SUCH_ID}`]) {
    routeContract({
      harness: () => harness,
      method: "GET",
      path,
      scope: "conversations:read",
      allow: "GET, HEAD, OPTIONS",
    });
  }

  const get = ({ key }: SeededAccount, rest = "") =>
    harness.call({ path: `${PATH}${rest}`, key: key.key });

  it("200 shows the whole conversation that a send has opened, alike in the list and alone", async () => {
    const account = await harness.makeAccount();
    assertEquals((await get(account)).json, { data: [], meta: { next_cursor: null } });
    const sent = await sendOk(harness, account, { to: "+14155550123", text: "Hi", name: "Ada" });
    const one = await get(account, `/${sent.conversation_id}`);
    assertEquals(one.status, 200);
    const contact = await harness.call({
      path: `/api/v1/contacts/${sent.contact_id}`,
      key: account.key.key,
    });
    const { last_message_at, created_at, updated_at } = one.json.data;
    assertEquals(one.json, {
      data: {
        id: sent.conversation_id,
        contact_id: sent.contact_id,
        status: "open",
        last_message_text: "Hi",
        last_message_at,
        unread_count: 0,
        window: { open: false, expires_at: null },
        created_at,
        updated_at,
        contact: contact.json.data,
      },
    });
    for (const time of [last_message_at, created_at, updated_at]) {
      assertEquals(new Date(time).toISOString(), time);
    }
    assertEquals((await get(account)).json, { data: [one.json.data], meta: { next_cursor: null } });
  });

  it("200 shows the window: open for 24 hours after the contact wrote, then closed", async () => {
    const account = await harness.makeAccount();
    const insertWithInbound = async (bsuid: string, hoursAgo: number) => {
      const contactId = await insertContact(harness, account.id, { bsuid });
      const id = await insertConversation(harness, account.id, {
        contact_id: contactId,
        unread_count: 3,
      });
      const [row] = await harness.query<{ at: string | Date }>(
        `update conversations set last_inbound_at = now() - $2::int * interval '1 hour'
         where id = $1 returning last_inbound_at as at`,
        [id, hoursAgo],
      );
      const { data } = (await get(account, `/${id}`)).json;
      assertEquals(data.unread_count, 3);
      const expected = new Date(new Date(row?.at ?? 0).getTime() + DAY_MS).toISOString();
      assertEquals(data.window.expires_at, expected);
      return data.window.open;
    };
    assertEquals(await insertWithInbound("US.1", 23), true);
    assertEquals(await insertWithInbound("US.2", 25), false);
  });

  it("200 lists the newest first, without merged ones and those of erased people", async () => {
    const account = await harness.makeAccount();
    const ids: string[] = [];
    for (const day of ["01", "03", "02"]) {
      const contactId = await insertContact(harness, account.id, { bsuid: `US.${day}` });
      ids.push(
        await insertConversation(harness, account.id, {
          contact_id: contactId,
          created_at: `2026-01-${day}T00:00:00Z`,
        }),
      );
    }
    const [first, third, second] = ids;
    assert(first !== undefined);
    const merged = await insertContact(harness, account.id, { bsuid: "US.m" });
    await insertConversation(harness, account.id, { contact_id: merged, merged_into: first });
    const erased = await insertContact(harness, account.id, { erased_at: "2026-01-01T00:00:00Z" });
    const hidden = await insertConversation(harness, account.id, { contact_id: erased });
    assertEquals(idsOf(await get(account)), [third, second, first]);
    assertApiError(await get(account, `/${hidden}`), { status: 404, code: "not_found" });
  });

  it("200 filters by status and by contact", async () => {
    const account = await harness.makeAccount();
    const ids: Record<string, string> = {};
    const contacts: Record<string, string> = {};
    for (const status of ["open", "pending", "closed"]) {
      const contactId = await insertContact(harness, account.id, { bsuid: `US.${status}` });
      contacts[status] = contactId;
      ids[status] = await insertConversation(harness, account.id, {
        contact_id: contactId,
        status,
      });
    }
    for (const status of ["open", "pending", "closed"]) {
      assertEquals(idsOf(await get(account, `?status=${status}`)), [ids[status]]);
      assertEquals(idsOf(await get(account, `?contact_id=${contacts[status]}`)), [ids[status]]);
    }
    const both = `contact_id=${contacts.open}&status=closed`;
    assertEquals(idsOf(await get(account, `?${both}`)), []);
    assertEquals(idsOf(await get(account, `?contact_id=${NO_SUCH_ID}`)), []);
    assertEquals(
      idsOf(await get(account, `?contact_id=${contacts.open?.toUpperCase()}`)),
      [ids.open],
    );
  });

  it("200 takes the ids of merged contacts and conversations for those that they went into", async () => {
    const account = await harness.makeAccount();
    const survivor = await insertPerson(harness, account.id, { phone: "+14155550123" });
    const middle = await insertContact(harness, account.id, { merged_into: survivor.contact_id });
    const old = await insertContact(harness, account.id, { merged_into: middle });
    const second = await insertConversation(harness, account.id, {
      contact_id: middle,
      merged_into: survivor.conversation_id,
    });
    const first = await insertConversation(harness, account.id, {
      contact_id: old,
      merged_into: second,
    });
    for (const contactId of [old, middle, survivor.contact_id]) {
      const answer = await get(account, `?contact_id=${contactId}`);
      assertEquals(idsOf(answer), [survivor.conversation_id]);
      assertEquals(answer.json.data[0].contact.id, survivor.contact_id);
    }
    const expected = (await get(account, `/${survivor.conversation_id}`)).json;
    assertEquals(expected.data.contact.phone, "+14155550123");
    for (const id of [first, second]) {
      const answer = await get(account, `/${id}`);
      assertEquals([answer.status, answer.json], [200, expected]);
    }
  });

  it("400 refuses filters that are none", async () => {
    const account = await harness.makeAccount();
    assertIssues(await get(account, "?status=Open&contact_id=1"), [
      { path: "status", message: 'Must be one of "open", "pending", "closed"' },
      { path: "contact_id", message: "Must be a UUID" },
    ]);
  });

  it("404 for ids that nobody has or that are none", async () => {
    const account = await harness.makeAccount();
    for (const id of [NO_SUCH_ID, "x", "%00", `${NO_SUCH_ID}0`, "%zz"]) {
      assertApiError(await get(account, `/${id}`), { status: 404, code: "not_found" });
    }
  });
});
