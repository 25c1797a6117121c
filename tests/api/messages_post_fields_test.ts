/**
 * The rules of each field and of fields together: what is refused, with which path and words, and that all problems of
 * a request come at once. Templates, recipients and media hosts have files of their own. One account for all: at the
 * end it must not have a single row.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  assertIssues,
  assertNothingLeft,
  type Issue,
  send,
} from "@/tests/helpers/message_calls.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

const TO = "+14155550123";
const LINK = "https://cdn.example.com/a.jpg";
const TEMPLATE = { name: "order_update" };
const KNOWN =
  '"to", "type", "text", "media_url", "filename", "template", "reply_to_message_id", "name"';
const TYPES = '"text", "template", "image", "video", "document", "audio"';
const MEDIA_TYPES = '"image", "video", "document" or "audio"';
const EXAMPLE = 'Use E.164: "+", country code and number, such as "+14155550123"';

/** What is wrong, the body (with a good `to` unless it has one), and the issues. */
const REFUSED: [string, Record<string, unknown>, Issue[]][] = [
  ["an empty object", { to: undefined }, [
    { path: "to", message: "Required" },
    { path: "text", message: 'Required for type "text"' },
  ]],
  ["to that is null", { to: null, text: "x" }, [{ path: "to", message: "Required" }]],
  ["to that is a number", { to: 14155550123, text: "x" }, [
    { path: "to", message: "Must be a string, not a number" },
  ]],
  ["to that is an array", { to: [TO], text: "x" }, [
    { path: "to", message: "Must be a string, not an array" },
  ]],
  ["to that is empty", { to: "", text: "x" }, [
    { path: "to", message: `The number is empty. ${EXAMPLE}` },
  ]],
  ["to of 201 characters", { to: "1".repeat(201), text: "x" }, [
    { path: "to", message: "Must have at most 200 characters" },
  ]],

  ["a type that does not exist", { type: "sticker", text: "x" }, [
    { path: "type", message: `Must be one of ${TYPES}` },
  ]],
  ["a type in capitals", { type: "Text", text: "x" }, [
    { path: "type", message: `Must be one of ${TYPES}` },
  ]],
  ["a type that is no string", { type: 1, text: "x" }, [
    { path: "type", message: `Must be one of ${TYPES}` },
  ]],

  ["text that is missing", {}, [{ path: "text", message: 'Required for type "text"' }]],
  ["text that is null", { text: null }, [{ path: "text", message: 'Required for type "text"' }]],
  ["text that is empty", { text: "" }, [
    { path: "text", message: "Must not be blank: WhatsApp refuses empty messages" },
  ]],
  ["text that is blank", { text: " \n\t\u00a0\u3000" }, [
    { path: "text", message: "Must not be blank: WhatsApp refuses empty messages" },
  ]],
  ["text that is a number", { text: 5 }, [
    { path: "text", message: "Must be a string, not a number" },
  ]],
  ["text that is an object", { text: { body: "x" } }, [
    { path: "text", message: "Must be a string, not an object" },
  ]],
  ["text of 4097 letters", { text: "a".repeat(4097) }, [
    { path: "text", message: "Must have at most 4096 characters" },
  ]],
  ["text of 4097 emoji", { text: "😀".repeat(4097) }, [
    { path: "text", message: "Must have at most 4096 characters" },
  ]],
  ...["image", "video", "document", "audio"].flatMap((type) =>
    [
      [`${type} without media_url`, { type }, [
        { path: "media_url", message: `Required for type "${type}"` },
      ]],
      [`${type} with a media_url of null`, { type, media_url: null }, [
        { path: "media_url", message: `Required for type "${type}"` },
      ]],
      [`${type} with a media_url that is no string`, { type, media_url: { link: LINK } }, [
        { path: "media_url", message: "Must be a string, not an object" },
      ]],
      [`${type} with a caption of 1025 emoji`, {
        type,
        media_url: LINK,
        text: "😀".repeat(1025),
      }, [
        { path: "text", message: "A caption must have at most 1024 characters" },
      ]],
      [`${type} with a caption of 5000 letters`, {
        type,
        media_url: LINK,
        text: "a".repeat(5000),
      }, [
        { path: "text", message: "A caption must have at most 1024 characters" },
      ]],
      [`${type} with a template`, { type, media_url: LINK, template: TEMPLATE }, [
        { path: "template", message: `Does not apply to type "${type}": set type to "template"` },
      ]],
      [`${type} with a template that would be broken too`, {
        type,
        media_url: LINK,
        template: { nme: "x" },
      }, [
        { path: "template", message: `Does not apply to type "${type}": set type to "template"` },
      ]],
    ] satisfies [string, Record<string, unknown>, Issue[]][]
  ),
  ["a media_url of 2049 characters", {
    type: "image",
    media_url: `https://a.example/${"x".repeat(2049 - 18)}`,
  }, [{ path: "media_url", message: "Must have at most 2048 characters" }]],
  ["a media_url without a scheme", { type: "image", media_url: "cdn.example.com/a.jpg" }, [{
    path: "media_url",
    message: 'Must be an absolute http or https URL, such as "https://example.com/photo.jpg"',
  }]],
  ["a media_url that is empty", { type: "image", media_url: "" }, [{
    path: "media_url",
    message: 'Must be an absolute http or https URL, such as "https://example.com/photo.jpg"',
  }]],
  ["a media_url at localhost", { type: "image", media_url: "http://localhost:3000/a.jpg" }, [{
    path: "media_url",
    message: 'The host "localhost" is not public: Meta fetches the file over the internet',
  }]],

  ["media_url with type text", { text: "x", media_url: LINK }, [{
    path: "media_url",
    message: `Does not apply to type "text": set type to ${MEDIA_TYPES}`,
  }]],
  ["media_url of a wrong kind with type text", { text: "x", media_url: 5 }, [{
    path: "media_url",
    message: `Does not apply to type "text": set type to ${MEDIA_TYPES}`,
  }]],
  ["media_url instead of text", { media_url: LINK }, [
    { path: "text", message: 'Required for type "text"' },
    { path: "media_url", message: `Does not apply to type "text": set type to ${MEDIA_TYPES}` },
  ]],
  ["template with type text", { text: "x", template: TEMPLATE }, [
    { path: "template", message: 'Does not apply to type "text": set type to "template"' },
  ]],
  ["type template without a template", { type: "template" }, [
    { path: "template", message: 'Required for type "template"' },
  ]],
  ["text with type template", { type: "template", template: TEMPLATE, text: "x" }, [{
    path: "text",
    message:
      'Does not apply to type "template": put the values into template.params, or set type to "text"',
  }]],
  ["media_url with type template", { type: "template", template: TEMPLATE, media_url: LINK }, [{
    path: "media_url",
    message:
      'Does not apply to type "template": use template.params.headerMediaUrl, or set type to "image", "video", ' +
      '"document" or "audio"',
  }]],

  ["an empty filename", { type: "document", media_url: LINK, filename: "" }, [
    { path: "filename", message: "Must not be empty" },
  ]],
  [
    "a filename of 241 characters",
    { type: "document", media_url: LINK, filename: "ä".repeat(241) },
    [
      { path: "filename", message: "Must have at most 240 characters" },
    ],
  ],
  ["a filename that is an empty array", { type: "document", media_url: LINK, filename: [] }, [
    { path: "filename", message: "Must be a string, not an array" },
  ]],
  ["an empty name", { text: "x", name: "" }, [{ path: "name", message: "Must not be empty" }]],
  ["a name of 201 characters", { text: "x", name: "é".repeat(201) }, [
    { path: "name", message: "Must have at most 200 characters" },
  ]],
  ["a name that is true", { text: "x", name: true }, [
    { path: "name", message: "Must be a string, not a boolean" },
  ]],
  ["a reply target that is no UUID", { text: "x", reply_to_message_id: "wamid.ABC" }, [
    { path: "reply_to_message_id", message: "Must be a UUID" },
  ]],
  ["a reply target that is empty", { text: "x", reply_to_message_id: "" }, [
    { path: "reply_to_message_id", message: "Must be a UUID" },
  ]],

  ["unknown fields, each with the closest known one", {
    text: "x",
    Text: "x",
    mediaUrl: LINK,
    replyToMessageId: "x",
    file_name: "x",
    tpye: "text",
  }, [
    { path: "Text", message: 'Unknown field: did you mean "text"?' },
    { path: "mediaUrl", message: 'Unknown field: did you mean "media_url"?' },
    { path: "replyToMessageId", message: `Unknown field: did you mean "reply_to_message_id"?` },
    { path: "file_name", message: 'Unknown field: did you mean "filename"?' },
    { path: "tpye", message: 'Unknown field: did you mean "type"?' },
  ]],
  ["unknown fields that are like none, with all known ones", { text: "x", body: "x", "": 1 }, [
    { path: "body", message: `Unknown field: the known ones are ${KNOWN}` },
    { path: "", message: `Unknown field: the known ones are ${KNOWN}` },
  ]],
  ["fields named as members of every object", { text: "x", constructor: {}, toString: 1 }, [
    { path: "constructor", message: `Unknown field: the known ones are ${KNOWN}` },
    { path: "toString", message: `Unknown field: the known ones are ${KNOWN}` },
  ]],

  ["everything that is wrong, at once", {
    to: "0171 123",
    type: "image",
    media_url: "http://10.0.0.1/a.jpg",
    text: "a".repeat(1025),
    filename: 5,
    template: TEMPLATE,
    reply_to_message_id: "x",
    name: "",
    extra: true,
  }, [
    {
      path: "to",
      message:
        "The number is in its national form (it starts with 0): leave that 0 out and put the country code in front, " +
        'such as "+44…"',
    },
    {
      path: "media_url",
      message: 'The host "10.0.0.1" is not public: Meta fetches the file over the internet',
    },
    { path: "text", message: "A caption must have at most 1024 characters" },
    { path: "filename", message: "Must be a string, not a number" },
    { path: "template", message: 'Does not apply to type "image": set type to "template"' },
    { path: "reply_to_message_id", message: "Must be a UUID" },
    { path: "name", message: "Must not be empty" },
    { path: "extra", message: `Unknown field: the known ones are ${KNOWN}` },
  ]],
];

