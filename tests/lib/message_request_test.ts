/**
 * The request body as a whole: what comes out of an accepted one, and properties that hold for any JSON. The rules of
 * each field are in tests/api/messages_post_*_test.ts, over HTTP.
 */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ApiError, type Issue } from "@/lib/api/errors.ts";
import { MESSAGE_TYPES, parseMessageRequest } from "@/lib/messages/message_request.ts";
import { buildSendPayload } from "@/lib/meta/payload.ts";

const LINK = "https://cdn.example.com/a.jpg";
const TO = "+14155550123";

function issuesOf(body: Record<string, unknown>): Issue[] {
  const error = assertThrows(() => parseMessageRequest(body), ApiError);
  assertEquals([error.status, error.code], [400, "bad_request"]);
  return error.details?.issues as Issue[];
}

Deno.test("parseMessageRequest gives every field of an accepted body", () => {
  assertEquals(
    parseMessageRequest({
      to: "1 415 555 0123",
      type: "document",
      media_url: LINK,
      text: "The bill",
      filename: "bill.pdf",
      reply_to_message_id: "0190ABCD-1234-7234-8234-123456789012",
      name: "Ann",
    }),
    {
      recipient: { kind: "phone", phone: TO, assumedCountry: "United States (+1)" },
      message: { type: "document", mediaUrl: LINK, caption: "The bill", filename: "bill.pdf" },
      text: "The bill",
      mediaUrl: LINK,
      filename: "bill.pdf",
      replyToMessageId: "0190abcd-1234-7234-8234-123456789012",
      name: "Ann",
      warnings: [{
        code: "country_code_assumed",
        message: `The number has no "+" and was read as United States (+1): ${TO}`,
      }],
    },
  );
});

Deno.test("parseMessageRequest does not change the body that it is given", () => {
  const body = { to: TO, type: "template", name: null, template: { name: "x", params: [1, true] } };
  const before = structuredClone(body);
  parseMessageRequest(body);
  assertEquals(body, before);
});

Deno.test("parseMessageRequest never reads inherited fields", () => {
  const body = Object.create({ to: TO, text: "Hello" });
  assertEquals(issuesOf(body).map(({ path }) => path), ["to", "text"]);
  const polluted = JSON.parse(`{"__proto__":{"to":"${TO}","text":"Hello"}}`);
  assertEquals(issuesOf(polluted).map(({ path }) => path).sort(), ["__proto__", "text", "to"]);
});

const known = fc.constantFrom(
  "to",
  "type",
  "text",
  "media_url",
  "filename",
  "template",
  "reply_to_message_id",
  "name",
  "params",
  "body",
  "headerText",
  "headerMediaUrl",
  "buttonParams",
  "language",
);
const odd = fc.constantFrom(
  "__proto__",
  "constructor",
  "toString",
  "length",
  "0",
  "",
  "\0",
  "\ud83d",
);
const names = fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: odd }, fc.string());

/** Any JSON, often with the names that a request has. */
const anyJson = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    fc.constantFrom(
      null,
      true,
      false,
      0,
      -0,
      1e21,
      Infinity,
      TO,
      LINK,
      "text",
      "template",
      "image",
    ),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.double(),
    fc.array(tie("value"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.array(fc.tuple(names, tie("value")), { maxLength: 8 }).map((entries) =>
    Object.fromEntries(entries)
  ),
}));

