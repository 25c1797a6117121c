/** The answers of an operation, as the document describes them: successful ones in their envelope, errors by status. */
import { z } from "zod";
import { type ErrorCode, ERRORS } from "@/lib/api/errors.ts";
import type { Answer, Content, Operation } from "@/lib/api/operation.ts";
import { warningSchema } from "@/lib/api/response_schemas.ts";
import { ERROR_EXAMPLES } from "@/lib/openapi/error_examples.ts";
import { type HeaderName, headersOf, requiredHeader } from "@/lib/openapi/headers.ts";
import { pascalCase } from "@/lib/openapi/names.ts";
import {
  type ExampleObject,
  type MediaTypeObject,
  refTo,
  type ResponseObject,
} from "@/lib/openapi/types.ts";

const EXAMPLE_REQUEST_ID = "01a2049d-e235-738c-b85a-c9d0e1f20314";
const EXAMPLE_HOST = "https://messages.example.com";
const EXAMPLE_CURSOR = "Zm9yIHRoZSBuZXh0IHBhZ2Ugb2YgdGhlIGxpc3QuLi4";

/** Errors that carry Retry-After, always. */
const RETRY_AFTER: readonly ErrorCode[] = [
  "idempotency_in_progress",
  "rate_limited",
  "meta_unavailable",
  "unavailable",
];

/** The envelope of an operation's data, or null for a file and the like. */
export function envelopeSchema<Data>(content: Content<Data>): z.ZodObject | null {
  if (content.kind !== "data") return null;
  const { data, paged, warnings } = content;
  const warningList = { warnings: z.array(warningSchema).optional() };
  const cursor = z.string().nullable().describe(
    "The `cursor` of the next page; null on the last",
  );
  if (paged) {
    return z.object({
      data,
      meta: z.object({ next_cursor: cursor, ...(warnings.length > 0 ? warningList : {}) }),
    });
  }
  return z.object({
    data,
    ...(warnings.length > 0 ? { meta: z.object(warningList).optional() } : {}),
  });
}

/** A successful answer of an operation. */
export function answerObject(
  operation: Operation,
  { status, answer }: { status: number; answer: Answer },
): ResponseObject {
  const body = status === 304 ? null : contentOf(operation, answer);
  return {
    description: answer.description,
    headers: headersOf(answer.headers ?? [], { keyless: operation.keyless ?? false }),
    ...(body === null ? {} : { content: body }),
  };
}

function contentOf(operation: Operation, answer: Answer): Record<string, MediaTypeObject> {
  const { content } = operation;
  // Any type and any bytes: JSON Schema has nothing to say of them.
  if (content.kind === "file") return { "*/*": {} };
  if (content.kind === "json") return { "application/json": { schema: { type: "object" } } };
  const value = content.paged
    ? { data: answer.example, meta: { next_cursor: EXAMPLE_CURSOR } }
    : { data: answer.example };
  return {
    "application/json": {
      schema: { ...refTo("schemas", `${pascalCase(operation.id)}Response`) },
      ...(answer.example === undefined
        ? {}
        : { examples: { example: { summary: answer.description, value } } }),
    },
  };
}

/** The errors of an operation by their status. */
export function errorsByStatus(operation: Operation): Map<number, ErrorCode[]> {
  const { scope, keyless = false, body, query, pathParameters } = operation;
  const codes: (ErrorCode | { code: ErrorCode; status: number })[] = [
    ...(body || query ? ["bad_request" as const] : []),
    ...(keyless ? [] : ["unauthorized" as const, "rate_limited" as const]),
    ...(scope === null ? [] : ["forbidden" as const]),
    ...(pathParameters ? ["not_found" as const] : []),
    ...(body ? ["payload_too_large" as const, "unsupported_media_type" as const] : []),
    "internal",
    ...(keyless ? [] : ["unavailable" as const]),
    ...operation.errors ?? [],
  ];
  const found = new Map<number, ErrorCode[]>();
  for (const entry of codes) {
    const { code, status } = typeof entry === "string"
      ? { code: entry, status: ERRORS[entry].status }
      : entry;
    found.set(status, [...found.get(status) ?? [], code]);
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

/** The name of the component that describes errors with these codes. */
export function errorResponseName(status: number, codes: readonly ErrorCode[]): string {
  const name = codes.map(pascalCase).join("Or");
  const isUsual = codes.every((code) => ERRORS[code].status === status);
  return isUsual ? name : `${name}${status}`;
}

/** An error answer that has one of these codes. */
export function errorResponse(codes: readonly ErrorCode[]): ResponseObject {
  const examples = codes.map((code): [string, ExampleObject] => [code, {
    summary: ERRORS[code].meaning,
    value: exampleOf(code),
  }]);
  return {
    description: codes
      .map((code) => `\`${code}\`: ${ERRORS[code].meaning} ${ERRORS[code].fix}`)
      .join("\n\n"),
    headers: { ...headersOf(errorHeaders(codes), { keyless: false }), ...retryAfter(codes) },
    content: {
      "application/json": {
        schema: {
          allOf: [
            refTo("schemas", "Error"),
            {
              type: "object",
              properties: { error: { type: "object", properties: { code: { enum: codes } } } },
            },
          ],
        },
        examples: Object.fromEntries(examples),
      },
    },
  };
}

function errorHeaders(codes: readonly ErrorCode[]): HeaderName[] {
  if (codes.includes("unauthorized")) return ["WWW-Authenticate"];
  if (codes.includes("method_not_allowed")) return ["Allow"];
  return codes.some((code) => RETRY_AFTER.includes(code)) ? ["Retry-After"] : [];
}

/** Where every code has it, Retry-After is always there. */
function retryAfter(codes: readonly ErrorCode[]): ReturnType<typeof requiredHeader> {
  return codes.every((code) => RETRY_AFTER.includes(code)) ? requiredHeader("Retry-After") : {};
}

function exampleOf(code: ErrorCode): unknown {
  const { message, details } = ERROR_EXAMPLES[code];
  return {
    error: {
      code,
      message,
      request_id: EXAMPLE_REQUEST_ID,
      retryable: ERRORS[code].retryable,
      doc_url: `${EXAMPLE_HOST}/docs/errors#${code}`,
      ...(details === undefined ? {} : { details }),
    },
  };
}
