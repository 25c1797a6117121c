/** Every kind of inbound message in Meta's shape, and what becomes of it; see also tests/api/inbound_message_test.ts. */
import { describe, it } from "@std/testing/bdd";
import { assertEquals, assertThrows } from "@std/assert";
import { parseWebhookMessage } from "@/lib/meta/webhook_message.ts";

type Json = Record<string, unknown>;

const BSUID = "US.13491208655302741918";
const COMMON = {
  from: "14155550100",
  from_user_id: BSUID,
  id: "wamid.IN",
  timestamp: "1763800000",
};
const CONTEXT = { from: "15550100000", id: "wamid.OUT" };
const MEDIA = {
  id: "1003",
  mime_type: "image/jpeg",
  sha256: "b64=",
  url: "https://lookaside.fbsbx.com/x",
};

function parse(message: Json, contacts: unknown = []) {
  return parseWebhookMessage({
    metadata: { display_phone_number: "15550100000", phone_number_id: "1060" },
    contacts,
    message: { ...COMMON, ...message },
  });
}

interface Case {
  message: Json;
  text: string | null;
  media?: Json;
  object?: Json;
  target?: string;
}

const media = (over: Json = {}): Json => ({
  id: "1003",
  mime_type: "image/jpeg",
  filename: null,
  voice: null,
  ...over,
});

const KINDS: Record<string, Case> = {
  "a text": { message: { type: "text", text: { body: "Hello" } }, text: "Hello" },
  "a text without a body": { message: { type: "text", text: {} }, text: "" },
  "a text that answers another": {
    message: { type: "text", text: { body: "Yes" }, context: CONTEXT },
    text: "Yes",
    target: "wamid.OUT",
  },
  "a forwarded text": {
    message: { type: "text", text: { body: "Look" }, context: { forwarded: true } },
    text: "Look",
  },
  "a text that was forwarded often": {
    message: { type: "text", text: { body: "Look" }, context: { frequently_forwarded: true } },
    text: "Look",
  },
  "a question about a product": {
    message: {
      type: "text",
      text: { body: "Is it blue?" },
      context: { ...CONTEXT, referred_product: { catalog_id: "1", product_retailer_id: "2" } },
    },
    text: "Is it blue?",
    target: "wamid.OUT",
  },
  "a text after a click on an advertisement": {
    message: {
      type: "text",
      text: { body: "Hi" },
      referral: { source_url: "https://fb.me/x", source_id: "1", source_type: "ad" },
    },
    text: "Hi",
  },
  "an image without a caption": {
    message: { type: "image", image: MEDIA },
    text: null,
    media: media(),
  },
  "an image with a caption": {
    message: { type: "image", image: { ...MEDIA, caption: "Us" } },
    text: "Us",
    media: media(),
  },
  "a video": {
    message: { type: "video", video: { ...MEDIA, mime_type: "video/mp4" } },
    text: null,
    media: media({ mime_type: "video/mp4" }),
  },
  "a document": {
    message: {
      type: "document",
      document: { ...MEDIA, mime_type: "application/pdf", filename: "a.pdf", caption: "The bill" },
    },
    text: "The bill",
    media: media({ mime_type: "application/pdf", filename: "a.pdf" }),
  },
  "a voice note": {
    message: {
      type: "audio",
      audio: { ...MEDIA, mime_type: "audio/ogg; codecs=opus", voice: true },
    },
    text: null,
    media: media({ mime_type: "audio/ogg; codecs=opus", voice: true }),
  },
  "an audio file": {
    message: { type: "audio", audio: { ...MEDIA, mime_type: "audio/mpeg" } },
    text: null,
    media: media({ mime_type: "audio/mpeg", voice: false }),
  },
  "a sticker": {
    message: { type: "sticker", sticker: { ...MEDIA, mime_type: "image/webp", animated: false } },
    text: null,
    media: media({ mime_type: "image/webp" }),
  },
  "a file without an id": {
    message: { type: "image", image: { caption: "Us" }, errors: [{ code: 131052 }] },
    text: null,
    object: { caption: "Us", errors: [{ code: 131052 }] },
  },
  "a location with a name": {
    message: {
      type: "location",
      location: { latitude: 37.44, longitude: -122.16, name: "Pier 1" },
    },
    text: "Pier 1",
    object: { latitude: 37.44, longitude: -122.16, name: "Pier 1" },
  },
  "a bare location": {
    message: { type: "location", location: { latitude: 37.44, longitude: -122.16 } },
    text: null,
    object: { latitude: 37.44, longitude: -122.16 },
  },
  "contacts": {
    message: { type: "contacts", contacts: [{ phones: [{ phone: "+1 983-555-0100" }] }] },
    text: null,
    object: { contacts: [{ phones: [{ phone: "+1 983-555-0100" }] }] },
  },
  "a reaction": {
    message: { type: "reaction", reaction: { message_id: "wamid.Y", emoji: "👍" } },
    text: "👍",
    target: "wamid.Y",
  },
  "a reaction removed by an empty emoji": {
    message: { type: "reaction", reaction: { message_id: "wamid.Y", emoji: "" } },
    text: null,
    target: "wamid.Y",
  },
  "a reaction removed by leaving the emoji out": {
    message: { type: "reaction", reaction: { message_id: "wamid.Y" } },
    text: null,
    target: "wamid.Y",
  },
  "a template's button": {
    message: { type: "button", context: CONTEXT, button: { payload: "STOP_42", text: "Stop" } },
    text: "Stop",
    object: { payload: "STOP_42", text: "Stop" },
    target: "wamid.OUT",
  },
  "a template's button without context": {
    message: { type: "button", button: { payload: "STOP_42", text: "Stop" } },
    text: "Stop",
    object: { payload: "STOP_42", text: "Stop" },
  },
  "the reply of a button": {
    message: {
      type: "interactive",
      context: CONTEXT,
      interactive: { type: "button_reply", button_reply: { id: "yes_1", title: "Yes" } },
    },
    text: "Yes",
    object: { type: "button_reply", button_reply: { id: "yes_1", title: "Yes" } },
    target: "wamid.OUT",
  },
  "the reply of a list": {
    message: {
      type: "interactive",
      interactive: { type: "list_reply", list_reply: { id: "r1", title: "Row 1" } },
    },
    text: "Row 1",
    object: { type: "list_reply", list_reply: { id: "r1", title: "Row 1" } },
  },
  "the reply of a flow": {
    message: {
      type: "interactive",
      interactive: {
        type: "nfm_reply",
        nfm_reply: { name: "flow", body: "Sent", response_json: "{}" },
      },
    },
    text: "Sent",
    object: { type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: "{}" } },
  },
  "an order": {
    message: {
      type: "order",
      order: { catalog_id: "1", text: "Two please", product_items: [{ quantity: 2 }] },
    },
    text: "Two please",
    object: { catalog_id: "1", text: "Two please", product_items: [{ quantity: 2 }] },
  },
  "an unsupported message with its object": {
    message: {
      type: "unsupported",
      errors: [{ code: 131051 }],
      unsupported: { type: "poll_creation" },
    },
    text: null,
    object: { type: "poll_creation", errors: [{ code: 131051 }] },
  },
  "an unsupported message without its object": {
    message: { type: "unsupported", errors: [{ code: 131051 }] },
    text: null,
    object: { errors: [{ code: 131051 }] },
  },
  "a kind that is not known yet": {
    message: { type: "hologram", hologram: { depth: 3 } },
    text: null,
    object: { depth: 3 },
  },
  "a kind that is not known yet, without an object": {
    message: { type: "hologram", hologram: 3 },
    text: null,
    object: {},
  },
};

