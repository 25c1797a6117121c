/** What is measured: for each scenario the requests, ready to be written, and what they are compared with. */
import { encodeRequest } from "@/bench/load/connection.ts";

/** A kind of load. */
export interface Scenario {
  name: string;
  title: string;
  expectedStatus: number;
  /** The bytes of the next request to the product. */
  next: () => Uint8Array;
  /** The same for the bare handler. */
  nextBare: () => Uint8Array;
  bareStatus: number;
}

/** Whose keys are used, and how many contacts there are already. */
export interface ScenarioContext {
  /** Without a rate limit. */
  key: string;
  /** With a limit that is never reached. */
  limitedKey: string;
  contacts: number;
}

const TEXT = "Your order has been shipped and arrives tomorrow.";
/** As many as are written beforehand, so that writing them is no part of what is measured. */
const PREPARED = 2_000;
const JSON_TYPE = { "content-type": "application/json" };

/** A number that a contact of this index has. */
export function phoneOf(index: number): string {
  return `+1${2_000_000_000 + index}`;
}

/** All scenarios. */
export function makeScenarios(context: ScenarioContext): Scenario[] {
  const { key, limitedKey, contacts } = context;
  const known = (index: number) => phoneOf((index * 7_919) % contacts);
  let newcomers = 0;
  let keys = 0;
  const post = (options: { key: string; to: string; idempotencyKey?: string }) =>
    encodeRequest({
      method: "POST",
      path: "/api/v1/messages",
      headers: {
        ...bearer(options.key),
        ...JSON_TYPE,
        ...(options.idempotencyKey === undefined
          ? {}
          : { "idempotency-key": options.idempotencyKey }),
      },
      body: JSON.stringify({ to: options.to, text: TEXT }),
    });
  const get = (path: string) => encodeRequest({ method: "GET", path, headers: bearer(key) });
  const bare = ringOf((index) => post({ key, to: known(index) }));
  const bareGet = ringOf(() => get("/"));
  const send = { expectedStatus: 201, bareStatus: 201, nextBare: bare };
  const read = { expectedStatus: 200, bareStatus: 200, nextBare: bareGet };
  return [
    {
      ...send,
      name: "known",
      title: "send, known contacts",
      next: ringOf((index) => post({ key, to: known(index) })),
    },
    {
      ...send,
      name: "new",
      title: "send, new contacts",
      next: () => post({ key, to: phoneOf(1_000_000_000 + newcomers++) }),
    },
    {
      ...send,
      name: "hot",
      title: "send, one contact",
      next: ringOf(() => post({ key, to: phoneOf(0) })),
    },
    {
      ...send,
      name: "idempotent",
      title: "send, Idempotency-Key",
      next: () => post({ key, to: known(keys), idempotencyKey: `bench-${Date.now()}-${keys++}` }),
    },
    {
      ...send,
      name: "limited",
      title: "send, a limited key",
      next: ringOf((index) => post({ key: limitedKey, to: known(index) })),
    },
    { ...read, name: "me", title: "GET /api/v1/me", next: ringOf(() => get("/api/v1/me")) },
    {
      ...read,
      name: "list",
      title: "GET /api/v1/messages",
      next: ringOf(() => get("/api/v1/messages?limit=50")),
    },
  ];
}

function bearer(key: string): Record<string, string> {
  return { authorization: `Bearer ${key}` };
}

function ringOf(make: (index: number) => Uint8Array): () => Uint8Array {
  const requests = Array.from({ length: PREPARED }, (_, index) => make(index));
  let next = 0;
  return () => requests[next++ % requests.length] ?? new Uint8Array();
}
