/**
 * Templates: every form that a caller may give the values in, and exactly the `template` object that Meta received for
 * it. Without a stored template a button is taken for a URL button and header media is judged by the URL's ending.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { lastReceived, send } from "@/tests/helpers/message_calls.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

const TO = "+14155550123";

const textValue = (text: string): unknown => ({ type: "text", text });
const namedValue = (parameter_name: string, text: string): unknown => ({
  type: "text",
  parameter_name,
  text,
});
const body = (...parameters: unknown[]): unknown => ({ type: "body", parameters });
const header = (...parameters: unknown[]): unknown => ({ type: "header", parameters });
const button = (index: string, text: string): unknown => ({
  type: "button",
  sub_type: "url",
  index,
  parameters: [textValue(text)],
});

/** A name, the caller's params (undefined: none) and the components that Meta gets. */
const FORMS: [string, unknown, unknown[] | undefined][] = [
  ["no params", undefined, undefined],
  ["null params", null, undefined],
  ["an empty array", [], undefined],
  ["an empty object", {}, undefined],
  ["an object of nulls", { body: null, headerText: null, buttonParams: null }, undefined],
  ["empty parts", { body: [], buttonParams: {} }, undefined],
  ["an array of strings", ["Ann", "x  y"], [body(textValue("Ann"), textValue("x  y"))]],
  [
    "an array of numbers and booleans, sent as strings",
    [42, 0, -1.5, 1e21, true, false],
    [body(...["42", "0", "-1.5", "1e+21", "true", "false"].map(textValue))],
  ],
  ["a positional body", { body: ["Ann", 7] }, [body(textValue("Ann"), textValue("7"))]],
  [
    "a named body, in the caller's order",
    { body: { order: 7, first_name: "Ann", paid: true } },
    [body(namedValue("order", "7"), namedValue("first_name", "Ann"), namedValue("paid", "true"))],
  ],
  [
    "a named body with names of the language's own",
    { body: { constructor: "a", "0": "c" } },
    [body(namedValue("0", "c"), namedValue("constructor", "a"))],
  ],
  ["null in a named body, which is no value", { body: { a: "1", b: null } }, [
    body(namedValue("a", "1")),
  ]],
  ["a header text", { headerText: "Acme" }, [header(textValue("Acme"))]],
  ["a number as header text", { headerText: 2026 }, [header(textValue("2026"))]],
  [
    "header media by id, an image if nothing else is said",
    { headerMediaId: "1234567890" },
    [header({ type: "image", image: { id: "1234567890" } })],
  ],
  [
    "header media by id and type",
    { headerMediaId: "1234567890", headerMediaType: "document" },
    [header({ type: "document", document: { id: "1234567890" } })],
  ],
  [
    "buttons, by rising index",
    { buttonParams: { "9": "z", "0": "track/42", "1": 7 } },
    [button("0", "track/42"), button("1", "7"), button("9", "z")],
  ],
  [
    "everything at once",
    { buttonParams: { "1": "b" }, body: ["Ann"], headerMediaUrl: "https://a.example/x.pdf" },
    [
      header({ type: "document", document: { link: "https://a.example/x.pdf" } }),
      body(textValue("Ann")),
      button("1", "b"),
    ],
  ],
];

/** A header media URL, a type that is said, and the kind that Meta gets. */
const HEADER_MEDIA: [string, string | null, string][] = [
  ["https://a.example/x.jpg", null, "image"],
  ["https://a.example/x", null, "image"],
  ["https://a.example/x.mp4", null, "video"],
  ["https://a.example/x.3gp", null, "video"],
  ["https://a.example/X.MP4?token=1#t", null, "video"],
  ["https://a.example/x.pdf", null, "document"],
  ["https://a.example/x.doc", null, "document"],
  ["https://a.example/x.docx", null, "document"],
  ["https://a.example/x.xls", null, "document"],
  ["https://a.example/x.xlsx", null, "document"],
  ["https://a.example/x.ppt", null, "document"],
  ["https://a.example/x.pptx", null, "document"],
  ["https://a.example/x?file=y.pdf", null, "image"],
  ["https://a.example/x.pdf", "image", "image"],
  ["https://a.example/x.jpg", "video", "video"],
  ["https://a.example/x.mp4", "document", "document"],
];

describe("POST /api/v1/messages with a template", () => {
  let harness: Harness;
  let account: SeededAccount;
  beforeAll(async () => {
    harness = await startHarness();
    account = await harness.makeAccount();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function sendTemplate(template: Record<string, unknown>): Promise<unknown> {
    const answer = await send(harness, account, { body: { to: TO, type: "template", template } });
    assertEquals(answer.status, 201, answer.text);
    assertEquals(Object.keys(answer.json), ["data"]);
    const received = lastReceived(harness, account);
    assertEquals(received.body, {
      messaging_product: "whatsapp",
      recipient_type: "individual",
      to: TO,
      type: "template",
      biz_opaque_callback_data: answer.json.data.message_id,
      template: received.body?.template,
    });
    assertEquals(received.wamid, answer.json.data.whatsapp_message_id);
    return received.body?.template;
  }

  for (const [name, params, components] of FORMS) {
    it(`201 sends ${name}`, async () => {
      assertEquals(
        await sendTemplate({
          name: "order_update",
          language: "de",
          ...(params === undefined ? {} : { params }),
        }),
        {
          name: "order_update",
          language: { code: "de" },
          ...(components === undefined ? {} : { components }),
        },
      );
    });
  }

  it("201 takes en_US for a language that is left out or null", async () => {
    const expected = { name: "hello_world", language: { code: "en_US" } };
    assertEquals(await sendTemplate({ name: "hello_world" }), expected);
    assertEquals(await sendTemplate({ name: "hello_world", language: null }), expected);
  });

  it("201 takes the kind of header media from headerMediaType, else from the URL's ending", async () => {
    for (const [link, said, kind] of HEADER_MEDIA) {
      const params = { headerMediaUrl: link, ...(said === null ? {} : { headerMediaType: said }) };
      assertEquals(
        await sendTemplate({ name: "hello_world", params }),
        {
          name: "hello_world",
          language: { code: "en_US" },
          components: [header({ type: kind, [kind]: { link } })],
        },
        link,
      );
    }
  });

  it("201 stores the template with its values, shows it, and names it in the conversation", async () => {
    const other = await harness.makeAccount();
    const template = { name: "order_update", params: { body: { order: 7 }, headerText: "Acme" } };
    const answer = await send(harness, other, {
      body: { to: TO, type: "template", template, filename: "x.pdf" },
    });
    assertEquals(answer.status, 201, answer.text);
    const [row] = await harness.query<Record<string, unknown>>(
      `select m.type, m.body, m.media_url, m.filename, m.template, c.last_message_text
       from messages m join conversations c on c.account_id = m.account_id and c.id = m.conversation_id
       where m.account_id = $1`,
      [other.id],
    );
    assertEquals({ ...row }, {
      type: "template",
      body: null,
      media_url: null,
      filename: null,
      template: {
        name: "order_update",
        language: "en_US",
        params: { body: { order: "7" }, headerText: "Acme" },
      },
      last_message_text: "[template order_update]",
    });
  });
});
