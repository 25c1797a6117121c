/** Finding or creating a contact: `POST /api/v1/contacts`. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { assertIssues, send, sendOk, warningCodes } from "@/tests/helpers/message_calls.ts";
import { routeContract } from "@/tests/helpers/route_contract.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { countRows } from "@/tests/helpers/sends.ts";
import { insertContact } from "./seeded_rows.ts";

const PATH = "/api/v1/contacts";

describe("POST /api/v1/contacts", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  routeContract({
    harness: () => harness,
    method: "POST",
    path: PATH,
    scope: "contacts:write",
    allow: "GET, HEAD, OPTIONS, POST",
    body: { phone: "+14155550123" },
  });

  const post = ({ key }: SeededAccount, body: unknown) =>
    harness.call({ path: PATH, key: key.key, body });
  const count = async ({ id }: SeededAccount) => await countRows(harness, id);

  it("201 creates a contact from a phone alone, and no conversation", async () => {
    const account = await harness.makeAccount();
    const answer = await post(account, { phone: "+14155550123" });
    assertEquals(answer.status, 201, answer.text);
    const { id, created_at, updated_at } = answer.json.data;
    assertEquals(answer.json, {
      data: {
        id,
        phone: "+14155550123",
        wa_id: null,
        bsuid: null,
        username: null,
        name: null,
        email: null,
        company: null,
        created_at,
        updated_at,
      },
    });
    assertEquals(await count(account), { contacts: 1, conversations: 0, messages: 0, keys: 0 });
    const found = await harness.call({ path: `${PATH}/${id}`, key: account.key.key });
    assertEquals(found.json, answer.json);
  });

  it("201 creates a contact without a phone from a WhatsApp user id, with all details", async () => {
    const account = await harness.makeAccount();
    const body = { bsuid: "US.1349", name: "Ada 😀", email: "ada@example.com", company: "Engines" };
    const answer = await post(account, body);
    assertEquals(answer.status, 201);
    const { id, created_at, updated_at } = answer.json.data;
    assertEquals(answer.json.data, {
      id,
      phone: null,
      wa_id: null,
      username: null,
      ...body,
      created_at,
      updated_at,
    });
    const again = await post(account, { bsuid: "US.1349" });
    assertEquals([again.status, again.json], [200, answer.json]);
  });

  it("201 needs no WhatsApp integration", async () => {
    const account = await harness.makeAccount({ connected: false });
    assertEquals((await post(account, { phone: "+14155550123" })).status, 201);
  });

  it("201 takes null for what is left out", async () => {
    const account = await harness.makeAccount();
    const body = { phone: "+14155550123", bsuid: null, name: null, email: null, company: null };
    assertEquals((await post(account, body)).status, 201);
  });

  it('201 warns of a missing "+" and names the country', async () => {
    const account = await harness.makeAccount();
    const answer = await post(account, { phone: "1 415 555-0123" });
    assertEquals([answer.status, answer.json.data.phone], [201, "+14155550123"]);
    assertEquals(answer.json.meta.warnings, [{
      code: "country_code_assumed",
      message: 'The number has no "+" and was read as United States (+1): +14155550123',
    }]);
    const again = await post(account, { phone: "14155550123" });
    assertEquals([again.status, warningCodes(again)], [200, ["country_code_assumed"]]);
  });

  it("200 returns a known contact unchanged, whatever the details", async () => {
    const account = await harness.makeAccount();
    const first = await post(account, { phone: "+14155550123", name: "Ada" });
    const second = await post(account, {
      phone: "+1 (415) 555-0123",
      name: "Grace",
      email: "grace@example.com",
    });
    assertEquals([second.status, second.json], [200, first.json]);
    assertEquals((await count(account)).contacts, 1);
  });

  for (
    const [first, second] of [
      ["+5511987654321", "+551187654321"],
      ["+5215512345678", "+525512345678"],
      ["+541123456789", "+5491123456789"],
    ]
  ) {
    it(`200 finds ${first} as ${second}, which is the same to WhatsApp`, async () => {
      const account = await harness.makeAccount();
      const created = await post(account, { phone: first });
      const found = await post(account, { phone: second });
      assertEquals([created.status, found.status], [201, 200]);
      assertEquals(found.json.data, created.json.data);
    });
  }

  it("200 finds the person that a send has created, and a send finds the person created here", async () => {
    const account = await harness.makeAccount();
    const sent = await sendOk(harness, account, { to: "+14155550123", text: "Hi" });
    const found = await post(account, { phone: "+14155550123" });
    assertEquals([found.status, found.json.data.id], [200, sent.contact_id]);
    const created = await post(account, { bsuid: "US.1349" });
    const next = await sendOk(harness, account, { to: "US.1349", text: "Hi" });
    assertEquals([next.contact_id, next.contact_created], [created.json.data.id, false]);
  });

  it("200 finds the person that a number was merged into", async () => {
    const account = await harness.makeAccount();
    const survivor = await insertContact(harness, account.id, { bsuid: "US.1349" });
    await insertContact(harness, account.id, { phone: "+14155550123", merged_into: survivor });
    const answer = await post(account, { phone: "+14155550123" });
    assertEquals([answer.status, answer.json.data.id], [200, survivor]);
  });

  it("creates one contact from fifty requests at once, in two spellings and with sends among them", async () => {
    const account = await harness.makeAccount();
    const spellings = ["+5511987654321", "+551187654321"];
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => {
      const phone = spellings[index % 2];
      return index % 5 === 0
        ? send(harness, account, { body: { to: phone, text: "Hi" } })
        : post(account, { phone, name: `Name ${index}` });
    }));
    const posts = answers.filter((_, index) => index % 5 !== 0);
    const sends = answers.filter((_, index) => index % 5 === 0);
    const created = posts.filter(({ status }) => status === 201).length +
      sends.filter(({ json }) => json.data.contact_created).length;
    assertEquals(created, 1);
    assertEquals(posts.every(({ status }) => status === 200 || status === 201), true);
    const ids = new Set([
      ...posts.map(({ json }) => json.data.id),
      ...sends.map(({ json }) => json.data.contact_id),
    ]);
    assertEquals(ids.size, 1);
    assertEquals((await count(account)).contacts, 1);
  });

  const refused: [string, unknown, { path: string; message: string }[]][] = [
    ["nothing", {}, [{ path: "phone", message: "Required, unless bsuid is given" }]],
    ["nulls alone", { phone: null }, [{
      path: "phone",
      message: "Required, unless bsuid is given",
    }]],
    ["phone and bsuid", { phone: "+14155550123", bsuid: "US.1349" }, [{
      path: "bsuid",
      message: "Does not go with phone: give one of the two",
    }]],
    ["a BSUID as phone", { phone: "US.1349" }, [{
      path: "phone",
      message: "This is a WhatsApp user id: pass it as bsuid",
    }]],
    ["a phone as BSUID", { bsuid: "+14155550123" }, [{
      path: "bsuid",
      message: 'Must be a WhatsApp user id, such as "US.13491208655302741918"',
    }]],
    ["a misspelt field", { phone: "+14155550123", emial: "x" }, [{
      path: "emial",
      message: 'Unknown field: did you mean "email"?',
    }]],
    ["wrong types", { phone: 14155550123, name: ["x"] }, [
      { path: "phone", message: "Must be a string, not a number" },
      { path: "name", message: "Must be a string, not an array" },
    ]],
    ["empty details", { phone: "+14155550123", name: "", company: "" }, [
      { path: "name", message: "Must not be empty" },
      { path: "company", message: "Must not be empty" },
    ]],
    ["a long name", { phone: "+14155550123", name: "x".repeat(201) }, [{
      path: "name",
      message: "Must have at most 200 characters",
    }]],
    ["an address without @", { phone: "+14155550123", email: "ada" }, [{
      path: "email",
      message: 'Must be an e-mail address, such as "ada@example.com"',
    }]],
    ["a NUL", { phone: "+14155550123", company: "a\0b" }, [{
      path: "company",
      message: "Must not contain a NUL character (\\u0000)",
    }]],
  ];
  for (const [name, body, issues] of refused) {
    it(`400 refuses ${name} and creates nothing`, async () => {
      const account = await harness.makeAccount();
      assertIssues(await post(account, body), issues);
      assertEquals((await count(account)).contacts, 0);
    });
  }

  it("400 refuses a number that a message could not be sent to", async () => {
    const account = await harness.makeAccount();
    for (
      const phone of ["", "abc", "0415550123", "+1", "0044 20 7946 0018", "+44 (0)20 7946 0018"]
    ) {
      const answer = await post(account, { phone });
      assertApiError(answer, { status: 400, code: "bad_request" });
      assertEquals(answer.json.error.details.issues[0].path, "phone");
    }
    assertEquals((await count(account)).contacts, 0);
  });

  it("415 refuses a form, 400 an array", async () => {
    const { key } = (await harness.makeAccount()).key;
    const form = await harness.call({
      path: PATH,
      key,
      body: "phone=1",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    assertApiError(form, { status: 415, code: "unsupported_media_type" });
    assertApiError(await harness.call({ path: PATH, key, body: "[]" }), {
      status: 400,
      code: "bad_request",
    });
  });
});