describe("parseWebhookMessage()", () => {
  for (
    const [name, { message, text, media = null, object = null, target = null }] of Object.entries(
      KINDS,
    )
  ) {
    it(`understands ${name}`, () => {
      const parsed = parse(message);
      assertEquals(parsed.type, message.type);
      assertEquals(parsed.content, { text, media, object } as typeof parsed.content);
      assertEquals(parsed.targetWamid, target);
      assertEquals(parsed.effect, { kind: "message" });
      assertEquals(parsed.at, new Date("2025-11-22T08:26:40Z"));
      assertEquals(parsed.businessNumber, "+15550100000");
    });
  }

  it("takes a changed number as new identities", () => {
    const system = { type: "user_changed_number", body: "A changed", wa_id: "14155550199" };
    const { effect, content } = parse({ type: "system", system });
    assertEquals(effect, { kind: "new_identities", waId: "14155550199", bsuid: null });
    assertEquals(content, { text: "A changed", media: null, object: system });
  });

  it("takes a changed user id as new identities", () => {
    const system = { type: "user_changed_user_id", body: "A changed", user_id: "US.2" };
    assertEquals(parse({ type: "system", system }).effect, {
      kind: "new_identities",
      waId: null,
      bsuid: "US.2",
    });
  });

  it("takes no other system message as new identities", () => {
    const system = {
      type: "customer_identity_changed",
      body: "New phone",
      wa_id: "14155550199",
      user_id: "US.2",
    };
    assertEquals(parse({ type: "system", system }).effect, { kind: "message" });
    assertEquals(parse({ type: "system", system: { type: "user_changed_number" } }).effect, {
      kind: "message",
    });
  });

  it("takes an edit as the new content of another message", () => {
    const parsed = parse({
      type: "edit",
      edit: {
        original_message_id: "wamid.O",
        message: { type: "image", image: { ...MEDIA, caption: "Better" } },
      },
    });
    assertEquals(parsed.effect, { kind: "edit" });
    assertEquals(parsed.targetWamid, "wamid.O");
    assertEquals(parsed.content, {
      text: "Better",
      media: { id: "1003", mime_type: "image/jpeg", filename: null, voice: null },
      object: null,
    });
  });

  it("takes a revocation as one of another message", () => {
    const parsed = parse({ type: "revoke", revoke: { original_message_id: "wamid.O" } });
    assertEquals([parsed.effect, parsed.targetWamid], [{ kind: "revoke" }, "wamid.O"]);
  });

  it("takes the person from the message and from the contact", () => {
    const contact = { profile: { name: "Ann", username: "ann.lee" }, wa_id: "1", user_id: "x" };
    assertEquals(parse({ type: "text", text: { body: "x" } }, [contact]).person, {
      waId: "14155550100",
      bsuid: BSUID,
      username: "ann.lee",
      profileName: "Ann",
    });
    const anonymous = {
      from: undefined,
      from_user_id: undefined,
      type: "text",
      text: { body: "x" },
    };
    assertEquals(parse(anonymous, [{ wa_id: "14155550100", user_id: BSUID }]).person, {
      waId: "14155550100",
      bsuid: BSUID,
      username: null,
      profileName: null,
    });
  });

  it("leaves a hidden phone out", () => {
    const { person } = parse({ from: undefined, type: "text", text: { body: "x" } });
    assertEquals([person.waId, person.bsuid], [null, BSUID]);
  });

  it("takes objects that pose as text for nothing", () => {
    const odd = { toString: 1, valueOf: 1 };
    const message = { ...COMMON, type: "system", system: { type: odd, wa_id: "14155550199" } };
    const parsed = parseWebhookMessage({ metadata: { display_phone_number: odd }, message });
    assertEquals(parsed.businessNumber, "+");
    assertEquals(parsed.effect, { kind: "message" });
  });

  it("replaces what Postgres cannot store", () => {
    const text = parse({ type: "text", text: { body: "a\0b\ud83d" } }, [{
      profile: { name: "A\0" },
    }]);
    assertEquals([text.content.text, text.person.profileName], ["a\uFFFDb\uFFFD", "A\uFFFD"]);
    const file = parse({
      type: "document",
      document: { ...MEDIA, caption: "\0", filename: "\0.pdf" },
    });
    assertEquals([file.content.text, file.content.media?.filename], ["\uFFFD", "\uFFFD.pdf"]);
    assertEquals(parse({ type: "hologram", hologram: { "a\0": ["\0"] } }).content.object, {
      "a\uFFFD": ["\uFFFD"],
    });
  });

  const MALFORMED: Record<string, Json> = {
    "no id": { id: undefined },
    "an empty id": { id: "" },
    "a number as its id": { id: 5 },
    "no time": { timestamp: undefined },
    "a time that is none": { timestamp: "yesterday" },
    "a time beyond all dates": { timestamp: "999999999999" },
    "no kind": { type: undefined },
    "nobody": { from: undefined, from_user_id: undefined },
    "nobody but a name": { from: "Ann", from_user_id: "" },
    "an edit of nothing": {
      type: "edit",
      edit: { message: { type: "text", text: { body: "x" } } },
    },
    "an edit without a message": { type: "edit", edit: { original_message_id: "wamid.O" } },
    "an edit without a kind": {
      type: "edit",
      edit: { original_message_id: "wamid.O", message: { text: { body: "x" } } },
    },
    "a revocation of nothing": { type: "revoke", revoke: {} },
  };
  for (const [name, message] of Object.entries(MALFORMED)) {
    it(`refuses a message with ${name}`, () => {
      assertThrows(() => parse({ type: "text", text: { body: "x" }, ...message }));
    });
  }

  it("refuses what is not an object", () => {
    for (const message of [null, 5, "text", [], undefined]) {
      assertThrows(() => parseWebhookMessage({ message }));
    }
  });
});
