/**
 * Strings at their limits: the longest that are accepted, counted in code points; text that could not be stored (NUL,
 * half a surrogate pair) wherever it stands; and null, which is the same as a field that is absent.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  assertIssues,
  assertNothingLeft,
  lastReceived,
  send,
  sendOk,
} from "@/tests/helpers/message_calls.ts";

const TO = "+14155550123";
const LINK = "https://cdn.example.com/a.jpg";
const NUL_MESSAGE = "Must not contain a NUL character (\\u0000)";
const SURROGATE_MESSAGE = "Must not contain half a surrogate pair (a damaged emoji)";

/** A field's path and a body that has the bad text there. */
const PLACES: [string, (bad: string) => Record<string, unknown>][] = [
  ["text", (bad) => ({ text: bad })],
  ["text", (bad) => ({ type: "audio", media_url: LINK, text: bad })],
  ["filename", (bad) => ({ type: "document", media_url: LINK, filename: bad })],
  ["filename", (bad) => ({ text: "x", filename: bad })],
  ["name", (bad) => ({ text: "x", name: bad })],
  ["template.name", (bad) => ({ type: "template", template: { name: bad } })],
  ["template.language", (bad) => ({ type: "template", template: { name: "x", language: bad } })],
  ["template.params[1]", (bad) => template(["x", bad])],
  ["template.params.body[0]", (bad) => template({ body: [bad] })],
  ["template.params.body.order", (bad) => template({ body: { order: bad } })],
  ["template.params.headerText", (bad) => template({ headerText: bad })],
  ["template.params.headerMediaId", (bad) => template({ headerMediaId: bad })],
  ["template.params.buttonParams.0", (bad) => template({ buttonParams: { "0": bad } })],
];

/** Bodies with the bad text where another rule catches it first, or in a name. */
const OTHER_PLACES: ((bad: string) => Record<string, unknown>)[] = [
  (bad) => ({ to: `${TO}${bad}`, text: "x" }),
  (bad) => ({ to: `US.${bad}`, text: "x" }),
  (bad) => ({ type: bad, text: "x" }),
  (bad) => ({ type: "image", media_url: `https://a.example/${bad}` }),
  (bad) => ({ text: "x", reply_to_message_id: bad }),
  (bad) => ({ text: "x", [bad]: "x" }),
  (bad) => template({ body: { [bad]: "x" } }),
  (bad) => template({ headerMediaUrl: `https://a.example/${bad}` }),
  (bad) => template({ buttonParams: { [bad]: "x" } }),
];

describe("POST /api/v1/messages with text at its limits", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("201 accepts the longest text, caption, name, filename and URL, in code points", async () => {
    const account = await harness.makeAccount();
    const url = `https://a.example/${"x".repeat(2048 - 18)}`;
    await sendOk(harness, account, { to: TO, text: "😀".repeat(4096), name: "👩".repeat(200) });
    assertEquals(lastReceived(harness, account).body?.text, { body: "😀".repeat(4096) });
    await sendOk(harness, account, {
      to: TO,
      type: "document",
      media_url: url,
      text: "😀".repeat(1024),
      filename: "📄".repeat(240),
    });
    assertEquals(lastReceived(harness, account).body?.document, {
      link: url,
      caption: "😀".repeat(1024),
      filename: "📄".repeat(240),
    });
    const [contact] = await harness.query("select name from contacts where account_id = $1", [
      account.id,
    ]);
    assertEquals(contact?.name, "👩".repeat(200));
    const [row] = await harness.query(
      "select count(*)::int as n, max(length(body)) as longest from messages where account_id = $1",
      [account.id],
    );
    assertEquals({ ...row }, { n: 2, longest: 4096 });
  });

  it("400 refuses NUL and half a surrogate pair in every string that is stored", async () => {
    const account = await harness.makeAccount();
    for (const [path, body] of PLACES) {
      const nul = await send(harness, account, { body: { to: TO, ...body("a\0b") } });
      assertIssues(nul, [{ path, message: NUL_MESSAGE }]);
      for (const half of ["x\ud83d", "a\udc00b", "\udc00\ud83d", "ok 😀 \ud83d!"]) {
        const answer = await send(harness, account, { body: { to: TO, ...body(half) } });
        assertIssues(answer, [{ path, message: SURROGATE_MESSAGE }]);
      }
    }
    await assertNothingLeft(harness, account);
  });

  it("400 refuses them in every other string and in names of fields", async () => {
    const account = await harness.makeAccount();
    for (const body of OTHER_PLACES) {
      for (const bad of ["\0", "\ud83d", "\udc00"]) {
        const answer = await send(harness, account, { body: { to: TO, ...body(bad) } });
        assertApiError(answer, { status: 400, code: "bad_request" });
      }
    }
    await assertNothingLeft(harness, account);
  });

  it("400 reports both where a string is too long and has a NUL", async () => {
    const account = await harness.makeAccount();
    const answer = await send(harness, account, {
      body: { to: TO, text: "x", name: `\0${"a".repeat(200)}` },
    });
    assertIssues(answer, [
      { path: "name", message: "Must have at most 200 characters" },
      { path: "name", message: NUL_MESSAGE },
    ]);
  });

  it("201 takes null for a field that is absent, at every level and for unknown ones", async () => {
    const account = await harness.makeAccount();
    await sendOk(harness, account, {
      to: TO,
      type: null,
      text: "Hello",
      media_url: null,
      filename: null,
      template: null,
      reply_to_message_id: null,
      name: null,
      no_such_field: null,
    });
    const { body } = lastReceived(harness, account);
    assertEquals([body?.type, body?.text], ["text", { body: "Hello" }]);
    await sendOk(harness, account, {
      to: TO,
      type: "template",
      template: {
        name: "order_update",
        language: null,
        params: { body: ["Ann"], headerText: null, headerMediaUrl: null, headerMediaType: null },
      },
    });
    assertEquals(lastReceived(harness, account).body?.template, {
      name: "order_update",
      language: { code: "en_US" },
      components: [{ type: "body", parameters: [{ type: "text", text: "Ann" }] }],
    });
  });
});

function template(params: unknown): Record<string, unknown> {
  return { type: "template", template: { name: "order_update", params } };
}
