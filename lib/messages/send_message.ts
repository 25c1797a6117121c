/**
 * Sends one message: begin (one statement, committed before Meta is called), send, finish (one statement). The only
 * place that knows both the database and Meta. What it promises, and why each step is where it is, is told in
 * docs/sending.md; the rule behind all of it: once the request to Meta may have been written, no failure of ours may
 * look to the caller like "try again".
 */
import type { SendIds } from "@/db/sends.ts";
import type { Warning } from "@/lib/api/envelope.ts";
import { KeyRefusedError } from "@/lib/api/known_keys.ts";
import { begin } from "@/lib/messages/begin_send.ts";
import { callMeta } from "@/lib/messages/call_meta.ts";
import type { MessageRequest } from "@/lib/messages/message_request.ts";
import { type CreatedSend, makeSend, type Send, type SendInput } from "@/lib/messages/send.ts";
import { outcomeUnknown, toSendError } from "@/lib/messages/send_outcome.ts";
import { storedByDeadline } from "@/lib/messages/store_outcome.ts";
import type { SendResult } from "@/lib/observability/send_results.ts";
import type { Services } from "@/lib/services.ts";

/** A message that Meta has taken, now or at an earlier request with the same key. */
export interface SentMessage extends SendIds {
  wamid: string;
  replayed: boolean;
  warnings: Warning[];
}

/**
 * Sends a message and waits for Meta's answer. A caller that hangs up does not cancel it.
 *
 * @throws ApiError with every code of `POST /api/v1/messages` that comes after the body was checked
 */
export function sendMessage(services: Services, input: SendInput): Promise<SentMessage> {
  // The process does not end before a send has: also one whose caller is gone.
  return services.background.track(run(services, input));
}

async function run(services: Services, input: SendInput): Promise<SentMessage> {
  let result: SendResult | null = "refused";
  let release = () => {};
  try {
    release = await services.slots.take(input.sender.accountId);
    const send = makeSend(input, services.config);
    const begun = await begin(services, send);
    services.liveFeed.wake();
    if (begun.outcome === "replayed") {
      result = "replayed";
      return { ...begun, replayed: true, warnings: [] };
    }
    result = "failed";
    return await deliver(services, { send, begun }, (known) => result = known);
  } catch (error) {
    // It is tried once more, after the key was looked at anew.
    if (error instanceof KeyRefusedError) result = null;
    throw error;
  } finally {
    release();
    if (result !== null) services.metrics.sends.add(input.sender.mode, result);
  }
}

/** Calls Meta and stores what became of it; answers by the deadline, whatever the database does. */
async function deliver(
  services: Services,
  { send, begun }: { send: Send; begun: CreatedSend },
  onResult: (result: SendResult) => void,
): Promise<SentMessage> {
  const outcome = await callMeta(services, send, begun);
  const row = await storedByDeadline(services, { send, begun }, outcome);
  if (row === null || outcome.kind === "ambiguous") onResult("unknown");
  if (row === null) {
    throw outcomeUnknown({
      messageId: send.messageId,
      wamid: outcome.kind === "accepted" ? outcome.wamid : null,
    });
  }
  if (row.wamid === null) throw toSendError(outcome, send.messageId);
  onResult("accepted");
  return {
    messageId: begun.messageId,
    conversationId: begun.conversationId,
    contactId: begun.contactId,
    contactCreated: begun.contactCreated,
    wamid: row.wamid,
    replayed: false,
    warnings: [...send.request.warnings, ...windowWarnings(send.request, begun)],
  };
}

function windowWarnings(request: MessageRequest, begun: CreatedSend): Warning[] {
  if (request.message.type === "template" || begun.windowOpen) return [];
  return [{
    code: "outside_service_window",
    message:
      "The recipient is not known to have written within the last 24 hours: WhatsApp may drop this message " +
      "later with error 131047. Use a template to reach people outside that window",
  }];
}
