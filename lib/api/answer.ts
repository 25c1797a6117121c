/**
 * From what a request does to its answer: whatever comes out, a result or an error, becomes an envelope and a row of
 * the request log. Catches everything: an error that left here would become an HTML page. Who calls is the business of
 * `handle`: an API key (endpoint.ts) or a signed-in user (lib/admin/send_as_user.ts).
 */
import { type ApiResult, dataResponse, errorResponse } from "@/lib/api/envelope.ts";
import { ApiError } from "@/lib/api/errors.ts";
import { DatabaseUnavailableError, toDatabaseError } from "@/db/errors.ts";
import type { Services } from "@/lib/services.ts";

/** What the request log should say beyond the obvious. */
export interface LoggedDetails {
  messageId: string | null;
  recipientMasked: string | null;
}

/** Whose request it is, for the request log. */
export interface Caller {
  accountId: string;
  /** Null for a person in the admin UI. */
  apiKeyId: string | null;
}

/** What `handle` is given. */
export interface Answering {
  /** Headers of the answer, whatever it will be. */
  headers: Headers;
  logged: LoggedDetails;
  /** Tells who calls, as soon as it is known; without it, nothing is written into the request log. */
  setCaller(caller: Caller): void;
}

/** A request of the API, and what it does. */
export interface AnsweredRequest {
  requestId: string;
  method: string;
  /** The pattern of its path. */
  route: string;
  handle(answering: Answering): Promise<ApiResult | Response>;
}

const RETRY_AFTER_SECONDS = "2";

/** Carries out a request; never throws. */
export async function answerRequest(
  services: Services,
  request: AnsweredRequest,
): Promise<Response> {
  const startedAt = performance.now();
  const headers = new Headers();
  const logged: LoggedDetails = { messageId: null, recipientMasked: null };
  const callers: Caller[] = [];
  let failure: ApiError | null = null;
  let response: Response;
  try {
    const result = await request.handle({
      headers,
      logged,
      setCaller: (caller) => callers.push(caller),
    });
    response = result instanceof Response
      ? addHeaders(result, headers)
      : dataResponse(result, headers);
  } catch (error) {
    failure = toApiError(services, { error, request });
    response = errorResponse(failure, {
      requestId: request.requestId,
      appUrl: services.config.appUrl,
      headers,
    });
  }
  const caller = callers.at(-1);
  if (caller !== undefined) {
    services.requestLog.add({
      ...caller,
      requestId: request.requestId,
      method: request.method,
      route: request.route,
      status: response.status,
      errorCode: failure?.code ?? null,
      errorMessage: failure?.message ?? null,
      durationMs: performance.now() - startedAt,
      messageId: logged.messageId ?? failedMessageId(failure),
      recipientMasked: logged.recipientMasked,
    });
  }
  return response;
}

/** For answers that are files: the headers that every answer of an endpoint has. */
function addHeaders(response: Response, headers: Headers): Response {
  for (const [name, value] of headers) response.headers.set(name, value);
  return response;
}

function toApiError(
  { log }: Services,
  { error, request }: { error: unknown; request: AnsweredRequest },
): ApiError {
  if (error instanceof ApiError) return error;
  const reason = toDatabaseError(error);
  const fields = { request_id: request.requestId, route: request.route, error: reason };
  if (reason instanceof DatabaseUnavailableError) {
    log.warn("database_unavailable", fields);
    return new ApiError(
      "unavailable",
      "The server has no database at the moment: send the request again in a few seconds",
      { headers: { "retry-after": RETRY_AFTER_SECONDS } },
    );
  }
  log.error("request_failed", fields);
  return new ApiError(
    "internal",
    `Something failed on the server: look for the request id "${request.requestId}" in its log`,
  );
}

/** The message that a failed send has stored; its error names it to the caller too. */
function failedMessageId(failure: ApiError | null): string | null {
  return failure?.details?.message_id ?? null;
}
