/**
 * The sandbox judges requests as Meta does and answers in Meta's shapes.
 * Template components have a file of their own.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { buildSendPayload, type OutboundMessage } from "@/lib/meta/payload.ts";
import { call, makeSandbox, textBody } from "@/tests/meta/sandbox_calls.ts";

function media(type: string, object: unknown): unknown {
  return textBody({ type, text: undefined, [type]: object });
}

Deno.test("sandbox answers a send in Meta's shape with a unique wamid", async () => {
  const { sandbox, records } = makeSandbox();
  const first = await call(sandbox, { body: textBody() });
  assertEquals(first.status, 200);
  const { id } = first.body.messages[0];
  assertMatch(id, /^wamid\.[A-Za-z0-9+/=]+$/);
  assert(id.length <= 128);
  assertEquals<unknown>(first.body, {
    messaging_product: "whatsapp",
    contacts: [{ input: "+14155550123", wa_id: "14155550123" }],
    messages: [{ id }],
  });
  const second = await call(sandbox, { body: textBody() });
  assert(second.body.messages[0].id !== id);
  assertEquals(records.length, 2);
  assertEquals(records[0]?.wamid, id);
  assertEquals(records[0]?.body, textBody());
  assertEquals(records[0]?.reachable, true);
  assertEquals(records[0]?.notes, []);
});

Deno.test("sandbox accepts every message that buildSendPayload makes", async () => {
  const { sandbox } = makeSandbox();
  const mediaUrl = "https://cdn.example.com/a.pdf";
  const messages: OutboundMessage[] = [
    { type: "text", text: "x" },
    { type: "image", mediaUrl, caption: "C" },
    { type: "video", mediaUrl },
    { type: "document", mediaUrl, caption: "C", filename: "a.pdf" },
    { type: "audio", mediaUrl },
    { type: "template", template: { name: "hello", language: "en_US" } },
    {
      type: "template",
      template: {
        name: "order_update",
        language: "de",
        params: {
          headerMediaUrl: mediaUrl,
          body: { first_name: "Ann" },
          buttonParams: { "0": "track/42", "1": "x" },
        },
      },
    },
  ];
  for (const message of messages) {
    for (const contextWamid of [undefined, "wamid.HBgL"]) {
      const body = buildSendPayload({
        recipient: { kind: "phone", phone: "+14155550123" },
        message,
        callbackData: "m1",
        ...(contextWamid === undefined ? {} : { contextWamid }),
      });
      const answer = await call(sandbox, { body });
      assertEquals(answer.status, 200, JSON.stringify(answer.body));
      assertEquals(
        answer.body.messages[0].message_status,
        message.type === "template" ? "accepted" : undefined,
      );
    }
  }
});

Deno.test("sandbox refuses what Meta refuses, with Meta's code", async () => {
  const { sandbox, records } = makeSandbox();
  const link = "https://cdn.example.com/a.jpg";
  const cases: [string, unknown, number][] = [
    ["no body", undefined, 100],
    ["no JSON", "{", 100],
    ["an array", "[]", 100],
    ["an unknown property", textBody({ preview: true }), 100],
    ["a misspelt property", textBody({ txt: { body: "x" } }), 100],
    ["a deep unknown one", textBody({ text: { body: "x", a: 1 } }), 100],
    ["an unknown one in context", textBody({ context: { id: "wamid.A" } }), 100],
    ["an object of another type", textBody({ image: { link } }), 100],
    ["null", textBody({ context: null }), 100],
    ["a deep null", textBody({ text: { body: null } }), 100],
    ["no product", textBody({ messaging_product: undefined }), 131008],
    ["a wrong product", textBody({ messaging_product: "sms" }), 100],
    ["a wrong recipient type", textBody({ recipient_type: "person" }), 100],
    ["an unknown type", textBody({ type: "poem" }), 100],
    ["no type object", textBody({ text: undefined }), 131008],
    ["no text body", textBody({ text: {} }), 131008],
    ["an empty text body", textBody({ text: { body: "" } }), 131008],
    ["a number as text", textBody({ text: { body: 5 } }), 100],
    ["a long text", textBody({ text: { body: "x".repeat(4097) } }), 100],
    [
      "a preview_url that is no boolean",
      textBody({ text: { body: "x", preview_url: "yes" } }),
      100,
    ],
    ["no recipient", textBody({ to: undefined }), 131008],
    ["an empty recipient", textBody({ to: "" }), 131008],
    ["letters as recipient", textBody({ to: "+1415CALLME" }), 131009],
    ["a short recipient", textBody({ to: "+12345" }), 131009],
    ["a long recipient", textBody({ to: "+1234567890123456" }), 131009],
    ["a recipient that is a number", textBody({ to: 14155550123 }), 100],
    [
      "a malformed BSUID",
      textBody({ to: undefined, recipient: "us.123" }),
      131009,
    ],
    [
      "a malformed context",
      textBody({ context: { message_id: "abc" } }),
      131009,
    ],
    ["an empty context", textBody({ context: {} }), 131008],
    [
      "long callback data",
      textBody({ biz_opaque_callback_data: "x".repeat(513) }),
      100,
    ],
    ["no link and no id", media("image", {}), 131008],
    ["link and id", media("image", { link, id: "1" }), 100],
    ["a link that is no URL", media("image", { link: "cat.jpg" }), 100],
    ["a link of another scheme", media("image", { link: "ftp://a/b" }), 100],
    ["a media id with letters", media("image", { id: "abc" }), 131009],
    [
      "a long caption",
      media("image", { link, caption: "x".repeat(1025) }),
      100,
    ],
    ["a caption on audio", media("audio", { link, caption: "x" }), 100],
    ["a filename on an image", media("image", { link, filename: "x" }), 100],
    ["a caption on a sticker", media("sticker", { id: "1", caption: "x" }), 100],
  ];
  for (const [name, body, code] of cases) {
    const answer = await call(sandbox, { body });
    assertEquals(answer.status, 400, name);
    assertEquals(answer.body.error?.code, code, `${name}: ${JSON.stringify(answer.body)}`);
    assert(answer.body.error?.message.startsWith(`(#${code}) `), name);
    assert((answer.body.error?.error_data.details.length ?? 0) > 10, name);
    assert((answer.body.error?.fbtrace_id.length ?? 0) > 5, name);
  }
  assertEquals(records.length, cases.length);
  assert(records.every(({ wamid }) => wamid === null));
  assertEquals(records.at(-1)?.refusedWithCode, 100);
});

Deno.test("sandbox names the property in its details", async () => {
  const { sandbox } = makeSandbox();
  const details = async (body: unknown): Promise<string | undefined> =>
    (await call(sandbox, { body })).body.error?.error_data.details;
  assertEquals(
    await details(textBody({ text: { body: "x", bodi: 1 } })),
    'Unexpected key "bodi" on param "text".',
  );
  assertEquals(
    await details(textBody({ text: { body: "x".repeat(5000) } })),
    "Param text['body'] must be at most 4096 characters long.",
  );
});

Deno.test("sandbox counts characters as code points at each limit", async () => {
  const { sandbox } = makeSandbox();
  const bodies = [
    textBody({ text: { body: "😀".repeat(4096) } }),
    textBody({ biz_opaque_callback_data: "😀".repeat(512) }),
    media("image", { id: "1", caption: "😀".repeat(1024) }),
  ];
  for (const body of bodies) {
    assertEquals((await call(sandbox, { body })).status, 200);
  }
});

Deno.test("sandbox checks token, then number, then body", async () => {
  const { sandbox, records } = makeSandbox();
  const none = await call(sandbox, { authorization: null, body: "{" });
  assertEquals([none.status, none.body.error?.code], [401, 104]);
  const wrong = await call(sandbox, { authorization: "Bearer x", body: "{" });
  assertEquals([wrong.status, wrong.body.error?.code], [401, 190]);
  const unknown = await call(sandbox, { path: "/999/messages", body: "{" });
  assertEquals(
    [unknown.status, unknown.body.error?.code, unknown.body.error?.error_subcode],
    [400, 100, 33],
  );
  assertEquals(records, []);
});

Deno.test("sandbox resolves recipients as Meta does, traps included", async () => {
  const { sandbox, records } = makeSandbox();
  const bsuid = "US.13491208655302741918";
  const cases: [Record<string, unknown>, unknown, unknown][] = [
    [{ to: "+1 (415) 555-0123" }, {
      input: "+1 (415) 555-0123",
      wa_id: "14155550123",
    }, []],
    [{ to: "+5531987654321" }, {
      input: "+5531987654321",
      wa_id: "553187654321",
    }, []],
    [{ to: "+5511987654321" }, {
      input: "+5511987654321",
      wa_id: "5511987654321",
    }, []],
    [{ to: "+525512345678" }, {
      input: "+525512345678",
      wa_id: "5215512345678",
    }, []],
    [{ to: "+5215512345678" }, {
      input: "+5215512345678",
      wa_id: "5215512345678",
    }, []],
    [{ to: undefined, recipient: bsuid }, { input: bsuid, user_id: bsuid }, []],
    [{ to: "4155550123" }, { input: "4155550123", wa_id: "14155550123" }, [
      "missing_plus",
    ]],
    [{ recipient: bsuid }, { input: "+14155550123", wa_id: "14155550123" }, [
      "recipient_ignored",
    ]],
    [{ to: bsuid }, { input: bsuid, wa_id: "13491208655302741918" }, [
      "bsuid_in_to",
    ]],
  ];
  for (const [changes, contact, notes] of cases) {
    const answer = await call(sandbox, { body: textBody(changes) });
    assertEquals(answer.status, 200, JSON.stringify(answer.body));
    assertEquals(answer.body.contacts, [contact]);
    assertEquals(records.at(-1)?.notes, notes);
    assertEquals(records.at(-1)?.reachable, changes.to !== bsuid);
  }
});

Deno.test("sandbox takes a mark-as-read and refuses a malformed one", async () => {
  const { sandbox } = makeSandbox();
  const read = {
    messaging_product: "whatsapp",
    status: "read",
    message_id: "wamid.A",
  };
  const good = await call(sandbox, {
    body: { ...read, typing_indicator: { type: "text" } },
  });
  assertEquals<unknown>(good.body, { success: true });
  const bad = await call(sandbox, { body: { ...read, status: "seen" } });
  assertEquals(bad.body.error?.code, 100);
});
