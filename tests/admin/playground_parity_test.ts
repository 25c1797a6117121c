/**
 * The playground is the API: the same message through both gives the same status, headers, body and rows, apart from
 * ids and from the key, which a person has none of.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { draftToBody, readDraft } from "@/lib/playground/draft.ts";
import type { PlaygroundAnswer } from "@/lib/playground/answer.ts";
import { type FormFields, signIn } from "@/tests/helpers/admin_client.ts";
import type { ApiAnswer } from "@/tests/helpers/api_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { countRows } from "@/tests/helpers/sends.ts";
import { masked, sendForm } from "./playground_pages.ts";

const TO = "+14155550123";
const IMAGE = "https://files.example.com/a.jpg";

interface Case {
  name: string;
  fields: FormFields;
  mode?: "test";
  /** Sent before, by the same way. */
  before?: FormFields;
  connected?: boolean;
  status: number;
}

const CASES: Case[] = [
  { name: "a text", fields: { to: TO, text: "It's *here*\nwith 😀" }, status: 201 },
  { name: "a text in test mode", fields: { to: TO, text: "x" }, mode: "test", status: 201 },
  { name: "a number without a plus", fields: { to: "14155550123", text: "x" }, status: 201 },
  { name: "a user id", fields: { to: "US.13491208655302741918", text: "x" }, status: 201 },
  {
    name: "an image with a caption",
    fields: { to: TO, type: "image", media_url: IMAGE, text: "Look" },
    status: 201,
  },
  { name: "a video", fields: { to: TO, type: "video", media_url: IMAGE }, status: 201 },
  {
    name: "audio with a caption",
    fields: { to: TO, type: "audio", media_url: IMAGE, text: "kept" },
    status: 201,
  },
  {
    name: "a document with a name",
    fields: { to: TO, type: "document", media_url: IMAGE, filename: "a.pdf" },
    status: 201,
  },
  {
    name: "a template with values by place",
    fields: {
      to: TO,
      type: "template",
      template_name: "order_shipped",
      body_name: ["", ""],
      body_value: ["Ann", "1042"],
    },
    status: 201,
  },
  {
    name: "a template with all components",
    fields: {
      to: TO,
      type: "template",
      template_name: "order_shipped",
      template_language: "de",
      body_name: ["first_name"],
      body_value: ["Ann"],
      header_media_url: IMAGE,
      header_media_type: "image",
      button_value: ["", "track/1042"],
    },
    status: 201,
  },
  { name: "a named contact", fields: { to: TO, text: "x", contact_name: "Ann" }, status: 201 },
  { name: "a key", fields: { to: TO, text: "x", idempotency_key: "order-1" }, status: 201 },
  {
    name: "a key that was used for the same",
    before: { to: TO, text: "x", idempotency_key: "order-1" },
    fields: { to: TO, text: "x", idempotency_key: "order-1" },
    status: 201,
  },
  {
    name: "a key that was used for another text",
    before: { to: TO, text: "x", idempotency_key: "order-1" },
    fields: { to: TO, text: "y", idempotency_key: "order-1" },
    status: 422,
  },
  { name: "a malformed key", fields: { to: TO, text: "x", idempotency_key: "a b" }, status: 400 },
  { name: "nothing at all", fields: {}, status: 400 },
  {
    name: "several problems",
    fields: {
      to: "0151 1234",
      text: "  ",
      reply_to_message_id: "x",
      contact_name: "n".repeat(201),
    },
    status: 400,
  },
  {
    name: "a URL that Meta cannot fetch",
    fields: { to: TO, type: "image", media_url: "http://127.0.0.1/a", text: "c".repeat(1025) },
    status: 400,
  },
  {
    name: "a header of two kinds",
    fields: {
      to: TO,
      type: "template",
      template_name: "t",
      header_text: "x",
      header_media_id: "y",
      body_name: "__proto__",
      body_value: "z",
    },
    status: 400,
  },
  {
    name: "a reply to a message that is not there",
    fields: { to: TO, text: "x", reply_to_message_id: "01a2049d-e235-738c-b85a-dd9bd55b47d3" },
    status: 400,
  },
  { name: "no number connected", fields: { to: TO, text: "x" }, connected: false, status: 400 },
  { name: "Meta's refusal", fields: { to: "+15005550001", text: "x" }, mode: "test", status: 502 },
  { name: "Meta's limit", fields: { to: "+15005550010", text: "x" }, mode: "test", status: 503 },
  { name: "an open outcome", fields: { to: "+15005550012", text: "x" }, mode: "test", status: 504 },
];

