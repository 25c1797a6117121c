/**
 * Meta's callback URL over HTTP: GET is the handshake, POST an event. Meta counts only 200 as success, tries anything
 * else again for up to 7 days, and wants an answer within a quarter of a second; so a POST is answered as soon as it
 * is stored.
 */
import type { Context } from "fresh";
import { DatabaseUnavailableError } from "@/db/errors.ts";
import { readBytes } from "@/lib/api/body_bytes.ts";
import { methods } from "@/lib/api/endpoint.ts";
import { ApiError } from "@/lib/api/errors.ts";
import type { State } from "@/lib/state.ts";
import { answerHandshake } from "@/lib/webhooks/handshake.ts";
import { receiveCallback } from "@/lib/webhooks/receive.ts";

type Handler = (ctx: Context<State>) => Promise<Response>;

/** Meta sends up to 3 MB. */
const MAX_BYTES = 4 * 1024 * 1024;
const BODY_TIMEOUT_MS = 10_000;

/** The handler of a callback URL; `integrationId` says whose, null for the common one. */
export function callbackEndpoint(
  integrationId: (ctx: Context<State>) => string | null,
): Handler {
  return methods({
    GET: (ctx) => guarded(ctx, () => handshake(ctx, integrationId(ctx))),
    POST: (ctx) => guarded(ctx, () => receive(ctx, integrationId(ctx))),
  });
}

async function handshake(ctx: Context<State>, integrationId: string | null): Promise<Response> {
  const query = ctx.url.searchParams;
  const challenge = await answerHandshake(ctx.state.services, {
    mode: query.get("hub.mode"),
    token: query.get("hub.verify_token"),
    challenge: query.get("hub.challenge"),
    integrationId,
  });
  if (challenge === null) return text(403, "The verify token is not known here");
  return text(200, challenge);
}

async function receive(ctx: Context<State>, integrationId: string | null): Promise<Response> {
  const body = await readBytes(ctx.req, { maxBytes: MAX_BYTES, timeoutMs: BODY_TIMEOUT_MS });
  const result = await receiveCallback(ctx.state.services, {
    body,
    signature: ctx.req.headers.get("x-hub-signature-256"),
    integrationId,
  });
  return result.accepted
    ? text(200, "stored")
    : text(401, "The signature was made with no app secret that is known here");
}

/** Meta reads the status alone; the text is for a person who tries the URL. */
async function guarded(
  ctx: Context<State>,
  run: () => Promise<Response>,
): Promise<Response> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ApiError) return text(error.status, error.message);
    const { log, metrics } = ctx.state.services;
    if (ctx.req.method === "POST") metrics.webhooks.callbacks.failed.add();
    const fields = { request_id: ctx.state.requestId, error };
    if (error instanceof DatabaseUnavailableError) {
      log.warn("database_unavailable", fields);
      return text(503, "The event could not be stored: send it again");
    }
    log.error("webhook_failed", fields);
    return text(500, "The event could not be stored: send it again");
  }
}

function text(status: number, body: string): Response {
  return new Response(body, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
}
