/**
 * Request targets: the path of an endpoint with ids that exist or not, its query by its schema or nearly so, and all
 * the ways to write a path otherwise.
 */
import fc from "fast-check";
import type { z } from "zod";
import { contactQuerySchema } from "@/lib/contacts/list_contacts.ts";
import { conversationQuerySchema } from "@/lib/conversations/list_conversations.ts";
import {
  conversationMessageQuerySchema,
  messageQuerySchema,
} from "@/lib/messages/list_messages.ts";
import { longText, oddText } from "@/tests/fuzz/arbitraries/odd_values.ts";
import { objectsOf, type Samples } from "@/tests/fuzz/arbitraries/schema_values.ts";
import type { World } from "@/tests/fuzz/world.ts";

/** The schemas of queries, by the path of their list. */
const QUERY_SCHEMAS: Readonly<Record<string, z.ZodObject>> = {
  "/api/v1/messages": messageQuerySchema,
  "/api/v1/contacts": contactQuerySchema,
  "/api/v1/conversations": conversationQuerySchema,
  "/api/v1/conversations/{id}/messages": conversationMessageQuerySchema,
};

const ODD_ID_TEXTS = [
  "0",
  "me",
  "%00",
  "%ff",
  "%2e%2e",
  "..",
  ".",
  "%2f",
  "%",
  "%zz",
  "{id}",
  "null",
  "00000000-0000-0000-0000-000000000000",
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
  "01a2049d-e235-738c-b85a-dd9bd55b47d",
  "01a2049de235738cb85add9bd55b47d3",
  "%7B01a2049d-e235-738c-b85a-dd9bd55b47d3%7D",
  "'",
  "a".repeat(3_000),
];

const TIMES = [
  "2026-11-22T19:00:00Z",
  "2026-11-22T19:00:00+05:30",
  "2026-11-22T19:00:00 05:30",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999999999Z",
  "2026-02-30T00:00:00Z",
  "2026-11-22T24:00:00Z",
  "2026-11-22T19:00:00-14:59",
  "0000-01-01T00:00:00Z",
  "-271821-04-20T00:00:00Z",
  "2026-11-22",
  "now",
  "infinity",
];

/** Ids for a path, mostly of something that exists. */
export function idsOf(known: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.constantFrom(...known).map((id) => id.toUpperCase()) },
    { weight: 2, arbitrary: fc.uuid() },
    { weight: 2, arbitrary: fc.constantFrom(...ODD_ID_TEXTS) },
    { weight: 1, arbitrary: oddText.map(encode) },
  );
}

/** Queries, with the "?", for a list of this path; sometimes none. */
export function queriesOf(path: string, world: World): fc.Arbitrary<string> {
  const schema = QUERY_SCHEMAS[path];
  if (schema === undefined) return noQueries;
  const valid = objectsOf(schema, querySamples(world)).map((values) =>
    Object.entries(values).map(([name, value]): [string, string] => [name, String(value)])
  );
  return fc.oneof(
    { weight: 5, arbitrary: valid.map(write) },
    { weight: 5, arbitrary: fc.tuple(valid, changes, fc.nat(100)).map(changed) },
    { weight: 1, arbitrary: stray },
  );
}

/** Other ways to write a target, few of which lead to the same place. */
export const rewriting: fc.Arbitrary<(target: string) => string> = fc.constantFrom<
  ((target: string) => string)[]
>(
  (target) => `/${target}`,
  (target) => target.replaceAll("/", "//"),
  (target) => `/x/..${target}`,
  (target) => `/%2e%2e${target}`,
  (target) => `/.${target}`,
  (target) => target.replace("?", "/?"),
  (target) => `${target}/`,
  (target) => `${target}%00`,
  (target) => `${target}%ff`,
  (target) => `${target};x=1`,
  (target) => target.replace("/v1/", "/v1/%2e%2e/"),
  (target) => target.replace("/v1/", "/v1%2f"),
  (target) => target.replace("/api", "/%61pi"),
  (target) => target.replace("/v1", "/V1"),
  (target) => `http://elsewhere.example${target}`,
  (target) => `http://elsewhere.example:81/${target}`,
  (target) => `https://user:pass@elsewhere.example${target}`,
  (target) => `${target}/${"a".repeat(9_000)}`,
  (target) => `${target}?${"a=b&".repeat(2_000)}`,
  (target) => `${target}/${"a".repeat(70_000)}`,
  (target) => `${target}#part`,
  (target) => `${target} HTTP/1.1 x`,
  (target) => `${target}/é😀`,
  (target) => target.replaceAll("/", "\\"),
  (target) => target.slice(1),
  () => "*",
  () => "",
  () => "elsewhere.example:443",
  () => "//",
  () => "/..",
  () => "http://",
);

const stray = fc.constantFrom(
  "?",
  "??",
  "?=",
  "?&&&",
  "?%",
  "?%zz=%",
  "?a=1&a=2",
  "?\u00e9=1",
  "?+=+",
);

/** What belongs to a path that takes no query. */
export const noQueries: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: stray },
);

const changes = fc.record({
  kind: fc.constantFrom("value", "value", "value", "name", "repeat", "extra"),
  text: fc.oneof(oddText, fc.constantFrom(...TIMES, "101", "-1", "1e2", "0x10", "null"), longText),
});

function changed(
  [pairs, { kind, text }, place]: [
    [string, string][],
    { kind: string; text: string },
    number,
  ],
): string {
  const at = place % Math.max(1, pairs.length);
  const [name, value] = pairs[at] ?? ["limit", "1"];
  if (kind === "extra") return write([...pairs, [text, "1"]]);
  if (kind === "repeat") return write([...pairs, [name, value]]);
  const other: [string, string] = kind === "name" ? [`${name}x`, value] : [name, text];
  return write([...pairs.slice(0, at), other, ...pairs.slice(at + 1)]);
}

function querySamples(world: World): Samples {
  const time = fc.constantFrom(...TIMES.slice(0, 5));
  return {
    cursor: fc.constantFrom(...world.cursors),
    to: fc.constantFrom(...world.people),
    phone: fc.constantFrom(...world.people.slice(0, 3)),
    contact_id: fc.constantFrom(...world.contactIds),
    created_after: time,
    created_before: time,
  };
}

function write(pairs: [string, string][]): string {
  return pairs.length === 0
    ? ""
    : `?${pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&")}`;
}

/** Half a surrogate pair is no text that could be encoded: its replacement is. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
