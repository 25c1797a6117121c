/**
 * Headers: what the body is said to be, idempotency keys few enough to meet again, and whatever else a client, a proxy
 * or an attacker may send along. Who calls is in authorizations.ts.
 */
import fc from "fast-check";
import type { World } from "@/tests/fuzz/world.ts";

/** A header. */
export type Header = [name: string, value: string];

const OTHER_CONTENT_TYPES = [
  "",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/xml",
  "application/json; charset=latin1",
  "application/json;charset=utf-16",
  "application/jsonp",
  "application/json, text/plain",
  ";;;",
  "json",
  "a".repeat(5_000),
];

const JSON_CONTENT_TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  'Application/JSON;Charset="UTF-8"',
  "application/vnd.api+json",
];

/** What is no idempotency key, and what nearly is none. */
const ODD_KEYS = [
  "",
  " ",
  "a b",
  "a,b",
  "é",
  "a".repeat(255),
  "a".repeat(256),
  "\t",
  "%00",
  "'",
  "~",
];

const ODD_REQUEST_IDS = [
  "",
  " ",
  "a b",
  "é",
  "<x>",
  "x".repeat(128),
  "x".repeat(129),
  "a\tb",
  "..",
  "0",
];

const ODD_HOSTS = [
  "",
  "a b",
  "[",
  "[::1]",
  "x:99999",
  "<script>",
  "exa%mple",
  "é.example",
  "x@y",
  "/",
];

const STRAY: Header[] = [
  ["Origin", "https://elsewhere.example"],
  ["Cookie", "session=x; __Host-session=%00"],
  ["Accept", "text/html"],
  ["Accept-Encoding", "gzip, br"],
  ["Accept-Encoding", "identity;q=0, *;q=0"],
  ["Content-Encoding", "gzip"],
  ["Range", "bytes=0-1"],
  ["If-None-Match", "*"],
  ["If-Modified-Since", "never"],
  ["Connection", "close"],
  ["Connection", "keep-alive, upgrade"],
  ["Upgrade", "websocket"],
  ["Upgrade", "h2c"],
  ["Expect", "100-continue"],
  ["Expect", "x"],
  ["Transfer-Encoding", "gzip"],
  ["Transfer-Encoding", "chunked, identity"],
  ["X-HTTP-Method-Override", "DELETE"],
  ["X-Forwarded-Proto", "javascript"],
  ["X-Forwarded-Host", "elsewhere.example"],
  ["X-Forwarded-For", "not an address, ::ffff:999.1.1.1"],
  ["X-Forwarded-For", "a".repeat(4_000)],
  ["Forwarded", "for=_;proto=x"],
  ["Referer", "\u00e9"],
  ["User-Agent", ""],
  ["User-Agent", "x".repeat(10_000)],
  ["Host", "elsewhere.example"],
  ["Content-Length", "5"],
  ["__proto__", "x"],
  ["constructor", "x"],
  ["X-Control", "a\x01b"],
  ["X-Nul", "a\0b"],
  ["X Space", "x"],
  ["X-Folded", "a\r\n b"],
  ["X-Large", "x".repeat(100_000)],
  ["X-Hub-Signature-256", "sha256=00"],
];

const many = fc.constant(Array.from({ length: 120 }, (_, at): Header => [`X-Many-${at}`, "x"]));

/** The Content-Type of a body. */
export const contentTypes: fc.Arbitrary<Header[]> = fc.oneof(
  { weight: 30, arbitrary: fc.constant(JSON_CONTENT_TYPES[0] ?? "") },
  { weight: 3, arbitrary: fc.constantFrom(...JSON_CONTENT_TYPES) },
  { weight: 2, arbitrary: fc.constantFrom(...OTHER_CONTENT_TYPES) },
  { weight: 1, arbitrary: fc.constant(null) },
).map((type) => type === null ? [] : [["Content-Type", type]]);

/** The Idempotency-Key of a send. */
export const idempotencyKeys: fc.Arbitrary<Header[]> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Header[]>([]) },
  {
    weight: 4,
    arbitrary: fc.nat({ max: 300 }).map((n): Header[] => [["Idempotency-Key", `k${n}`]]),
  },
  { weight: 2, arbitrary: fc.uuid().map((key): Header[] => [["Idempotency-Key", key]]) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...ODD_KEYS).map((key): Header[] => [["Idempotency-Key", key]]),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Header[]>([["Idempotency-Key", "a"], ["Idempotency-Key", "b"]]),
  },
);

/** What every request has, and a little of what some have. */
export function commonHeaders(world: World): fc.Arbitrary<Header[]> {
  const hosts = fc.oneof(
    { weight: 60, arbitrary: fc.constant<Header[]>([["Host", world.host]]) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...ODD_HOSTS).map((host): Header[] => [["Host", host]]),
    },
    { weight: 1, arbitrary: fc.constant<Header[]>([]) },
  );
  const requestIds = fc.oneof(
    { weight: 8, arbitrary: fc.constant<Header[]>([]) },
    { weight: 4, arbitrary: fc.uuid().map((id): Header[] => [["X-Request-Id", id]]) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...ODD_REQUEST_IDS).map((id): Header[] => [["X-Request-Id", id]]),
    },
  );
  // Whoever calls without a valid key is counted by address.
  const addresses = fc.oneof(
    { weight: 9, arbitrary: fc.ipV4().map((ip): Header[] => [["X-Forwarded-For", ip]]) },
    { weight: 1, arbitrary: fc.constant<Header[]>([]) },
  );
  const stray = fc.oneof(
    { weight: 120, arbitrary: fc.constant<Header[]>([]) },
    { weight: 18, arbitrary: fc.constantFrom(...STRAY).map((header) => [header]) },
    { weight: 3, arbitrary: fc.array(fc.constantFrom(...STRAY), { maxLength: 4 }) },
    { weight: 1, arbitrary: many },
  );
  return fc.tuple(hosts, requestIds, addresses, stray).map((parts) => parts.flat());
}
