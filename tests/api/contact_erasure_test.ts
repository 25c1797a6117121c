/** `DELETE /api/v1/contacts/{id}`: what is gone afterwards, in whatever form, and that all else is as it was. */
import { randomBytes, randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { makeWamid } from "@/lib/meta/sandbox/wamid.ts";
import { signIn } from "@/tests/helpers/admin_client.ts";
import { type ApiAnswer, assertApiError } from "@/tests/helpers/api_client.ts";
import { dumpAccounts } from "@/tests/helpers/database_dump.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { settleRequestLog } from "@/tests/helpers/request_log.ts";
import { newBsuid, receive, type Writer } from "@/tests/helpers/inbound.ts";
import { sendOk } from "@/tests/helpers/message_calls.ts";
import { routeContract } from "@/tests/helpers/route_contract.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { findTraces, tracesOf } from "@/tests/helpers/traces.ts";
import {
  changeOf,
  deliver,
  deliverContent,
  entryOf,
  statusItem,
} from "@/tests/helpers/webhooks.ts";
import { insertPerson, NO_SUCH_ID } from "./seeded_rows.ts";

const PATH = "/api/v1/contacts";
/** Tables that any call of the API writes to, whomever it is about. */
const WRITTEN_BY_CALLS = ["api_keys", "request_hours", "latency_hours", "rate_limit_states"];

describe("DELETE /api/v1/contacts/{id}", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  routeContract({
    harness: () => harness,
    method: "DELETE",
    path: `${PATH}/${NO_SUCH_ID}`,
    scope: "contacts:write",
    allow: "DELETE, GET, HEAD, OPTIONS, PATCH",
  });

  const erase = ({ key }: Pick<SeededAccount, "key">, id: string) =>
    harness.call({ method: "DELETE", path: `${PATH}/${id}`, key: key.key });
  /** Repeats it until nothing is left to do. */
  const eraseWholly = (account: SeededAccount, id: string): Promise<ApiAnswer> =>
    eventually(async () => {
      const answer = await erase(account, id);
      assert([200, 202].includes(answer.status), answer.text);
      assertEquals(answer.json.data.complete, answer.status === 200);
      return answer.status === 200 ? answer : null;
    }, 15_000);

  it("404 for ids that nobody has, that are none, or that are another account's, whose rows stay", async () => {
    const account = await harness.makeAccount();
    const other = await harness.makeAccount();
    const { contact_id: theirs } = await insertPerson(harness, other.id, { phone: "+14155550123" });
    const { contact_id: twins } = await insertPerson(harness, account.testId, {
      phone: "+14155550123",
    });
    const before = await dumpAccounts(harness, { accountIds: [other.id, account.testId] });
    for (const id of [NO_SUCH_ID, theirs, twins, "x", "%00"]) {
      assertApiError(await erase(account, id), { status: 404, code: "not_found" });
    }
    assertEquals(await dumpAccounts(harness, { accountIds: [other.id, account.testId] }), before);
  });

  it("200 again for who was erased; everybody else is told 404, and lists leave them out", async () => {
    const account = await harness.makeAccount();
    const person = await insertPerson(harness, account.id, { phone: "+14155550123", name: "Ada" });
    const first = await eraseWholly(account, person.contact_id);
    const { erased_at } = first.json.data;
    assert(Math.abs(Date.parse(erased_at) - Date.now()) < 60_000);
    const data = { id: person.contact_id, erased: true, erased_at, complete: true };
    assertEquals(first.json, { data });
    assertEquals((await erase(account, person.contact_id)).json, { data });
    const audited = await harness.query<Record<string, unknown>>(
      "select action, target_id, details, user_id from audit_log where account_id = $1",
      [account.id],
    );
    assertEquals(audited, [{
      action: "contact.erased",
      target_id: person.contact_id,
      details: { key: "test key" },
      user_id: null,
    }]);
    const get = (path: string) => harness.call({ path, key: account.key.key });
    for (
      const path of [
        `${PATH}/${person.contact_id}`,
        `/api/v1/conversations/${person.conversation_id}`,
        `/api/v1/conversations/${person.conversation_id}/messages`,
      ]
    ) assertApiError(await get(path), { status: 404, code: "not_found" });
    for (const path of [PATH, "/api/v1/conversations"]) {
      assertEquals((await get(path)).json.data, []);
    }
  });

  it("takes out of every table all that says who somebody was, and changes nothing else", async () => {
    const account = await harness.makeAccount();
    const stranger = await harness.makeAccount();
    const waId = `1415${randomInt(2_000_000, 10_000_000)}`;
    const bsuids = [newBsuid(), newBsuid()] as const;
    const person = await leaveTraces(harness, account, { waId, bsuids });
    for (const each of [account, stranger]) {
      await sendOk(harness, each, { to: "+493012345678", text: "Hello Quentin", name: "Quentin" });
      await receive(harness, each, {
        from: { waId: "493012345678", name: "Quentin" },
        message: { text: { body: "Hello from Quentin" } },
      });
    }
    // The same person is a contact of somebody else's.
    await sendOk(harness, stranger, { to: `+${waId}`, text: "Hello Wilhelmina" });
    await loggedRequests(harness, account);
    await settleRequestLog(harness, stranger.key.key);

    const traces = tracesOf([waId, waId.slice(1), ...bsuids, ...WORDS]);
    const before = await dumpAccounts(harness, { accountIds: [account.id] });
    const tables = new Set(findTraces(before, traces).map((line) => line.split(":")[0]));
    const expected = [
      ...["api_requests", "contacts", "conversations", "idempotency_keys", "messages"],
      ...["meta_events", "sandbox_webhooks"],
    ];
    assertEquals([...tables].sort(), expected);
    const mask = `${waId.slice(0, 2)}*******`;
    const masked = findTraces(before, [mask]).map((line) => line.split(":")[0]);
    assertEquals(masked.sort(), ["api_requests", "audit_log"]);
    const strangers = { accountIds: [stranger.id, stranger.testId] };
    const theirs = await dumpAccounts(harness, strangers);
    const figures = await figuresOf(harness, account);

    // By the id of the contact that was merged into the other.
    const { json } = await eraseWholly(account, person.aliasId);
    assertEquals(json.data.id, person.contactId);

    const after = await dumpAccounts(harness, { accountIds: [account.id] });
    assertEquals(findTraces(after, [...traces, mask]), []);
    assertEquals(await dumpAccounts(harness, strangers), theirs);
    assertEquals(await figuresOf(harness, account), figures);
    for (const [table, rows] of before) {
      if (WRITTEN_BY_CALLS.includes(table)) continue;
      const kept = new Set(after.get(table));
      const changed = rows.filter((row) => !kept.has(row));
      assertEquals([table, changed.filter((row) => !person.owns(table, row))], [table, []]);
    }
    const failed = await harness.query<{ error: unknown }>(
      "select error - 'hint' as error from messages where account_id = $1 and error is not null",
      [account.id],
    );
    const message = "Removed with the data of the person";
    assertEquals(failed, [{ error: { code: 131026, title: null, message } }]);
  });

  it("a person with many messages is erased in batches, also when the server that began has died", async () => {
    const account = await harness.makeAccount();
    const person = await insertPerson(harness, account.id, { phone: "+14155550123" });
    await harness.query(
      `insert into messages (account_id, id, conversation_id, contact_id, direction, type, status, recipient, body,
         created_at)
       select $1, gen_random_uuid(), $2, $3, 'outbound', 'text', 'read', '+14155550123', 'Text ' || i,
         -- Many at the same time, so that batches end in between.
         '2026-01-01'::timestamptz + (i / 400) * interval '1 second'
       from generate_series(1, 1234) i`,
      [account.id, person.conversation_id, person.contact_id],
    );
    await harness.query("select begin_erasure($1, $2)", [account.id, person.contact_id]);
    await eventually(async () => {
      const [row] = await harness.query<{ done: boolean }>(
        "select stage = 'done' as done from erasures where account_id = $1",
        [account.id],
      );
      return row?.done;
    }, 20_000);
    const [left] = await harness.query<Record<string, number>>(
      `select count(*)::int as messages, count(erased_at)::int as erased, count(body)::int as texts
       from messages where account_id = $1`,
      [account.id],
    );
    assertEquals(left, { messages: 1234, erased: 1234, texts: 0 });
    assertEquals((await erase(account, person.contact_id)).status, 200);
  });
});

