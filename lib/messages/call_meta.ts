/**
 * The second step of a send: the call to Meta, with all that can fail before it done before it.
 */
import { limitTime } from "@/db/time_limits.ts";
import type { SendOutcome } from "@/lib/meta/client.ts";
import { buildSendPayload, type SendPayload } from "@/lib/meta/payload.ts";
import { sendWithRetries } from "@/lib/meta/send_with_retries.ts";
import type { CreatedSend, Send } from "@/lib/messages/send.ts";
import { storedByDeadline } from "@/lib/messages/store_outcome.ts";
import type { Services } from "@/lib/services.ts";

/** The attempts end this long before the deadline: time to store, and so to tell, what became of the last of them. */
const STORE_MARGIN_MS = 500;

/** Everything that can fail before Meta is called, done before Meta is called. */
async function prepare(
  services: Services,
  send: Send,
  begun: CreatedSend,
): Promise<{ phoneNumberId: string; accessToken: string; payload: SendPayload }> {
  try {
    return {
      phoneNumberId: begun.phoneNumberId,
      accessToken: services.secrets.decrypt(begun.accessToken, {
        table: "whatsapp_integrations",
        column: "access_token",
        accountId: send.sender.accountId,
        rowId: begun.integrationId,
      }),
      payload: buildSendPayload({
        recipient: send.request.recipient,
        message: send.request.message,
        callbackData: send.messageId,
        ...(begun.replyWamid === null ? {} : { contextWamid: begun.replyWamid }),
      }),
    };
  } catch (error) {
    const reason = "The request to Meta could not be made";
    await storedByDeadline(services, { send, begun }, { kind: "never_written", reason });
    throw error;
  }
}

/** Hands a message to Meta and says how that ended; never throws once the request may have been written. */
export async function callMeta(
  services: Services,
  send: Send,
  begun: CreatedSend,
): Promise<SendOutcome> {
  const { sender } = send;
  const prepared = await prepare(services, send, begun);
  let outcome: SendOutcome & { attempts?: number };
  try {
    outcome = await sendWithRetries(services.graph[sender.mode], {
      ...prepared,
      attemptTimeoutMs: services.config.metaTimeoutMs,
      deadlineAtMs: send.deadlineAt - STORE_MARGIN_MS,
      limitTime,
    });
  } catch (error) {
    // A fault of ours in the middle of a call: the request may have been written.
    services.log.error("send_broke_off", { message_id: send.messageId, error });
    outcome = { kind: "ambiguous", reason: "The call broke off", error: null };
  }
  if (outcome.kind !== "accepted") {
    services.log.warn("send_not_accepted", {
      request_id: sender.requestId,
      message_id: send.messageId,
      outcome: outcome.kind,
      attempts: outcome.attempts,
      meta_code: "error" in outcome ? outcome.error?.code ?? null : null,
      reason: "reason" in outcome ? outcome.reason : null,
    });
  }
  return outcome;
}