describe("POST /api/v1/messages with broken fields", () => {
  let harness: Harness;
  let account: SeededAccount;
  beforeAll(async () => {
    harness = await startHarness();
    account = await harness.makeAccount();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  for (const [name, body, issues] of REFUSED) {
    it(`400 refuses ${name}`, async () => {
      assertIssues(await send(harness, account, { body: { to: TO, ...body } }), issues);
    });
  }

  it("400 names the first problem and the number of the others in its message", async () => {
    const one = await send(harness, account, { body: { to: TO } });
    assertEquals(one.json.error.message, 'text: Required for type "text"');
    const three = await send(harness, account, { body: { text: "", name: "" } });
    assertEquals(three.json.error.message, "to: Required (and 2 more in details.issues)");
  });

  it("400 refuses __proto__ as a field", async () => {
    const answer = await send(harness, account, {
      body: `{"to":"${TO}","text":"x","__proto__":{"name":"x"}}`,
    });
    assertIssues(answer, [{
      path: "__proto__",
      message: `Unknown field: the known ones are ${KNOWN}`,
    }]);
  });

  it("400 refuses nesting that no field has, however deep", async () => {
    for (const depth of [33, 10_000, 130_000]) {
      const deep = "[".repeat(depth) + "]".repeat(depth);
      const answer = await send(harness, account, {
        body: `{"to":"${TO}","text":"x","template":${deep}}`,
        headers: { "idempotency-key": "deep" },
      });
      assertEquals(answer.status, 400, answer.text.slice(0, 300));
      assertEquals(answer.json.error.code, "bad_request");
      assertEquals(answer.json.error.message, "The body is nested more than 32 levels deep");
    }
  });

  it("400 leaves nothing behind, whatever was wrong", () => assertNothingLeft(harness, account));
});
