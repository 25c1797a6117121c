/**
 * The valid bodies of the API by its zod schemas: a message of each type with the fields that go with it, a contact,
 * a change of one. Recipients are people of the world, strangers and the simulator's magic ones.
 */
import fc from "fast-check";
import { contactChangesSchema, newContactSchema } from "@/lib/contacts/contact_request.ts";
import { messageRequestSchema } from "@/lib/messages/message_request.ts";
import { objectsOf, type Samples } from "@/tests/fuzz/arbitraries/schema_values.ts";
import type { World } from "@/tests/fuzz/world.ts";

/** The fields that go with each type, beside "to" and "name". */
const FIELDS_OF_TYPE = {
  text: ["text"],
  image: ["media_url", "text", "filename"],
  video: ["media_url", "text"],
  document: ["media_url", "text", "filename"],
  audio: ["media_url", "text"],
  template: ["template"],
} as const;
type MessageType = keyof typeof FIELDS_OF_TYPE;

const URLS = [
  "https://cdn.example.com/a.jpg",
  "http://example.com:8080/x/y.pdf?z=1#f",
  "https://xn--bcher-kva.example/%F0%9F%98%80.mp4",
  "https://example.com/é😀",
];

/** Refused in all kinds of ways; those that take seconds are rare. */
const magicPhones = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 17, 18),
  },
  { weight: 1, arbitrary: fc.constantFrom(14, 15, 16) },
).map((number) => `+150055500${String(number).padStart(2, "0")}`);

const strangers = fc.integer({ min: 2_000_000, max: 9_999_999 }).map((number) => `+1415${number}`);

const spellings: fc.Arbitrary<(phone: string) => string> = fc.constantFrom(
  (phone) => phone,
  (phone) => phone,
  (phone) => phone.replace("+", ""),
  (phone) => phone.replace(/(\d{3})/g, "$1-"),
  (phone) => phone.replace(/(\d{3})/, "($1)\u00a0"),
);

const phones = (known: readonly string[]) =>
  fc.tuple(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...known.filter((text) => text.startsWith("+"))) },
      { weight: 3, arbitrary: strangers },
      { weight: 1, arbitrary: magicPhones },
    ),
    spellings,
  ).map(([phone, spell]) => spell(phone));

const bsuids = (known: readonly string[]) =>
  fc.oneof(
    fc.constantFrom(...known.filter((text) => !text.startsWith("+"))),
    fc.stringMatching(/^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,20}$/),
  );

const emails = fc.oneof(
  fc.emailAddress(),
  fc.constantFrom("ada@example.com", "é😀@x", "a@b", "\u202e@\u202e", `${"a".repeat(252)}@b`),
);

/** Messages that follow the rules, and some with all fields at once. */
export function messages(world: World): fc.Arbitrary<unknown> {
  const samples = messageSamples(world);
  const texts = messagesOfType("text", samples);
  const typed = (type: MessageType) =>
    messagesOfType(type, samples).map((body) => ({ ...body, type }));
  const replies = fc.tuple(texts, fc.constantFrom(...world.messageIds)).map(([body, id]) => ({
    ...body,
    reply_to_message_id: id,
  }));
  return fc.oneof(
    { weight: 4, arbitrary: texts },
    { weight: 4, arbitrary: typed("text") },
    { weight: 3, arbitrary: typed("template") },
    { weight: 1, arbitrary: typed("image") },
    { weight: 1, arbitrary: typed("video") },
    { weight: 1, arbitrary: typed("document") },
    { weight: 1, arbitrary: typed("audio") },
    { weight: 1, arbitrary: replies },
    { weight: 2, arbitrary: objectsOf(messageRequestSchema, samples) },
  );
}

function messageSamples(world: World): Samples {
  return {
    to: fc.oneof(
      { weight: 6, arbitrary: phones(world.people) },
      { weight: 1, arbitrary: bsuids(world.people) },
    ),
    text: fc.oneof(
      { weight: 8, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }) },
      { weight: 1, arbitrary: fc.constantFrom("/reply hello", "x".repeat(4096), "x".repeat(1024)) },
    ),
    media_url: fc.oneof(fc.constantFrom(...URLS), fc.webUrl({ withQueryParameters: true })),
    headerMediaUrl: fc.constantFrom(...URLS),
    reply_to_message_id: fc.constantFrom(...world.messageIds),
  };
}

/** Messages with the fields that go with a type, but for the type itself. */
function messagesOfType(
  type: MessageType,
  samples: Samples,
): fc.Arbitrary<Record<string, unknown>> {
  const [needed, ...others] = FIELDS_OF_TYPE[type];
  const mask = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, true])) as { to: true };
  const schema = messageRequestSchema.pick(mask("to", "name", needed, ...others));
  return objectsOf(schema.required(mask("to", needed)), samples);
}

/** Contacts that can be found or created. */
export function newContacts(world: World): fc.Arbitrary<unknown> {
  const details = newContactSchema.omit({ phone: true, bsuid: true });
  const samples: Samples = { email: emails };
  return fc.oneof(
    { weight: 5, arbitrary: withField(objectsOf(details, samples), "phone", phones(world.people)) },
    { weight: 1, arbitrary: withField(objectsOf(details, samples), "bsuid", bsuids(world.people)) },
  );
}

/** Changes of a contact. */
export const contactChanges: fc.Arbitrary<unknown> = objectsOf(contactChangesSchema, {
  email: fc.option(emails),
});

function withField(
  objects: fc.Arbitrary<Record<string, unknown>>,
  name: string,
  values: fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  return fc.tuple(values, objects).map(([value, rest]) => ({ [name]: value, ...rest }));
}
