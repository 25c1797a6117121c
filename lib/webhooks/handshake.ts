/**
 * The handshake by which Meta verifies a callback URL: it calls the URL with a token that the person who set it up has
 * typed into Meta's console, and expects its challenge back. Meta: "Webhooks, getting started".
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { bounded } from "@/db/errors.ts";
import { recordHandshake } from "@/db/webhook_signers.ts";
import type { Services } from "@/lib/services.ts";
import type { Signer } from "@/lib/webhooks/signers.ts";

/** A handshake as it came in. */
export interface Handshake {
  mode: string | null;
  token: string | null;
  challenge: string | null;
  /** The integration whose callback URL was called; null for the common URL. */
  integrationId: string | null;
}

const TIMEOUT_MS = 5_000;

/** The challenge to answer with, or null when the token is nobody's. Noted for the people who wait for it. */
export async function answerHandshake(
  services: Services,
  handshake: Handshake,
): Promise<string | null> {
  const signers = await bounded(services.signers.list({ fresh: true }), TIMEOUT_MS);
  const asked = handshake.integrationId === null
    ? signers
    : signers.filter((signer) => signer.integrationId === handshake.integrationId);
  const { mode, token, challenge } = handshake;
  // Several: the numbers of one Meta app may have been given the same token.
  const verified = mode === "subscribe" && token !== null && challenge !== null
    ? asked.filter((signer) => isSame(signer.verifyToken, token))
    : [];
  if (challenge !== null && verified.length > 0) {
    await note(services, verified, null);
    return challenge;
  }
  // Nobody can be told of a wrong token at the common URL.
  if (handshake.integrationId !== null) await note(services, asked, describeFailure(handshake));
  return null;
}

async function note(services: Services, signers: Signer[], error: string | null): Promise<void> {
  for (const { accountId, integrationId } of signers) {
    services.log.info("webhook_handshake", { integration_id: integrationId, ok: error === null });
    await bounded(
      recordHandshake(services.db.sql, { accountId, integrationId, error }),
      TIMEOUT_MS,
    );
  }
}

function describeFailure({ mode, token, challenge }: Handshake): string {
  if (mode !== "subscribe" || token === null || challenge === null) {
    return 'The request was not a handshake of Meta\'s: it needs hub.mode "subscribe", hub.verify_token and hub.challenge';
  }
  return "The verify token differs from the one that is stored here";
}

/** Compares in the same time whatever the lengths and contents. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