/** What the person is called, wrote and was written. */
const WORDS = [
  "Wilhelmina",
  "wilma.zander",
  "Zander Ltd",
  "My secret",
  "corrected",
  "Back street",
  "certificate",
];

/** Everything that can be stored of a person, by the ways on which it comes. */
async function leaveTraces(
  harness: Harness,
  account: SeededAccount,
  { waId, bsuids }: { waId: string; bsuids: readonly [string, string] },
): Promise<{ contactId: string; aliasId: string; owns: (table: string, row: string) => boolean }> {
  const to = `+${waId}`;
  const post = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
    harness.call({
      path: "/api/v1/messages",
      key: account.key.key,
      body: { to, ...body },
      headers,
    });
  const first = await post({ text: "Dear Wilhelmina", name: "Wilhelmina" }, {
    "idempotency-key": `order-for-${waId}`,
    "x-request-id": `request-${waId}`,
  });
  assertEquals(first.status, 201, first.text);
  const { contact_id: contactId, conversation_id: conversationId } = first.json.data;
  const params = ["Wilhelmina", "1042"];
  const media_url = "https://files.example.com/certificate.pdf";
  for (
    const body of [
      { type: "template", template: { name: "order_shipped", language: "en_US", params } },
      { type: "document", media_url, filename: "certificate.pdf", text: "Your certificate" },
    ]
  ) assertEquals((await post(body)).status, 201);
  const details = `${to} is not on WhatsApp`;
  harness.simulator.faults.next({ kind: "metaError", code: 131026, details });
  assertEquals((await post({ text: "Dear Wilhelmina, again" })).status, 502);
  await harness.call({
    method: "PATCH",
    path: `${PATH}/${contactId}`,
    key: account.key.key,
    body: { email: "wilma.zander@example.com", company: "Zander Ltd" },
  });

  const wamid = () => makeWamid(waId, (count) => new Uint8Array(randomBytes(count)));
  const writer: Writer = {
    waId,
    bsuid: bsuids[0],
    name: "Wilhelmina Zander",
    username: "wilma.zander",
  };
  const written = wamid();
  const messages = [
    { id: written, text: { body: "My secret" } },
    { id: wamid(), type: "location", location: { latitude: 1, longitude: 2, name: "Back street" } },
    {
      id: wamid(),
      type: "document",
      document: { id: "1", mime_type: "application/pdf", filename: "certificate.pdf" },
    },
  ];
  for (const message of messages) await receive(harness, account, { from: writer, message });
  const edit = {
    original_message_id: written,
    message: { type: "text", text: { body: "corrected" } },
  };
  const sent = statusItem("delivered", {
    id: first.json.data.whatsapp_message_id,
    recipient_id: waId,
  });
  const from = { id: wamid(), timestamp: "1790000000", from: waId };
  await deliverContent(harness, account, { messages: [{ ...from, type: "edit", edit }] });
  await deliverContent(harness, account, { statuses: [sent] });
  await deliver(harness, account, changeOf(account, { field: "odd", value: { wa_id: waId } }));

  // First unknown as the same person.
  const alias = await receive(harness, account, { from: { bsuid: bsuids[1], name: "Wilhelmina" } });
  await harness.query("select merge_contacts($1, $2, $3)", [
    account.id,
    contactId,
    alias.contact_id,
  ]);
  await harness.query(
    `insert into sandbox_webhooks (account_id, id, body, due_at)
     values ($1, gen_random_uuid(), $2, now() + interval '1 day')`,
    [account.id, JSON.stringify(entryOf(account, { statuses: [sent] }))],
  );
  const admin = await signIn(harness, { account });
  const reply = { text: "A reply to Wilhelmina", idempotency_key: crypto.randomUUID() };
  assertEquals((await admin.post(`/conversations/${conversationId}`, reply)).status, 303);

  const ids = await harness.query<{ id: string }>(
    `select id from messages where account_id = $1
     union all select id from contacts where account_id = $1
     union all select id from conversations where account_id = $1`,
    [account.id],
  );
  const own = [...ids.map(({ id }) => id), waId, ...bsuids];
  return {
    contactId,
    aliasId: alias.contact_id,
    owns: (_table, row) => own.some((id) => row.includes(id)),
  };
}

