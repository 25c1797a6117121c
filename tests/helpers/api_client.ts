/**
 * Calls the API over HTTP, reads the whole answer and holds it against the OpenAPI document. Servers under test trust a proxy, and every call is forwarded from
 * a client address of its own: what fails in one case is not counted against the next.
 */
import { randomInt } from "node:crypto";
import { assertEquals } from "@std/assert";
import { assertDocumented } from "@/tests/helpers/documented_answers.ts";

/** A request; the method is POST with a body and GET without if not given. */
export interface ApiRequest {
  method?: string;
  path: string;
  key?: string;
  /** Sent as JSON; a string or bytes as they are. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** An answer, read to its end. */
export interface ApiAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body, or null if it is empty. */
  // deno-lint-ignore no-explicit-any -- tests reach into answers whose shape is what they assert
  json: any;
}

/** Sends a request; throws AssertionError when the answer is not documented. */
export async function callApi(baseUrl: string, request: ApiRequest): Promise<ApiAnswer> {
  const headers = new Headers(request.headers);
  if (request.key !== undefined) headers.set("authorization", `Bearer ${request.key}`);
  if (request.body !== undefined && !headers.has("content-type")) {
    headers.set("content-type", "application/json");
  }
  if (!headers.has("x-forwarded-for")) headers.set("x-forwarded-for", randomAddress());
  const method = request.method ?? (request.body === undefined ? "GET" : "POST");
  const response = await fetch(`${baseUrl}${request.path}`, {
    method,
    headers,
    body: request.body === undefined ? null : encodeBody(request.body),
    redirect: "manual",
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  const answer = {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text !== "" ? JSON.parse(text) : null,
  };
  await assertDocumented({ method, path: request.path }, answer);
  return answer;
}

/** Asserts an error answer: status, code, and that the envelope is whole. */
export function assertApiError(
  answer: ApiAnswer,
  expected: { status: number; code: string; retryable?: boolean },
): void {
  const error = answer.json?.error;
  assertEquals({ status: answer.status, code: error?.code }, {
    status: expected.status,
    code: expected.code,
  }, answer.text);
  assertEquals(answer.headers.get("content-type"), "application/json");
  assertEquals(error.request_id, answer.headers.get("x-request-id"));
  assertEquals(error.doc_url.endsWith(`/docs/errors#${expected.code}`), true);
  assertEquals(typeof error.message, "string");
  assertEquals(typeof error.retryable, "boolean");
  if (expected.retryable !== undefined) assertEquals(error.retryable, expected.retryable);
  assertEquals("data" in answer.json, false);
}

function encodeBody(body: unknown): BodyInit {
  if (typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream) {
    return body as BodyInit;
  }
  return JSON.stringify(body);
}

/** One of some thousand addresses that belong to nobody (RFC 2544). */
function randomAddress(): string {
  return `198.18.${randomInt(16)}.${randomInt(256)}`;
}