/** What came of a case. */
interface Outcome {
  answer: ApiAnswer;
  shown: PlaygroundAnswer;
  keyRows: unknown;
  userRows: unknown;
  userKeys: unknown[];
}

/** Headers that depend on the outcome. */
const HEADERS = [
  "cache-control",
  "content-type",
  "idempotent-replayed",
  "retry-after",
  "www-authenticate",
  "x-ratelimit-limit",
];

describe("The playground beside POST /api/v1/messages", () => {
  let harness: Harness;
  let outcomes: PromiseSettledResult<Outcome>[];
  beforeAll(async () => {
    harness = await startHarness();
    // All at once, since the request log is written a second later.
    outcomes = await Promise.allSettled(CASES.map(carryOut));
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  /** Everything of an account that a send writes, without ids and times. */
  async function readRows(accountId: string, requests: number): Promise<unknown> {
    // The log is written about once a second.
    const log = await eventually(async () => {
      const rows = await harness.query(
        `select method, route, status, error_code, error_message, recipient_masked,
           message_id is not null as has_message
         from api_requests where account_id = $1 order by created_at, id`,
        [accountId],
      );
      return rows.length >= requests && rows;
    }, 5_000);
    const messages = await harness.query(
      `select direction, type, recipient, body,
         -- What the sandbox tells later may or may not have come.
         case when status in ('sent', 'delivered', 'read') then 'taken' else status end as status,
         media_url, filename, template,
         idempotency_key, request_id is not null as has_request, error - 'fbtrace_id' as error
       from messages where account_id = $1 order by created_at, id`,
      [accountId],
    );
    const contacts = await harness.query(
      "select phone, bsuid, name from contacts where account_id = $1 order by created_at, id",
      [accountId],
    );
    return { log: masked(log), messages, contacts, counts: await countRows(harness, accountId) };
  }

  function callApi(
    account: SeededAccount,
    { fields, mode }: { fields: FormFields; mode: Case["mode"] },
  ): Promise<ApiAnswer> {
    const draft = readDraft((name) => [fields[name] ?? []].flat());
    return harness.call({
      path: "/api/v1/messages",
      key: (mode === "test" ? account.testKey : account.key).key,
      body: draftToBody(draft),
      headers: draft.idempotencyKey === "" ? {} : { "idempotency-key": draft.idempotencyKey },
    });
  }

  /** Sends a case by both ways, each from an account of its own. */
  async function carryOut({ fields, mode, before, connected = true }: Case): Promise<Outcome> {
    const byKey = await harness.makeAccount({ connected });
    const byUser = await harness.makeAccount({ connected });
    const admin = await signIn(harness, { account: byUser });
    if (before !== undefined) {
      await callApi(byKey, { fields: before, mode });
      await sendForm(admin, before, mode);
    }
    const answer = await callApi(byKey, { fields, mode });
    const shown = (await sendForm(admin, fields, mode)).answer;
    const idOf = (account: SeededAccount) => mode === "test" ? account.testId : account.id;
    const requests = before === undefined ? 1 : 2;
    return {
      answer,
      shown,
      keyRows: await readRows(idOf(byKey), requests),
      userRows: await readRows(idOf(byUser), requests),
      userKeys: await harness.query(
        `select api_key_id from api_requests where account_id = $1
         union select api_key_id from messages where account_id = $1`,
        [idOf(byUser)],
      ),
    };
  }

  for (const [index, { name, status }] of CASES.entries()) {
    it(`${status} ${name}`, () => {
      const outcome = outcomes[index];
      if (outcome?.status !== "fulfilled") throw outcome?.reason;
      const { answer, shown, keyRows, userRows, userKeys } = outcome.value;
      assertEquals(answer.status, status, answer.text);
      assertEquals(shown.status, status, shown.body);
      assertEquals(masked(JSON.parse(shown.body)), masked(answer.json));
      const headers = new Headers(shown.headers);
      for (const header of HEADERS) {
        assertEquals(headers.get(header), answer.headers.get(header), header);
      }
      assertEquals(headers.has("x-request-id"), answer.headers.has("x-request-id"));
      assertEquals(userRows, keyRows);
      assertEquals(userKeys, [{ api_key_id: null }]);
    });
  }
});
