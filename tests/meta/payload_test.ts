/**
 * The exact JSON that goes to Meta, key by key and in order, for every type of
 * message. Whether Meta would accept it is sandbox_test.ts's question.
 */
import { assertEquals, assertThrows } from "@std/assert";
import {
  buildSendPayload,
  type OutboundMessage,
  type Recipient,
  type TemplateMessage,
} from "@/lib/meta/payload.ts";

const PHONE: Recipient = { kind: "phone", phone: "+14155550123" };

function json(message: OutboundMessage, recipient = PHONE): string {
  return JSON.stringify(
    buildSendPayload({ recipient, message, callbackData: "m1" }),
  );
}

function components(params: TemplateMessage["params"]): unknown {
  const template = {
    name: "order_update",
    language: "en_US",
    ...(params === undefined ? {} : { params }),
  };
  return buildSendPayload({
    recipient: PHONE,
    message: { type: "template", template },
    callbackData: "m1",
  }).template?.components;
}

const ENVELOPE =
  '{"messaging_product":"whatsapp","recipient_type":"individual","to":"+14155550123",';

Deno.test("buildSendPayload writes each type as exactly the JSON Meta documents", () => {
  const url = "https://cdn.example.com/a";
  const cases: [OutboundMessage, string][] = [
    [{ type: "text", text: "Hi\n😀" }, '"text":{"body":"Hi\\n😀"}'],
    [
      { type: "image", mediaUrl: url },
      `"image":{"link":"${url}"}`,
    ],
    [
      { type: "video", mediaUrl: url, caption: "C" },
      `"video":{"link":"${url}","caption":"C"}`,
    ],
    [
      { type: "document", mediaUrl: url, caption: "C", filename: "a.pdf" },
      `"document":{"link":"${url}","caption":"C","filename":"a.pdf"}`,
    ],
    [
      { type: "document", mediaUrl: url },
      `"document":{"link":"${url}"}`,
    ],
    [{ type: "audio", mediaUrl: url }, `"audio":{"link":"${url}"}`],
    [
      {
        type: "template",
        template: { name: "hello", language: "en_US", params: ["Ann", "42"] },
      },
      '"template":{"name":"hello","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"Ann"},{"type":"text","text":"42"}]}]}',
    ],
  ];
  for (const [message, object] of cases) {
    assertEquals(
      json(message),
      `${ENVELOPE}"type":"${message.type}","biz_opaque_callback_data":"m1",${object}}`,
    );
  }
});

Deno.test("buildSendPayload leaves out an empty caption and filename", () => {
  assertEquals(
    json({
      type: "document",
      mediaUrl: "https://a.example/x",
      caption: "",
      filename: "",
    }).endsWith('"document":{"link":"https://a.example/x"}}'),
    true,
  );
});

Deno.test("buildSendPayload puts a BSUID in recipient and never in to", () => {
  assertEquals(
    json({ type: "text", text: "x" }, {
      kind: "bsuid",
      bsuid: "US.13491208655302741918",
    }),
    '{"messaging_product":"whatsapp","recipient_type":"individual","recipient":"US.13491208655302741918","type":"text","biz_opaque_callback_data":"m1","text":{"body":"x"}}',
  );
});

Deno.test("buildSendPayload adds context only for replies", () => {
  const payload = buildSendPayload({
    recipient: PHONE,
    message: { type: "text", text: "x" },
    callbackData: "m1",
    contextWamid: "wamid.A",
  });
  assertEquals(payload.context, { message_id: "wamid.A" });
  assertEquals(json({ type: "text", text: "x" }).includes("context"), false);
});

Deno.test("buildSendPayload leaves out components of a template without values", () => {
  for (const params of [undefined, [], {}, { body: [] }, { body: {} }]) {
    assertEquals(components(params), undefined);
  }
});

Deno.test("buildSendPayload names the parameters of a named body", () => {
  assertEquals(components({ body: { first_name: "Ann", order: "42" } }), [{
    type: "body",
    parameters: [
      { type: "text", parameter_name: "first_name", text: "Ann" },
      { type: "text", parameter_name: "order", text: "42" },
    ],
  }]);
});

Deno.test("buildSendPayload orders header, body and buttons by index", () => {
  assertEquals(
    components({
      buttonParams: { "9": "z", "1": "track/42" },
      body: ["Ann"],
      headerText: "Acme",
    }),
    [
      { type: "header", parameters: [{ type: "text", text: "Acme" }] },
      { type: "body", parameters: [{ type: "text", text: "Ann" }] },
      {
        type: "button",
        sub_type: "url",
        index: "1",
        parameters: [{ type: "text", text: "track/42" }],
      },
      {
        type: "button",
        sub_type: "url",
        index: "9",
        parameters: [{ type: "text", text: "z" }],
      },
    ],
  );
});

Deno.test("buildSendPayload reads a header's media kind off the URL's path", () => {
  const cases: [string, string][] = [
    ["https://a.example/a.mp4", "video"],
    ["https://a.example/a.3GP?x=1", "video"],
    ["https://a.example/a.PDF#page", "document"],
    ["https://a.example/a.docx", "document"],
    ["https://a.example/a.xls", "document"],
    ["https://a.example/a.pptx", "document"],
    ["https://a.example/a.jpg", "image"],
    ["https://a.example/a.jpg?file=b.pdf", "image"],
    ["https://a.pdf/", "image"],
    ["https://a.example/pdf", "image"],
  ];
  for (const [link, kind] of cases) {
    assertEquals(components({ headerMediaUrl: link }), [{
      type: "header",
      parameters: [{ type: kind, [kind]: { link } }],
    }]);
  }
});

Deno.test("buildSendPayload lets headerMediaType and headerMediaId decide", () => {
  assertEquals(
    components({
      headerMediaUrl: "https://a.example/a.jpg",
      headerMediaType: "document",
    }),
    [{
      type: "header",
      parameters: [{
        type: "document",
        document: { link: "https://a.example/a.jpg" },
      }],
    }],
  );
  assertEquals(
    components({ headerMediaId: "123", headerMediaType: "video" }),
    [{
      type: "header",
      parameters: [{ type: "video", video: { id: "123" } }],
    }],
  );
});

Deno.test("buildSendPayload refuses a header with both text and file", () => {
  assertThrows(
    () => components({ headerText: "A", headerMediaId: "1" }),
    TypeError,
    "either a text or a file",
  );
});
