/**
 * One attempt to send one message through a GraphTransport. Repeating is
 * send_with_retries.ts's, judging a complete answer classify.ts's. A send has
 * no id that Meta would recognise, so calling this twice can deliver twice.
 */
import { classifySendResponse, type SendOutcome } from "@/lib/meta/classify.ts";
import type { SendPayload } from "@/lib/meta/payload.ts";
import { GraphNetworkError, type GraphTransport } from "@/lib/meta/transport.ts";

export type { SendOutcome } from "@/lib/meta/classify.ts";
export type { MetaError } from "@/lib/meta/meta_error.ts";

/**
 * Sends the payload once and says how it ended. `signal` ends the attempt: the
 * outcome is then "never_written" if nothing was sent yet, else "ambiguous".
 * Rejects only for faults of the program, never for a failed call.
 */
export async function sendOnce(transport: GraphTransport, options: {
  phoneNumberId: string;
  accessToken: string;
  payload: SendPayload;
  signal: AbortSignal;
}): Promise<SendOutcome> {
  const { phoneNumberId, accessToken, payload, signal } = options;
  const body = JSON.stringify(payload);
  try {
    const response = await transport.request({
      method: "POST",
      path: `/${encodeURIComponent(phoneNumberId)}/messages`,
      accessToken,
      body,
      signal,
    });
    return classifySendResponse(response, { secret: accessToken });
  } catch (error) {
    if (!(error instanceof GraphNetworkError)) throw error;
    return error.certainty === "never_written"
      ? { kind: "never_written", reason: error.message }
      : { kind: "ambiguous", reason: error.message, error: null };
  }
}
