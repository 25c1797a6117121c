/**
 * Template components against the sandbox: what passes, and the code for each
 * mistake that needs no knowledge of the stored template.
 */
import { assertEquals } from "@std/assert";
import { call, makeSandbox, textBody } from "@/tests/meta/sandbox_calls.ts";

function body(template: Record<string, unknown>): unknown {
  return textBody({
    type: "template",
    text: undefined,
    template: { name: "order_update", language: { code: "en_US" }, ...template },
  });
}

function withComponents(...components: unknown[]): unknown {
  return body({ components });
}

function withBody(...parameters: unknown[]): unknown {
  return withComponents({ type: "body", parameters });
}

function withButton(changes: Record<string, unknown>): unknown {
  return withComponents({
    type: "button",
    sub_type: "url",
    index: "0",
    parameters: [{ type: "text", text: "x" }],
    ...changes,
  });
}

const TEXT = { type: "text", text: "Ann" };
const LINK = { link: "https://cdn.example.com/a.pdf" };

Deno.test("sandbox accepts the documented forms of template components", async () => {
  const { sandbox } = makeSandbox();
  const header = (parameter: unknown) => ({
    type: "header",
    parameters: [parameter],
  });
  const valid = [
    body({}),
    body({ components: [] }),
    body({ language: { code: "en", policy: "deterministic" } }),
    withBody(TEXT, TEXT),
    withBody({ ...TEXT, parameter_name: "first_name" }),
    withBody({ type: "currency", currency: { fallback_value: "$1" } }),
    withBody({ type: "date_time", date_time: { fallback_value: "Today" } }),
    withBody({ type: "text", text: "x".repeat(32768) }),
    withComponents(header(TEXT), { type: "body", parameters: [TEXT] }),
    withComponents(header({ type: "image", image: LINK })),
    withComponents(header({ type: "video", video: { id: "12" } })),
    withComponents(
      header({ type: "document", document: { ...LINK, filename: "a.pdf" } }),
    ),
    withButton({}),
    withButton({ index: 3 }),
    withButton({
      sub_type: "quick_reply",
      parameters: [{ type: "payload", payload: "STOP" }],
    }),
    withButton({
      sub_type: "copy_code",
      parameters: [{ type: "coupon_code", coupon_code: "SAVE20" }],
    }),
  ];
  for (const message of valid) {
    const answer = await call(sandbox, { body: message });
    assertEquals(answer.status, 200, JSON.stringify([message, answer.body]));
    assertEquals(answer.body.messages[0].message_status, "accepted");
  }
});

Deno.test("sandbox refuses malformed templates with Meta's code", async () => {
  const { sandbox } = makeSandbox();
  const header = (...parameters: unknown[]) => withComponents({ type: "header", parameters });
  const cases: [string, unknown, number][] = [
    ["no name", body({ name: undefined }), 131008],
    ["a name in capitals", body({ name: "Order" }), 132001],
    ["no language", body({ language: undefined }), 131008],
    ["a language as text", body({ language: "en_US" }), 100],
    ["an odd language code", body({ language: { code: "english" } }), 131009],
    ["an unknown property", body({ params: [] }), 100],
    ["components as object", body({ components: {} }), 100],
    ["null components", body({ components: null }), 100],
    ["an unknown component", withComponents({ type: "tail" }), 100],
    ["a component in capitals", withComponents({ type: "BODY" }), 100],
    ["no parameters", withComponents({ type: "body" }), 131008],
    ["an empty list", withBody(), 132000],
    [
      "two bodies",
      withComponents(
        { type: "body", parameters: [TEXT] },
        { type: "body", parameters: [TEXT] },
      ),
      132012,
    ],
    ["an unknown parameter type", withBody({ type: "sound" }), 132012],
    ["an image in the body", withBody({ type: "image", image: LINK }), 132012],
    ["a string as parameter", withBody("Ann"), 100],
    ["an empty text", withBody({ type: "text", text: "" }), 131008],
    ["a number as text", withBody({ type: "text", text: 5 }), 100],
    ["a line break", withBody({ type: "text", text: "a\nb" }), 132018],
    ["a tab", withBody({ type: "text", text: "a\tb" }), 132018],
    ["five spaces", withBody({ type: "text", text: "a     b" }), 132018],
    [
      "names on some only",
      withBody(TEXT, { ...TEXT, parameter_name: "a" }),
      132012,
    ],
    [
      "a long text beside a header",
      withComponents(
        { type: "header", parameters: [TEXT] },
        {
          type: "body",
          parameters: [{ type: "text", text: "x".repeat(1025) }],
        },
      ),
      132005,
    ],
    ["a long header", header({ type: "text", text: "x".repeat(61) }), 132005],
    ["two header parameters", header(TEXT, TEXT), 132000],
    ["header media without file", header({ type: "image", image: {} }), 131008],
    [
      "header media with caption",
      header({ type: "image", image: { ...LINK, caption: "x" } }),
      100,
    ],
    ["header media of two kinds", header({ type: "image", video: LINK }), 100],
    ["a button without index", withButton({ index: undefined }), 131008],
    ["a button index of 10", withButton({ index: "10" }), 131009],
    ["a button without kind", withButton({ sub_type: undefined }), 131008],
    ["an unknown kind of button", withButton({ sub_type: "phone" }), 100],
    ["a button with two values", withButton({ parameters: [TEXT, TEXT] }), 132000],
    [
      "a quick reply with text",
      withButton({ sub_type: "quick_reply" }),
      100,
    ],
    [
      "a long coupon",
      withButton({
        sub_type: "copy_code",
        parameters: [{ type: "coupon_code", coupon_code: "x".repeat(16) }],
      }),
      100,
    ],
  ];
  for (const [name, message, code] of cases) {
    const answer = await call(sandbox, { body: message });
    assertEquals(
      answer.body.error?.code,
      code,
      `${name}: ${JSON.stringify(answer.body)}`,
    );
  }
});
