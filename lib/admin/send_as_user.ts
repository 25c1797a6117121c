/**
 * Sends a message on behalf of a signed-in user: the same checks, pipeline, envelope and request log as
 * `POST /api/v1/messages`, without an API key. What belongs to a key is left out: scopes, and the rate limit with its
 * headers, as for an unlimited key. That a click does not send twice is up to the caller, by an idempotency key made
 * with the form.
 */
import { answerRequest } from "@/lib/api/answer.ts";
import { requireJsonObject } from "@/lib/api/body.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { postMessage } from "@/lib/messages/post_message.ts";
import type { Services } from "@/lib/services.ts";

/** A send by a user. */
export interface UserSend {
  /** Whose page it is, as the admin middleware found it; the message goes out from this account, live or test. */
  admin: { account: { id: string; mode: Mode } };
  /** A parsed JSON value, with the fields of `POST /api/v1/messages`. */
  body: unknown;
  /** What an API client would send as the header Idempotency-Key; null: none. */
  idempotencyKey: string | null;
  /** Of the page's own request. */
  requestId: string;
}

/** The answer that the API would give, its status and headers included; never throws. */
export async function sendAsUser(services: Services, send: UserSend): Promise<Response> {
  const { admin: { account }, requestId } = send;
  const response = await answerRequest(services, {
    requestId,
    method: "POST",
    route: "/api/v1/messages",
    handle: async ({ logged, setCaller }) => {
      setCaller({ accountId: account.id, apiKeyId: null });
      return await postMessage(services, {
        sender: { accountId: account.id, mode: account.mode, apiKeyId: null, requestId },
        body: requireJsonObject(send.body),
        // Spaces around a header's value are no part of it (RFC 9110, section 5.5).
        idempotencyKey: send.idempotencyKey?.replace(/^[ \t]+|[ \t]+$/g, "") ?? null,
        keyProof: null,
        logged,
      });
    },
  });
  // The API's answers get it on their way out, around the whole application.
  response.headers.set("x-request-id", requestId);
  return response;
}
