/**
 * Takes a webhook in: finds who signed it, takes it apart, stores it, and only then lets Meta be answered. What the
 * items mean is the event worker's business.
 *
 * The rule that keeps accounts apart: an item is applied only if the secret that made the signature is the secret of
 * the integration that the item's number (or business account) belongs to. Everything else that was signed by somebody
 * is kept for them, but never applied: an account can sign whatever it likes, it concerns nobody else.
 */
import { bounded } from "@/db/errors.ts";
import type { NewMetaEvent } from "@/db/meta_events.ts";
import { makeId } from "@/lib/ids.ts";
import { isDeeperThan } from "@/lib/json_depth.ts";
import { parseJson } from "@/lib/meta/meta_error.ts";
import { namedIds, splitWebhook, type WebhookItem } from "@/lib/meta/webhook_items.ts";
import { isSignedWith, parseSignature } from "@/lib/meta/webhook_signature.ts";
import type { Services } from "@/lib/services.ts";
import type { Signer } from "@/lib/webhooks/signers.ts";

/** A callback as it came in. */
export interface Callback {
  body: Uint8Array<ArrayBuffer>;
  /** The header X-Hub-Signature-256. */
  signature: string | null;
  /** The integration whose callback URL was called; null for the common URL. */
  integrationId: string | null;
}

/** What became of a callback. */
export type CallbackResult =
  | { accepted: true; events: number; applying: number }
  | { accepted: false };

const LOOKUP_TIMEOUT_MS = 5_000;
/** How deep an item may lie in itself: far more than Meta's do, far less than a stack holds. */
const MAX_DEPTH = 100;

/**
 * Stores the items of a callback.
 *
 * @returns `accepted: false` when nobody here has signed it: nothing was stored
 * @throws DatabaseUnavailableError
 */
export async function receiveCallback(
  services: Services,
  callback: Callback,
): Promise<CallbackResult> {
  const text = new TextDecoder().decode(callback.body);
  // What is not JSON is kept as it is.
  const items = splitWebhook(parseJson(text) ?? text);
  const signer = await findSigner(services, { callback, items });
  const { webhooks } = services.metrics;
  if (signer === null) {
    webhooks.callbacks.refused.add();
    return { accepted: false };
  }
  const signers = await bounded(services.signers.list(), LOOKUP_TIMEOUT_MS);
  const peers = signers.filter(({ appSecret }) => appSecret === signer.appSecret);
  const events = items.flatMap((item) => toEvents(item, { signer, peers }));
  await services.eventInbox.store(events);
  webhooks.callbacks.stored.add();
  for (const event of events) webhooks.received[event.kind].add();
  const concerned = new Set(events.map(({ integrationId }) => integrationId));
  for (const peer of peers) {
    if (peer === signer || concerned.has(peer.integrationId)) services.webhookHealth.sawEvent(peer);
  }
  const applying = events.filter((event) => event.applies).length;
  if (applying > 0) services.eventWorker.wake();
  return { accepted: true, events: events.length, applying };
}

async function findSigner(
  services: Services,
  options: { callback: Callback; items: WebhookItem[] },
): Promise<Signer | null> {
  const { callback, items } = options;
  const signature = parseSignature(callback.signature);
  let candidates: Signer[] = [];
  for (const fresh of [false, true]) {
    const signers = await bounded(services.signers.list({ fresh }), LOOKUP_TIMEOUT_MS);
    candidates = callback.integrationId === null
      ? namedFirst(signers, items)
      : signers.filter((signer) => signer.integrationId === callback.integrationId);
    const found = signature === null ? null : firstToSign(candidates, {
      body: callback.body,
      signature,
    });
    if (found !== null) return found;
  }
  noteFailure(services, { callback, candidates, items });
  return null;
}

/** The first whose secret made the signature; each distinct secret is tried once. */
function firstToSign(
  candidates: Signer[],
  signed: { body: Uint8Array; signature: Uint8Array },
): Signer | null {
  const tried = new Set<string>();
  for (const signer of candidates) {
    if (tried.has(signer.appSecret)) continue;
    tried.add(signer.appSecret);
    if (isSignedWith(signer.appSecret, signed)) return signer;
  }
  return null;
}

function namedFirst(signers: Signer[], items: WebhookItem[]): Signer[] {
  const named = new Set(onlyNamed(signers, items));
  return [...named, ...signers.filter((signer) => !named.has(signer))];
}

function onlyNamed(signers: Signer[], items: WebhookItem[]): Signer[] {
  const { phoneNumberIds, wabaIds } = namedIds(items);
  return signers.filter((signer) =>
    phoneNumberIds.has(signer.phoneNumberId) || wabaIds.has(signer.wabaId)
  );
}

/**
 * One event for each integration that an item is for, of those whose secret is the one that signed (`peers`). If there
 * is none, the item is kept for the signer, unapplied.
 */
function toEvents(
  item: WebhookItem,
  options: { signer: Signer; peers: Signer[] },
): NewMetaEvent[] {
  const targets = options.peers.filter((peer) => isFor(item, peer));
  const owners = targets.length > 0 ? targets : [options.signer];
  const field = item.field.slice(0, 100).toWellFormed().replaceAll("\0", "");
  const isTooDeep = isDeeperThan(item.payload, MAX_DEPTH);
  const payload = JSON.stringify(
    isTooDeep ? { dropped: `Nested more than ${MAX_DEPTH} levels deep` } : item.payload,
  );
  return owners.map((owner) => ({
    accountId: owner.accountId,
    id: makeId(),
    integrationId: owner.integrationId,
    kind: item.kind,
    field,
    payload,
    applies: targets.length > 0 && item.kind !== "other" && !isTooDeep,
  }));
}

/** What names no number is for every number of the business account, unless it is about messages of one number. */
function isFor(item: WebhookItem, signer: Signer): boolean {
  if (item.phoneNumberId !== null) return item.phoneNumberId === signer.phoneNumberId;
  const isOfOneNumber = item.kind === "message" || item.kind === "status";
  return !isOfOneNumber && item.wabaId !== null && item.wabaId === signer.wabaId;
}

function noteFailure(
  services: Services,
  options: { callback: Callback; candidates: Signer[]; items: WebhookItem[] },
): void {
  const { callback, candidates, items } = options;
  const concerned = callback.integrationId === null ? onlyNamed(candidates, items) : candidates;
  for (const signer of concerned) services.webhookHealth.sawSignatureFailure(signer);
  services.log.warn("webhook_signature_refused", {
    signed: callback.signature !== null,
    integrations: concerned.map((signer) => signer.integrationId),
  });
}
