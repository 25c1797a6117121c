/**
 * One question or order to the Graph API that is not a send: an answer that is a JSON object, or why there is none.
 * Everything asked here may safely be asked again; sends have a door of their own (client.ts).
 */
import { isJsonObject, type MetaError, parseJson, parseMetaError } from "@/lib/meta/meta_error.ts";
import {
  GraphNetworkError,
  type GraphResponse,
  type GraphTransport,
} from "@/lib/meta/transport.ts";

/** Why a question got no usable answer. */
export type LookupFailure =
  /** Meta refused it, or answered something unreadable (then code is null). */
  | { ok: false; error: MetaError }
  /** No answer at all. */
  | { ok: false; error: null; reason: string };

/** The answer to a call; `unreadable` is for the caller whom its body tells nothing. */
export type GraphAnswer =
  | { ok: true; body: Record<string, unknown>; unreadable: LookupFailure }
  | LookupFailure;

/** What every call needs. */
export interface GraphCaller {
  accessToken: string;
  signal: AbortSignal;
}

/** Makes one call; rejects only for faults of the program. */
export async function callGraph(
  transport: GraphTransport,
  call: GraphCaller & {
    method: "GET" | "POST";
    /** Begins with "/", already percent-encoded. */
    path: string;
    query?: Record<string, string>;
    body?: Record<string, unknown>;
    /** What is secret in the call beside the access token; cut out of Meta's errors like that. */
    furtherSecrets?: readonly string[];
  },
): Promise<GraphAnswer> {
  const { body, furtherSecrets = [], ...request } = call;
  let response: GraphResponse;
  try {
    response = await transport.request({
      ...request,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (!(error instanceof GraphNetworkError)) throw error;
    return { ok: false, error: null, reason: error.message };
  }
  const error = parseMetaError(response, { secret: call.accessToken, furtherSecrets });
  const answer = parseJson(response.text);
  if (response.status !== 200 || !isJsonObject(answer)) return { ok: false, error };
  return { ok: true, body: answer, unreadable: { ok: false, error } };
}

/** A text that is there, else null. */
export function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