Deno.test("parseMessageRequest refuses any JSON with bad_request and paths, or accepts it, and never throws another error", () => {
  fc.assert(
    fc.property(anyJson.object, (body) => {
      try {
        parseMessageRequest(body);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        assertEquals([error.status, error.code], [400, "bad_request"]);
        const issues = error.details?.issues as Issue[];
        assertEquals(issues.length > 0, true);
        for (const { path, message } of issues) {
          assertEquals([typeof path, typeof message], ["string", "string"]);
          // Zod's own words ("Invalid input: expected …") never reach a caller.
          assertEquals(/^(Invalid|Too |Unrecognized)/.test(message), false, message);
          assertEquals(message.length > 3, true, message);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("parseMessageRequest refuses objects that pose as text or lists", () => {
  const odd = { length: { toString: true } };
  const places = [
    { to: odd, text: "x" },
    { to: TO, text: odd },
    { to: TO, text: "x", name: odd },
    { to: TO, type: "template", template: { name: "x", params: { body: odd } } },
    { to: TO, type: "template", template: { name: "x", params: [odd] } },
  ];
  for (const body of places) assertEquals(issuesOf(body).length, 1);
});

Deno.test("parseMessageRequest reads nesting as deep as a body may have", () => {
  let deep: unknown = "x";
  for (let level = 0; level < 32; level++) deep = level % 2 === 0 ? [deep] : { params: deep };
  assertEquals(issuesOf({ to: TO, type: "template", template: deep }).length > 0, true);
});

const clean = (options: { minLength?: number; maxLength: number }) =>
  fc.string({ unit: "grapheme", ...options })
    .filter((text) => !text.includes("\0") && [...text].length <= options.maxLength);
const caption = { text: fc.option(clean({ maxLength: 60 })) };
const media_url = fc.webUrl({ withQueryParameters: true });
const value = fc.oneof(
  clean({ maxLength: 40 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
);
const dictionary = (key: fc.Arbitrary<string>) => fc.dictionary(key, value, { maxKeys: 4 });
const params = fc.oneof(
  fc.array(value, { maxLength: 5 }),
  fc.record({
    body: fc.oneof(
      fc.array(value, { maxLength: 5 }),
      dictionary(fc.stringMatching(/^[a-z_]{1,20}$/).filter((name) => name !== "__proto__")),
    ),
    headerText: value,
    buttonParams: dictionary(fc.stringMatching(/^[0-9]$/)),
  }, { requiredKeys: [] }),
  fc.record({
    headerMediaUrl: media_url,
    headerMediaType: fc.constantFrom("image", "video", "document"),
  }, { requiredKeys: ["headerMediaUrl"] }),
  fc.record({ headerMediaId: fc.stringMatching(/^[0-9]{1,20}$/) }),
);
const shared = {
  to: fc.constantFrom(TO, "14155550123", "+55 11 98765-4321", "+5215512345678", "US.1349"),
  name: fc.option(clean({ minLength: 1, maxLength: 60 })),
  filename: fc.option(clean({ minLength: 1, maxLength: 60 })),
  reply_to_message_id: fc.option(fc.uuid()),
};

/** Requests that follow the rules. */
const validRequest = fc.oneof(
  fc.record({
    ...shared,
    type: fc.constantFrom("text", null),
    text: clean({ minLength: 1, maxLength: 200 }).filter((text) => text.trim() !== ""),
  }),
  fc.record({
    ...shared,
    ...caption,
    type: fc.constantFrom("image", "video", "document", "audio"),
    media_url,
  }),
  fc.record({
    ...shared,
    type: fc.constant("template"),
    template: fc.record({
      name: fc.stringMatching(/^[a-z0-9_]{1,40}$/),
      language: fc.option(fc.constantFrom("en_US", "de", "pt_BR")),
      params: fc.option(params),
    }),
  }),
);

Deno.test("parseMessageRequest accepts every request that follows the rules, and Meta's request can be made of it", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(validRequest, (body) => {
      const request = parseMessageRequest({ ...body });
      seen.add(request.message.type);
      assertEquals(request.message.type, body.type ?? "text");
      assertEquals(request.text, ("text" in body ? body.text : null) ?? null);
      assertEquals(request.name, body.name ?? null);
      const payload = buildSendPayload({
        recipient: request.recipient,
        message: request.message,
        callbackData: "id",
      });
      assertEquals(hasNothing(payload), false);
      assertEquals(("to" in payload) !== ("recipient" in payload), true);
    }),
    { numRuns: 500 },
  );
  assertEquals([...seen].sort(), [...MESSAGE_TYPES].sort());
});

/** Whether null or undefined is anywhere in a value: Meta must get neither. */
function hasNothing(value: unknown): boolean {
  if (typeof value !== "object") return value === undefined;
  return value === null || Object.values(value).some(hasNothing);
}
