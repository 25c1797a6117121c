/**
 * Requests to the API. Each is made by `fetch`, under a time limit, and repeated where that is safe (retries.ts). No
 * runtime may repeat one by itself: nobody would know how often a message was handed over.
 */
import { type Answer, readAnswer, readError, type RequestFacts } from "./answer.ts";
import { MessagesConnectionError, MessagesError } from "./errors.ts";
import type { ApiResult } from "./results.ts";
import { withRetries } from "./retries.ts";
import type { Settings } from "./settings.ts";
import { TimeLimit } from "./time_limit.ts";

/** A request, as resources describe it. */
export interface ApiRequest {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** After /api/v1. */
  path: string;
  query?: URLSearchParams | undefined;
  /** Sent as JSON. */
  body?: unknown;
  idempotencyKey?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** What reads a response that has arrived; `limit` is released afterwards, unless it says "kept". */
type Read<Value> = (response: Response, context: ReadContext) => Promise<Value>;

/** What a reader knows of its request. */
export interface ReadContext {
  facts: RequestFacts;
  /** Keeps the caller's signal in force while the body is read; the reader then releases it. */
  keepLimit(): TimeLimit;
}

/**
 * Deno's fetch writes a POST or PATCH a second time when a kept connection breaks before the answer, although the server
 * may have read the first (2.9, measured); older versions of Bun did so too. A body that can be read only once rules
 * that out. Node's fetch does not do it, and some of its versions fail a request whose body can be read only once when
 * the answer is 401.
 */
const MAY_REPEAT = "Deno" in globalThis || "Bun" in globalThis;

/** Makes requests with the settings of a client. */
export class Transport {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Makes a request and reads its JSON answer; throws a MessagesError, or the reason of the caller's signal. */
  call<Data>(request: ApiRequest): Promise<Answer<Data>> {
    return this.open(request, (response, { facts }) => readAnswer<Data>(response, facts));
  }

  /** Makes a request and gives a successful response to a reader. */
  open<Value>(request: ApiRequest, read: Read<Value>): Promise<Value> {
    const { signal } = request;
    // Once for all attempts: they carry the very same bytes.
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    return withRetries(this.#settings, async ({ number, remainingMs }) => {
      const limit = new TimeLimit(
        Math.min(this.#settings.timeoutMs, Math.max(1, remainingMs)),
        signal,
      );
      let isKept = false;
      const facts: RequestFacts = {
        label: `${request.method} ${this.#settings.apiUrl}${request.path}`,
        attempts: number,
        idempotencyKey: request.idempotencyKey ?? null,
        apiKey: this.#settings.apiKey,
      };
      try {
        const response = await this.#fetch(request, body, limit.signal);
        if (!response.ok) throw await readError(response, facts);
        return await read(response, {
          facts,
          keepLimit: () => {
            isKept = true;
            return limit;
          },
        });
      } catch (error) {
        if (error instanceof MessagesError) throw error;
        signal?.throwIfAborted();
        throw connectionError(error, { facts, isTimedOut: limit.isTimedOut });
      } finally {
        if (!isKept) limit.release();
      }
    }, { signal });
  }

  #fetch(request: ApiRequest, body: string | undefined, signal: AbortSignal): Promise<Response> {
    const { apiUrl, apiKey, fetch } = this.#settings;
    const query = request.query === undefined || request.query.size === 0
      ? ""
      : `?${request.query}`;
    const init: RequestInit & { duplex?: "half" } = {
      method: request.method,
      headers: {
        accept: "application/json",
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(request.idempotencyKey === undefined
          ? {}
          : { "idempotency-key": request.idempotencyKey }),
      },
      // The key is for this server alone, and a POST must not become a GET.
      redirect: "manual",
      signal,
    };
    if (body !== undefined) {
      init.body = MAY_REPEAT ? readableOnce(body) : body;
      if (MAY_REPEAT) init.duplex = "half";
    }
    return fetch(`${apiUrl}${request.path}${query}`, init);
  }
}

/** The part of an answer that every call gives to its caller. */
export function toResult<Data>(answer: Answer<Data>): ApiResult<Data> {
  const { data, warnings, requestId, rateLimit, attempts } = answer;
  return { data, warnings, requestId, rateLimit, attempts };
}

/** The error for a connection that gave no answer, or none in time. */
export function connectionError(
  error: unknown,
  { facts, isTimedOut }: { facts: RequestFacts; isTimedOut: boolean },
): MessagesConnectionError {
  const message = isTimedOut
    ? `${facts.label} was not answered in time`
    : `The connection of ${facts.label} was lost: ${
      describe(error).replaceAll(facts.apiKey, "[API key]")
    }`;
  return new MessagesConnectionError(message, {
    requestId: null,
    attempts: facts.attempts,
    idempotencyKey: facts.idempotencyKey,
    retryAfterSeconds: null,
    reason: isTimedOut ? "timed_out" : "lost",
    status: null,
  });
}

/** What the runtime says of a failure; the truth is in the innermost cause. Queries, which may hold numbers, are left out. */
function describe(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  const code = innermost instanceof Error && "code" in innermost ? innermost.code : undefined;
  const text = innermost instanceof Error ? innermost.message : String(innermost);
  const parts = [typeof code === "string" ? code : "", text.replace(/\?[^\s)"']*/g, "")];
  return parts.filter((part) => part !== "").join(" ") || "no reason given";
}

function readableOnce(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}