/** Waits until the request log holds a line for each message of the account that was sent through the API. */
async function loggedRequests(harness: Harness, account: SeededAccount): Promise<void> {
  await eventually(async () => {
    const [row] = await harness.query<{ missing: number }>(
      `select count(*)::int as missing from messages m
       where account_id = $1 and api_key_id is not null and not exists (
         select from api_requests r where r.account_id = $1 and r.message_id = m.id
       )`,
      [account.id],
    );
    return row?.missing === 0;
  });
}

/** What counts, charts and the message log are made of. */
async function figuresOf(harness: Harness, account: SeededAccount): Promise<unknown> {
  const counters = await harness.query(
    `select status, direction, sum(messages)::int as messages
     from (
       select status, direction, messages from message_hours where account_id = $1
       union all
       select part.status, direction, part.change
       from message_changes
       cross join lateral (values (to_status, 1), (from_status, -1)) as part (status, change)
       where account_id = $1 and part.status is not null
     ) counted
     group by 1, 2 having sum(messages) <> 0 order by 1, 2`,
    [account.id],
  );
  const rows = await harness.query(
    `select id, direction, type, status, error ->> 'code' as code, created_at, sent_at, delivered_at, read_at,
       failed_at, edited_at, api_key_id, template ->> 'name' as template
     from messages where account_id = $1 order by id`,
    [account.id],
  );
  return { counters, rows };
}
