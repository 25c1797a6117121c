/**
 * Meta's callbacks: the handshake's query, and events in Meta's shapes or nearly so, signed by the app of one account,
 * by nobody, or with what is no signature.
 */
import fc from "fast-check";
import { signatureHeader } from "@/lib/meta/webhook_signature.ts";
import { bodiesOf, type Body } from "@/tests/fuzz/arbitraries/bodies.ts";
import type { Header } from "@/tests/fuzz/arbitraries/headers.ts";
import { ODD_CLEAN_TEXTS, oddText } from "@/tests/fuzz/arbitraries/odd_values.ts";
import type { World } from "@/tests/fuzz/world.ts";
import {
  bodyOf,
  contactItem,
  entryOf,
  failedItem,
  messageItem,
  statusItem,
} from "@/tests/helpers/webhooks.ts";

/** A body and the headers that belong to it. */
export interface SignedBody {
  body: Body;
  headers: Header[];
}

/** Any second of the three years before and after 2026. */
const seconds = fc.integer({ min: 1_672_531_200, max: 1_861_920_000 }).map(String);
const texts = fc.oneof(fc.constantFrom("Hello", ...ODD_CLEAN_TEXTS), fc.string({ maxLength: 30 }));
const waIds = fc.integer({ min: 14_150_000_000, max: 14_150_000_050 }).map(String);
const bsuids = fc.integer({ min: 1, max: 20 }).map((number) => `US.${number}000000000000`);
/** Few, so that some come twice. */
const newWamids = fc.integer({ min: 1, max: 5_000 }).map((number) => `wamid.F${number}`);

/** The query of a handshake. */
export function handshakes(world: World): fc.Arbitrary<string> {
  const odd = oddText.map((text) => encodeURIComponent(text.toWellFormed()));
  const values = {
    "hub.mode": fc.oneof(fc.constant("subscribe"), odd),
    "hub.verify_token": fc.oneof(fc.constant(world.inbox.verifyToken), odd),
    "hub.challenge": fc.oneof(fc.constant("1158201444"), odd, fc.constant("9".repeat(8_000))),
  };
  return fc.record(values, { requiredKeys: [] }).map((query) =>
    `?${Object.entries(query).map(([name, value]) => `${name}=${value}`).join("&")}`
  );
}

/** The body of an event. */
export function signedBodies(world: World): fc.Arbitrary<SignedBody> {
  const { inbox } = world;
  const signature = fc.constantFrom<((body: Body) => string) | null>(
    ...Array.from({ length: 8 }, () => (body: Body) => signatureHeader(inbox.appSecret, body)),
    (body) => signatureHeader("another", body),
    (body) => signatureHeader(inbox.appSecret, body).toUpperCase(),
    () => "sha256=zz",
    () => "",
    null,
  );
  return fc.tuple(bodiesOf(events(world)), signature).map(([body, sign]) => ({
    body,
    headers: [
      ["Content-Type", "application/json"],
      ...(sign === null ? [] : [["X-Hub-Signature-256", sign(body)] satisfies Header]),
    ],
  }));
}

function events(world: World): fc.Arbitrary<unknown> {
  const content = fc.oneof(
    { weight: 5, arbitrary: messages(world) },
    { weight: 2, arbitrary: statuses(world) },
    { weight: 1, arbitrary: fc.record({ messages: fc.constant([]), errors: fc.constant([{}]) }) },
  );
  return fc.array(content.map((value) => entryOf(world.inbox, value)), {
    minLength: 1,
    maxLength: 3,
  }).map((entries) => bodyOf(...entries));
}

function messages(world: World): fc.Arbitrary<Record<string, unknown>> {
  const target = fc.oneof(fc.constantFrom(...world.wamids), newWamids);
  const writer = fc.record(
    { waId: waIds, bsuid: bsuids, name: texts, username: texts },
    { requiredKeys: [] },
  );
  const common = { id: newWamids, timestamp: seconds };
  const file = { id: fc.uuid(), mime_type: fc.constantFrom("image/png", "x", "a/b\r\nc: d") };
  const message = fc.oneof(
    fc.record({ ...common, type: fc.constant("text"), text: fc.record({ body: texts }) }),
    fc.record({
      ...common,
      type: fc.constant("image"),
      image: fc.record({ ...file, caption: texts }, { requiredKeys: ["id", "mime_type"] }),
    }),
    fc.record({
      ...common,
      type: fc.constant("document"),
      document: fc.record({ ...file, filename: texts }),
    }),
    fc.record({
      ...common,
      type: fc.constant("reaction"),
      reaction: fc.record({ message_id: target, emoji: texts }),
    }),
    fc.record({
      ...common,
      type: fc.constantFrom("edit", "revoke", "location", "order", "unsupported", "new kind"),
      context: fc.record({ id: target }),
      edit: fc.record({ original_message_id: target }),
      revoke: fc.record({ original_message_id: target }),
    }),
  );
  return fc.tuple(writer, message).map(([from, item]) => {
    const { waId, bsuid } = from as { waId?: string; bsuid?: string };
    return {
      contacts: [contactItem(from)],
      messages: [messageItem({
        ...item,
        ...(waId === undefined ? {} : { from: waId }),
        ...(bsuid === undefined ? {} : { from_user_id: bsuid }),
      })],
    };
  });
}

function statuses(world: World): fc.Arbitrary<Record<string, unknown>> {
  const id = fc.oneof(fc.constantFrom(...world.wamids), newWamids);
  const status = fc.constantFrom("sent", "delivered", "read", "played", "deleted", "x");
  return fc.tuple(status, id, seconds, fc.boolean()).map(([name, wamid, timestamp, isFailed]) => ({
    statuses: [
      isFailed
        ? failedItem({ id: wamid, timestamp })
        : statusItem(name, { id: wamid, timestamp, recipient_id: "14150000001" }),
    ],
  }));
}
