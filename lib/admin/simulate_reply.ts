/**
 * Test mode's "the other person writes": a message from the contact of a conversation, which takes the sandbox's signed
 * way in like every other callback, a moment later.
 */
import { randomBytes } from "node:crypto";
import type { ConversationRow } from "@/db/conversations.ts";
import { bounded } from "@/db/errors.ts";
import { findIntegration } from "@/db/integrations.ts";
import { insertSandboxWebhooks } from "@/db/sandbox_webhooks.ts";
import type { AdminContext } from "@/lib/admin/admin_state.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";
import { makeId } from "@/lib/ids.ts";
import { planInboundText } from "@/lib/meta/sandbox/webhooks.ts";
import type { Services } from "@/lib/services.ts";

/**
 * Has the contact write a text. False outside of test mode, where nobody may put words into a person's mouth, and when
 * the contact has neither a number nor a WhatsApp user id.
 */
export async function simulateReply(
  services: Services,
  options: { admin: AdminContext; conversation: ConversationRow; text: string },
): Promise<boolean> {
  const { admin: { account }, conversation: { contact } } = options;
  const { sql } = services.db;
  if (account.mode !== "test") return false;
  const waId = contact.wa_id ?? contact.phone?.replace("+", "") ?? null;
  if (waId === null && contact.bsuid === null) return false;
  const integration = await bounded(findIntegration(sql, account.id), READ_TIMEOUT_MS);
  if (integration === null || integration.phone_number_id === null) return false;
  const delayMs = untilNextSecondMs(options.conversation.last_message_at);
  const webhook = planInboundText(options.text, {
    sender: {
      wabaId: integration.waba_id ?? "",
      phoneNumberId: integration.phone_number_id,
      displayPhoneNumber: (integration.display_phone_number ?? "").replace("+", ""),
    },
    person: { waId, userId: contact.bsuid },
    nowMs: Date.now() + delayMs,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
  });
  await bounded(
    insertSandboxWebhooks(sql, [{
      accountId: account.id,
      id: makeId(),
      body: JSON.stringify(webhook.body),
      afterMs: webhook.afterMs + delayMs,
    }]),
    READ_TIMEOUT_MS,
  );
  services.courier.lookAfter(webhook.afterMs + delayMs);
  return true;
}

/**
 * Callbacks tell times in whole seconds: what is written in the second of the last message would stand before it. So
 * it comes when the next one begins.
 */
function untilNextSecondMs(last: Date | null): number {
  const nowMs = Date.now();
  const second = Math.floor(nowMs / 1000) * 1000;
  return last === null || last.getTime() < second ? 0 : second + 1000 - nowMs;
}
