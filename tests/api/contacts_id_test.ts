/** One contact: `GET` and `PATCH /api/v1/contacts/{id}`. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { assertIssues } from "@/tests/helpers/message_calls.ts";
import { routeContract } from "@/tests/helpers/route_contract.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { insertContact, NO_SUCH_ID } from "./seeded_rows.ts";

const PATH = "/api/v1/contacts";
const ALLOW = "DELETE, GET, HEAD, OPTIONS, PATCH";
const NOT_IDS = ["x", "1", "%00", "me", NO_SUCH_ID.slice(1), `${NO_SUCH_ID}0`, "..%2fme", "%zz"];

describe("GET and PATCH /api/v1/contacts/{id}", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  routeContract({
    harness: () => harness,
    method: "GET",
    path: `${PATH}/${NO_SUCH_ID}`,
    scope: "contacts:read",
    allow: ALLOW,
  });
  routeContract({
    harness: () => harness,
    method: "PATCH",
    path: `${PATH}/${NO_SUCH_ID}`,
    scope: "contacts:write",
    allow: ALLOW,
    body: { name: "Ada" },
  });

  const get = ({ key }: SeededAccount, id: string) =>
    harness.call({ path: `${PATH}/${id}`, key: key.key });
  const patch = ({ key }: SeededAccount, id: string, body: unknown) =>
    harness.call({ method: "PATCH", path: `${PATH}/${id}`, key: key.key, body });
  const makeContact = (account: SeededAccount) =>
    insertContact(harness, account.id, {
      phone: "+14155550123",
      wa_id: "14155550123",
      bsuid: "US.1349",
      username: "ada",
      name: "Ada",
      profile_name: "Countess",
      email: "ada@example.com",
      company: "Engines",
      created_at: "2026-01-01T00:00:00.123Z",
      updated_at: "2026-01-02T00:00:00.456Z",
    });

  const SHAPE = {
    phone: "+14155550123",
    wa_id: "14155550123",
    bsuid: "US.1349",
    username: "ada",
    name: "Ada",
    email: "ada@example.com",
    company: "Engines",
    created_at: "2026-01-01T00:00:00.123Z",
    updated_at: "2026-01-02T00:00:00.456Z",
  };

  it("GET 200 shows every field", async () => {
    const account = await harness.makeAccount();
    const id = await makeContact(account);
    const answer = await get(account, id);
    assertEquals(answer.status, 200);
    assertEquals(answer.json, { data: { id, ...SHAPE } });
    assertEquals((await get(account, id.toUpperCase())).json, answer.json);
  });

  it("GET and PATCH 404 for ids that nobody has or that are none", async () => {
    const account = await harness.makeAccount();
    const erased = await insertContact(harness, account.id, { erased_at: "2026-01-01T00:00:00Z" });
    for (const id of [NO_SUCH_ID, erased, ...NOT_IDS]) {
      assertApiError(await get(account, id), { status: 404, code: "not_found" });
      assertApiError(await patch(account, id, { name: "x" }), { status: 404, code: "not_found" });
    }
  });

  it("GET 404 ends even where contacts were merged in a circle", async () => {
    const account = await harness.makeAccount();
    const first = await insertContact(harness, account.id, { merged_into: NO_SUCH_ID });
    const second = await insertContact(harness, account.id, { merged_into: first });
    await harness.query("update contacts set merged_into = $1 where id = $2", [second, first]);
    assertApiError(await get(account, first), { status: 404, code: "not_found" });
  });

  it("PATCH 200 changes what is given, clears what is null and leaves the rest", async () => {
    const account = await harness.makeAccount();
    const id = await makeContact(account);
    const answer = await patch(account, id, { name: "Grace", email: null });
    assertEquals(answer.status, 200, answer.text);
    const { updated_at } = answer.json.data;
    assert(Date.parse(updated_at) > Date.parse(SHAPE.updated_at));
    assertEquals(answer.json, { data: { id, ...SHAPE, name: "Grace", email: null, updated_at } });
    assertEquals((await get(account, id)).json, answer.json);
    const cleared = await patch(account, id, { name: null, company: null });
    assertEquals(cleared.json.data.name, null);
    assertEquals(cleared.json.data.company, null);
  });

  it("PATCH 200 changes no other contact and no other column", async () => {
    const account = await harness.makeAccount();
    const id = await makeContact(account);
    const other = await insertContact(harness, account.id, { phone: "+14155550124", name: "Bob" });
    const before = await get(account, other);
    await patch(account, id, { company: "Navy" });
    assertEquals((await get(account, other)).json, before.json);
    const [row] = await harness.query(
      "select phone, phone_key, profile_name, erased_at, merged_into from contacts where id = $1",
      [id],
    );
    assertEquals(row, {
      phone: "+14155550123",
      phone_key: "+14155550123",
      profile_name: "Countess",
      erased_at: null,
      merged_into: null,
    });
  });

  it("GET and PATCH 200 take the ids of contacts that were merged, however often", async () => {
    const account = await harness.makeAccount();
    const survivor = await makeContact(account);
    const second = await insertContact(harness, account.id, { merged_into: survivor });
    const first = await insertContact(harness, account.id, { merged_into: second, name: "Old" });
    assertEquals((await get(account, first)).json.data, { id: survivor, ...SHAPE });
    const changed = await patch(account, first, { name: "Grace" });
    assertEquals([changed.status, changed.json.data.id], [200, survivor]);
    assertEquals((await get(account, second)).json, changed.json);
    const [row] = await harness.query("select name from contacts where id = $1", [first]);
    assertEquals(row, { name: "Old" });
  });

  it("PATCH keeps both of two changes that are made at once to different fields", async () => {
    const account = await harness.makeAccount();
    const id = await makeContact(account);
    await Promise.all([
      patch(account, id, { name: "Grace" }),
      patch(account, id, { company: "Navy" }),
      patch(account, id, { email: null }),
    ]);
    const { name, company, email } = (await get(account, id)).json.data;
    assertEquals({ name, company, email }, { name: "Grace", company: "Navy", email: null });
  });

  const refused: [string, unknown, { path: string; message: string }[]][] = [
    ["an empty object", {}, [{
      path: "",
      message: 'Give at least one of "name", "email", "company"',
    }]],
    ["a field that never changes", { phone: "+14155550124" }, [{
      path: "phone",
      message: 'Unknown field: the known ones are "name", "email", "company"',
    }]],
    ["a misspelt field", { compnay: "x", name: "Grace" }, [{
      path: "compnay",
      message: 'Unknown field: did you mean "company"?',
    }]],
    ["a misspelt field that is null", { nmae: null }, [{
      path: "nmae",
      message: 'Unknown field: did you mean "name"?',
    }]],
    ["wrong types", { name: 1, email: {}, company: false }, [
      { path: "name", message: "Must be a string, not a number" },
      { path: "email", message: "Must be a string, not an object" },
      { path: "company", message: "Must be a string, not a boolean" },
    ]],
    ["a field named __proto__", '{"__proto__": {"name": "x"}}', [{
      path: "__proto__",
      message: 'Unknown field: the known ones are "name", "email", "company"',
    }]],
    ["an empty name", { name: "" }, [{ path: "name", message: "Must not be empty" }]],
    ["half an emoji", '{"name": "\\ud83d"}', [{
      path: "name",
      message: "Must not contain half a surrogate pair (a damaged emoji)",
    }]],
  ];
  for (const [name, body, issues] of refused) {
    it(`PATCH 400 refuses ${name} and changes nothing`, async () => {
      const account = await harness.makeAccount();
      const id = await makeContact(account);
      assertIssues(await patch(account, id, body), issues);
      assertEquals((await get(account, id)).json.data, { id, ...SHAPE });
    });
  }
});
