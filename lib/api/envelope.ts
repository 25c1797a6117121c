/**
 * The two shapes of every API answer: `{"data": …, "meta"?: …}` and `{"error": {…}}`. Answers are never cached: they
 * belong to one key.
 */
import type { z } from "zod";
import { type ApiError, ERRORS } from "@/lib/api/errors.ts";
import type { warningSchema } from "@/lib/api/response_schemas.ts";

/** Something the caller should know although the request was carried out. */
export type Warning = z.output<typeof warningSchema>;

/** What an endpoint answers with. */
export interface ApiResult<Data = unknown> {
  /** 200 if not given. */
  status?: number;
  data: Data;
  /** For lists: the cursor of the next page, or null on the last. */
  nextCursor?: string | null;
  warnings?: Warning[];
  headers?: Record<string, string>;
}

/** The answer of a request that was carried out. */
export function dataResponse(result: ApiResult, headers: Headers): Response {
  const meta: Record<string, unknown> = {};
  if (result.nextCursor !== undefined) meta.next_cursor = result.nextCursor;
  if (result.warnings !== undefined && result.warnings.length > 0) meta.warnings = result.warnings;
  const body = Object.keys(meta).length > 0 ? { data: result.data, meta } : { data: result.data };
  setAll(headers, result.headers ?? {});
  return jsonResponse(body, { status: result.status ?? 200, headers });
}

/** The answer of a request that was refused or failed. */
export function errorResponse(
  error: ApiError,
  options: { requestId: string; appUrl: string; headers: Headers },
): Response {
  setAll(options.headers, error.headers);
  return jsonResponse(errorBody(error, options), {
    status: error.status,
    headers: options.headers,
  });
}

/** The JSON of such an answer. */
export function errorBody(
  error: Pick<ApiError, "code" | "message" | "details">,
  options: { requestId: string; appUrl: string },
): Record<string, unknown> {
  return {
    error: {
      code: error.code,
      message: error.message,
      request_id: options.requestId,
      retryable: ERRORS[error.code].retryable,
      doc_url: `${options.appUrl}/docs/errors#${error.code}`,
      ...(error.details === null ? {} : { details: error.details }),
    },
  };
}

function jsonResponse(body: unknown, init: { status: number; headers: Headers }): Response {
  init.headers.set("content-type", "application/json");
  init.headers.set("cache-control", "no-store");
  return new Response(`${JSON.stringify(body)}\n`, init);
}

function setAll(headers: Headers, values: Record<string, string>): void {
  for (const [name, value] of Object.entries(values)) headers.set(name, value);
}
