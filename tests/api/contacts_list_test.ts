/** The list of contacts: `GET /api/v1/contacts`. Paging is tested for all lists in pagination_test.ts. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { assertIssues, sendOk, warningCodes } from "@/tests/helpers/message_calls.ts";
import { routeContract } from "@/tests/helpers/route_contract.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { idsOf, insertContact } from "./seeded_rows.ts";

const PATH = "/api/v1/contacts";

describe("GET /api/v1/contacts", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  routeContract({
    harness: () => harness,
    method: "GET",
    path: PATH,
    scope: "contacts:read",
    allow: "GET, HEAD, OPTIONS, POST",
  });

  const list = ({ key }: SeededAccount, query = "") =>
    harness.call({ path: `${PATH}${query}`, key: key.key });

  it("200 is empty for an account without contacts", async () => {
    const answer = await list(await harness.makeAccount());
    assertEquals(answer.status, 200);
    assertEquals(answer.json, { data: [], meta: { next_cursor: null } });
  });

  it("200 shows the whole contact that a send has created", async () => {
    const account = await harness.makeAccount();
    const sent = await sendOk(harness, account, { to: "+14155550123", text: "Hi", name: "Ada" });
    const answer = await list(account);
    assertEquals(answer.status, 200);
    const [contact] = answer.json.data;
    assertEquals(answer.json, {
      data: [{
        id: sent.contact_id,
        phone: "+14155550123",
        wa_id: "14155550123",
        bsuid: null,
        username: null,
        name: "Ada",
        email: null,
        company: null,
        created_at: contact.created_at,
        updated_at: contact.updated_at,
      }],
      meta: { next_cursor: null },
    });
    assertEquals(new Date(contact.created_at).toISOString(), contact.created_at);
    assertEquals(new Date(contact.updated_at).toISOString(), contact.updated_at);
  });

  it("200 lists the newest first, without merged and erased contacts", async () => {
    const account = await harness.makeAccount();
    const old = await insertContact(harness, account.id, {
      phone: "+14155550001",
      created_at: "2026-01-01T00:00:00Z",
    });
    const recent = await insertContact(harness, account.id, {
      bsuid: "US.1",
      created_at: "2026-01-02T00:00:00Z",
    });
    await insertContact(harness, account.id, { merged_into: old });
    await insertContact(harness, account.id, { erased_at: "2026-01-03T00:00:00Z" });
    assertEquals(idsOf(await list(account)), [recent, old]);
  });

  for (
    const [stored, asked] of [
      ["+14155550123", "%2B14155550123"],
      ["+14155550123", "%2B1%20(415)%20555-0123"],
      ["+5511987654321", "%2B551187654321"],
      ["+525512345678", "%2B5215512345678"],
    ]
  ) {
    it(`200 finds ${stored} by phone=${asked}`, async () => {
      const account = await harness.makeAccount();
      await insertContact(harness, account.id, { phone: "+14155550999" });
      const id = await insertContact(harness, account.id, { phone: stored ?? "" });
      const answer = await list(account, `?phone=${asked}`);
      assertEquals(idsOf(answer), [id]);
      assertEquals(answer.json.meta, { next_cursor: null });
    });
  }

  it("200 finds a contact by the number that Meta knows it by", async () => {
    const account = await harness.makeAccount();
    const id = await insertContact(harness, account.id, { wa_id: "14155550123" });
    assertEquals(idsOf(await list(account, "?phone=%2B14155550123")), [id]);
  });

  it('200 takes a "+" that was not encoded, and warns where there is none', async () => {
    const account = await harness.makeAccount();
    const id = await insertContact(harness, account.id, { phone: "+14155550123" });
    const plus = await list(account, "?phone=+14155550123");
    assertEquals([idsOf(plus), warningCodes(plus)], [[id], []]);
    const bare = await list(account, "?phone=14155550123");
    assertEquals([idsOf(bare), warningCodes(bare)], [[id], ["country_code_assumed"]]);
    assertEquals(bare.json.meta.next_cursor, null);
  });

  it("200 is empty for a number that nobody has", async () => {
    const account = await harness.makeAccount();
    await insertContact(harness, account.id, { phone: "+14155550123" });
    assertEquals(idsOf(await list(account, "?phone=%2B14155550124")), []);
  });

  it("400 refuses a phone that is none, or a WhatsApp user id", async () => {
    const account = await harness.makeAccount();
    assertIssues(await list(account, "?phone=US.1349"), [{
      path: "phone",
      message: "Must be a phone number, not a WhatsApp user id",
    }]);
    for (const phone of ["", "abc", "0044", "%00", "%2B1", "%ED%A0%80"]) {
      const answer = await list(account, `?phone=${phone}`);
      assertEquals([answer.status, answer.json.error.details.issues[0].path], [400, "phone"]);
    }
  });
});
