/** What is measured: for each scenario the requests, ready to be written, and what they are compared with. */
import { createHash, randomBytes } from "node:crypto";
import { makeId } from "@/lib/ids.ts";
import { signatureHeader } from "@/lib/meta/webhook_signature.ts";
import { encodeRequest } from "@/bench/load/connection.ts";
import type { Stage } from "@/bench/stage/stage.ts";
import { makeUser } from "@/tests/helpers/admin_client.ts";
import { bodyOf, CALLBACK_PATH, entryOf, statusItem } from "@/tests/helpers/webhooks.ts";

/** A kind of load. */
export interface Scenario {
  name: string;
  title: string;
  /** "routing": the stand-in of Fresh beside a bare `Deno.serve`, and no product. */
  of: "product" | "routing";
  expectedStatus: number;
  /** The bytes of the next request to the product. */
  next: () => Uint8Array;
  /** The same for the bare handler. */
  nextBare: () => Uint8Array;
  bareStatus: number;
}

const TEXT = "Your order has been shipped and arrives tomorrow.";
/** As many as are written beforehand, so that writing them is no part of what is measured. */
const PREPARED = 2_000;
const NEVER_REACHED = 1_000_000;
const JSON_TYPE = { "content-type": "application/json" };

/** A number that a contact of this index has. */
export function phoneOf(index: number): string {
  return `+1${2_000_000_000 + index}`;
}

/** All scenarios, on an account with so many contacts. */
export async function makeScenarios(stage: Stage, contacts: number): Promise<Scenario[]> {
  const { key } = stage.account.key;
  const accountId = stage.account.id;
  const { key: limitedKey } = await stage.makeKey({ accountId, rateLimit: NEVER_REACHED });
  const cookie = await signIn(stage);
  const known = (index: number) => phoneOf((index * 7_919) % contacts);
  let newcomers = 0;
  let keys = 0;
  const bareGet = ringOf(() => encodeRequest({ method: "GET", path: "/" }));
  const send = {
    of: "product" as const,
    expectedStatus: 201,
    bareStatus: 201,
    nextBare: ringOf((index) => post({ key, to: known(index) })),
  };
  const read = {
    of: "product" as const,
    expectedStatus: 200,
    bareStatus: 200,
    nextBare: bareGet,
  };
  const get = (path: string, headers: Record<string, string> = bearer(key)) =>
    ringOf(() => encodeRequest({ method: "GET", path, headers }));
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
    { ...read, name: "me", title: "GET /api/v1/me", next: get("/api/v1/me") },
    {
      ...read,
      name: "list",
      title: "GET /api/v1/messages",
      next: get("/api/v1/messages?limit=50"),
    },
    { ...read, name: "log", title: "the message log page", next: get("/messages", { cookie }) },
    {
      ...read,
      name: "webhook",
      title: "a webhook of Meta's",
      next: ringOf((index) => webhook(stage, index)),
      nextBare: ringOf(() => encodeRequest({ method: "PUT", path: "/", body: TEXT })),
    },
    {
      ...read,
      of: "routing",
      name: "routing",
      title: "routing by itself",
      next: get("/api/things37/42"),
    },
  ];
}

function post(options: { key: string; to: string; idempotencyKey?: string }): Uint8Array {
  const { idempotencyKey } = options;
  return encodeRequest({
    method: "POST",
    path: "/api/v1/messages",
    headers: {
      ...bearer(options.key),
      ...JSON_TYPE,
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
    },
    body: JSON.stringify({ to: options.to, text: TEXT }),
  });
}

/** A signed status of a message that is not here: it is stored, and tried again later. */
function webhook({ account }: Stage, index: number): Uint8Array {
  const body = JSON.stringify(bodyOf(entryOf(account, {
    statuses: [statusItem("delivered", { id: `wamid.unknown.${index}` })],
  })));
  const signature = signatureHeader(account.appSecret, new TextEncoder().encode(body));
  return encodeRequest({
    method: "POST",
    path: CALLBACK_PATH,
    headers: { ...JSON_TYPE, "x-hub-signature-256": signature },
    body,
  });
}

/** The cookie of a person who is signed in. */
async function signIn(stage: Stage): Promise<string> {
  const user = await makeUser(stage, { accountId: stage.account.id });
  const token = randomBytes(32).toString("base64url");
  await stage.query(
    `insert into sessions (token_hash, id, user_id, user_agent, client_address, expires_at)
     values (decode($1, 'hex'), $2, $3, 'bench', '127.0.0.1', now() + interval '14 days')`,
    [createHash("sha256").update(token).digest("hex"), makeId(), user.id],
  );
  return `messages_session=${token}`;
}

function bearer(key: string): Record<string, string> {
  return { authorization: `Bearer ${key}` };
}

function ringOf(make: (index: number) => Uint8Array): () => Uint8Array {
  const requests = Array.from({ length: PREPARED }, (_, index) => make(index));
  let next = 0;
  return () => requests[next++ % requests.length] ?? new Uint8Array();
}
