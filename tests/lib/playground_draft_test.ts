/** From the playground's form to the body of a send, and from an issue of the API back to the field. */
import { assertEquals } from "@std/assert";
import {
  draftToBody,
  draftToFields,
  type PlaygroundDraft,
  readDraft,
} from "@/lib/playground/draft.ts";
import { formatText } from "@/lib/playground/formatted_text.ts";
import { issueField, issuesByField } from "@/lib/playground/issue_fields.ts";

function draftOf(fields: [string, string][]): PlaygroundDraft {
  const params = new URLSearchParams(fields);
  return readDraft((name) => params.getAll(name));
}

const BODIES: { fields: [string, string][]; body: Record<string, unknown> }[] = [
  { fields: [], body: {} },
  {
    fields: [["to", "+14155550123"], ["text", "one\r\ntwo"], ["media_url", "https://a.example/b"]],
    body: { to: "+14155550123", text: "one\ntwo" },
  },
  {
    fields: [["type", "nonsense"], ["text", " "], ["contact_name", "Ann"]],
    body: { text: " ", name: "Ann" },
  },
  {
    fields: [
      ["type", "document"],
      ["media_url", "https://a.example/b.pdf"],
      ["filename", "b.pdf"],
      ["text", "caption"],
      ["reply_to_message_id", "m1"],
    ],
    body: {
      type: "document",
      text: "caption",
      media_url: "https://a.example/b.pdf",
      filename: "b.pdf",
      reply_to_message_id: "m1",
    },
  },
  {
    fields: [["type", "image"], ["filename", "x"], ["template_name", "t"]],
    body: { type: "image" },
  },
  { fields: [["type", "template"]], body: { type: "template", template: { language: "en_US" } } },
  {
    fields: [["type", "template"], ["template_name", "t"], ["template_language", ""]],
    body: { type: "template", template: { name: "t" } },
  },
  {
    fields: [
      ["type", "template"],
      ["text", "not of a template"],
      ["template_name", "t"],
      ["body_name", ""],
      ["body_value", "Ann"],
      ["body_name", ""],
      ["body_value", ""],
      ["body_name", ""],
      ["body_value", "1042"],
      ["body_name", ""],
      ["body_value", ""],
    ],
    body: {
      type: "template",
      template: { name: "t", language: "en_US", params: ["Ann", "", "1042"] },
    },
  },
  {
    fields: [
      ["type", "template"],
      ["template_name", "t"],
      ["template_language", "de"],
      ["body_name", "first"],
      ["body_value", "Ann"],
      ["body_name", "__proto__"],
      ["body_value", "x"],
      ["header_media_url", "https://a.example/b.png"],
      ["header_media_type", "image"],
      ["button_value", ""],
      ["button_value", "track"],
    ],
    body: {
      type: "template",
      template: {
        name: "t",
        language: "de",
        params: {
          body: JSON.parse('{"first":"Ann","__proto__":"x"}'),
          headerMediaUrl: "https://a.example/b.png",
          headerMediaType: "image",
          buttonParams: { "1": "track" },
        },
      },
    },
  },
];

Deno.test("draftToBody takes what the type has and leaves out what is empty", () => {
  for (const { fields, body } of BODIES) {
    assertEquals(JSON.stringify(draftToBody(draftOf(fields))), JSON.stringify(body));
  }
});

Deno.test("A draft that went into a link comes out the same", () => {
  for (const { fields } of BODIES) {
    const draft = draftOf(fields);
    assertEquals(draftOf(draftToFields(draft)), draft);
  }
});

Deno.test("issueField finds the field of every path that the API names", () => {
  const names = ["first", "", "last"];
  for (
    const [path, field] of [
      ["to", "to"],
      ["name", "contact_name"],
      ["Idempotency-Key", "idempotency_key"],
      ["template.name", "template_name"],
      ["template.params.headerMediaId", "header_media_id"],
      ["template.params[1]", "body_value_1"],
      ["template.params.body[12]", "body_value_12"],
      ["template.params.body.last", "body_value_2"],
      ["template.params.body.", "body_value_1"],
      ["template.params.body.other", ""],
      ["template.params.buttonParams.3", "button_value_3"],
      ["template", ""],
      ["constructor", ""],
      ["", ""],
    ] as const
  ) {
    assertEquals(issueField(path, names), field, path);
  }
});

Deno.test("issuesByField keeps the first issue of a field and every one that has none", () => {
  const issues = [
    { path: "to", message: "a" },
    { path: "to", message: "b" },
    { path: "template", message: "c" },
    { path: "", message: "d" },
  ];
  assertEquals(issuesByField(issues, []), { to: "a", "": "template: c; d" });
});

Deno.test("formatText reads WhatsApp's marks where WhatsApp does", () => {
  const shown = (text: string) =>
    formatText(text).map(({ text, styles }) => [text, ...styles].join("|"));
  assertEquals(shown("Hi *Ann*, _your ~old~ order_"), [
    "Hi ",
    "Ann|bold",
    ", ",
    "your |italic",
    "old|italic|struck",
    " order|italic",
  ]);
  assertEquals(shown("2*3*4 snake_case_name * a *"), ["2*3*4 snake_case_name * a *"]);
  assertEquals(shown("`*x*` ```a\nb```"), ["*x*|code", " ", "a\nb|code"]);
  assertEquals(shown("*two\nlines*"), ["*two\nlines*"]);
  assertEquals(shown(""), []);
  assertEquals(formatText("*".repeat(4096)).map(({ text }) => text).join("").length > 0, true);
});
