/** The table of all public endpoints: what is sent to each when all goes as it is meant, and how often. */
import fc from "fast-check";
import { authorizations, bearer } from "@/tests/fuzz/arbitraries/authorizations.ts";
import { bodiesOf, type Body } from "@/tests/fuzz/arbitraries/bodies.ts";
import { handshakes, signedBodies } from "@/tests/fuzz/arbitraries/callbacks.ts";
import { contentTypes, type Header, idempotencyKeys } from "@/tests/fuzz/arbitraries/headers.ts";
import { contactChanges, messages, newContacts } from "@/tests/fuzz/arbitraries/objects.ts";
import { repeats } from "@/tests/fuzz/arbitraries/repeats.ts";
import { idsOf, noQueries, queriesOf } from "@/tests/fuzz/arbitraries/targets.ts";
import type { World } from "@/tests/fuzz/world.ts";

/** A method of a path. */
export interface Endpoint {
  /** For the summary. */
  name: string;
  method: string;
  /** With "{id}" where an id stands. */
  path: string;
  ids: fc.Arbitrary<string>;
  query: fc.Arbitrary<string>;
  /** A body and the headers that go with it. */
  content: fc.Arbitrary<{ body: Body | null; headers: Header[] }>;
  weight: number;
}

type Content = Endpoint["content"];

const UNKNOWN_PATHS = [
  "/api",
  "/api/",
  "/api/v1",
  "/api/v2/messages",
  "/api/v1/broadcasts",
  "/api/v1/webhooks",
  "/api/v1/%00",
  "/api/v1/%ff",
  "/api/v1/messages/1/2",
  "/api/v1/contacts/1/messages",
  "/api/v1/__proto__",
  "/api/v1/constructor",
  "/api/v1/me/..%2f..",
];

const noContent: Content = fc.constant({ body: null, headers: [] });

/** All of them. */
export function endpointsOf(world: World): Endpoint[] {
  return [
    ...messageEndpoints(world),
    ...contactEndpoints(world),
    ...conversationEndpoints(world),
    ...callbackEndpoints(world),
    endpoint("GET /api/v1/me", { content: calls(world), weight: 12 }),
    ...UNKNOWN_PATHS.map((path) => ({
      ...endpoint(`GET ${path}`, { content: posts(world, messages(world)), weight: 1 }),
      name: "unknown paths under /api",
    })),
    ...["/webhooks/nowhere", "/healthz", "/readyz", "/docs/errors"].map((path) =>
      endpoint(`GET ${path}`, { weight: 4 })
    ),
  ];
}

function messageEndpoints(world: World): Endpoint[] {
  const ids = idsOf(world.messageIds);
  const content = calls(world);
  const sends = posts(world, messages(world), idempotencyKeys);
  const files: Content = fc.oneof(
    calls(world),
    fc.constant({ body: null, headers: bearer(world.keys.inbox) }),
  );
  return [
    endpoint("POST /api/v1/messages", { content: sends, weight: 160 }),
    {
      ...endpoint("POST /api/v1/messages", { content: repeats(world), weight: 16 }),
      name: "POST /api/v1/messages, again and again",
    },
    endpoint("GET /api/v1/messages", { query: lists(world, "messages"), content, weight: 28 }),
    endpoint("GET /api/v1/messages/{id}", { ids, content, weight: 20 }),
    endpoint("GET /api/v1/messages/{id}/media", {
      ids: idsOf(world.fileMessageIds),
      content: files,
      weight: 12,
    }),
  ];
}

function contactEndpoints(world: World): Endpoint[] {
  const ids = idsOf(world.contactIds);
  const content = calls(world);
  return [
    endpoint("POST /api/v1/contacts", { content: posts(world, newContacts(world)), weight: 48 }),
    endpoint("GET /api/v1/contacts", { query: lists(world, "contacts"), content, weight: 16 }),
    endpoint("GET /api/v1/contacts/{id}", { ids, content, weight: 12 }),
    endpoint("PATCH /api/v1/contacts/{id}", {
      ids,
      content: posts(world, contactChanges),
      weight: 28,
    }),
    endpoint("DELETE /api/v1/contacts/{id}", { ids, content, weight: 2 }),
  ];
}

function conversationEndpoints(world: World): Endpoint[] {
  const ids = idsOf(world.conversationIds);
  const content = calls(world);
  const query = lists(world, "conversations");
  return [
    endpoint("GET /api/v1/conversations", { query, content, weight: 16 }),
    endpoint("GET /api/v1/conversations/{id}", { ids, content, weight: 8 }),
    endpoint("GET /api/v1/conversations/{id}/messages", {
      ids,
      query: lists(world, "conversations/{id}/messages"),
      content,
      weight: 12,
    }),
  ];
}

function callbackEndpoints(world: World): Endpoint[] {
  const ids = idsOf([world.inbox.integrationId]);
  const query = handshakes(world);
  const content = signedBodies(world);
  return ["/webhooks/whatsapp", "/webhooks/whatsapp/{id}"].flatMap((path) => [
    endpoint(`GET ${path}`, { ids, query, weight: 4 }),
    endpoint(`POST ${path}`, { ids, content, weight: 16 }),
  ]);
}

function endpoint(
  name: string,
  parts: Partial<Omit<Endpoint, "weight">> & { weight: number },
): Endpoint {
  const [method = "", path = ""] = name.split(" ");
  return {
    name,
    method,
    path,
    ids: fc.constant(""),
    query: noQueries,
    content: noContent,
    ...parts,
  };
}

/** Somebody calls without a body. */
function calls(world: World): Content {
  return authorizations(world).map((headers) => ({ body: null, headers }));
}

/** Somebody posts an object, or what looks like one. */
function posts(
  world: World,
  valid: fc.Arbitrary<unknown>,
  more: fc.Arbitrary<Header[]> = fc.constant([]),
): Content {
  const headers = fc.tuple(authorizations(world), contentTypes, more).map((all) => all.flat());
  return fc.record({ body: bodiesOf(valid), headers });
}

function lists(world: World, list: string): fc.Arbitrary<string> {
  return queriesOf(`/api/v1/${list}`, world);
}
