/** Every header of answers that the document describes. */
import type { AnswerHeader } from "@/lib/api/operation.ts";
import type { HeaderObject, Reference } from "@/lib/openapi/types.ts";
import { refTo } from "@/lib/openapi/types.ts";

/** The headers by their names. */
export const HEADERS = {
  "X-Request-Id": {
    description:
      "Names the request in the server's log; the one that you sent, if it was well formed",
    required: true,
    schema: { type: "string" },
  },
  "X-RateLimit-Limit": {
    description: "Requests a minute that the key may make; not with an unlimited key",
    schema: { type: "integer" },
  },
  "X-RateLimit-Remaining": {
    description: "How many more may come at once",
    schema: { type: "integer" },
  },
  "X-RateLimit-Reset": {
    description: "The Unix second at which all of them may come at once again",
    schema: { type: "integer" },
  },
  "Retry-After": {
    description: "Seconds to wait before sending the same request again",
    schema: { type: "integer", minimum: 1 },
  },
  "WWW-Authenticate": {
    description: "How to authenticate (RFC 6750)",
    required: true,
    schema: { type: "string" },
  },
  "Allow": {
    description: "The methods of the path",
    required: true,
    schema: { type: "string" },
  },
  "Idempotent-Replayed": {
    description: "Present when an earlier request with this Idempotency-Key has sent the message",
    schema: { type: "string", const: "true" },
  },
  "Content-Disposition": {
    description: "`attachment`, with the name of the file",
    required: true,
    schema: { type: "string" },
  },
  "Content-Length": {
    description: "The length of the file in bytes, if Meta tells it",
    schema: { type: "integer" },
  },
  "Cache-Control": {
    description: "Whether the answer may be kept",
    required: true,
    schema: { type: "string" },
  },
  "ETag": {
    description: "Names this version of the answer, for `If-None-Match`",
    required: true,
    schema: { type: "string" },
  },
} as const satisfies Record<string, HeaderObject>;

export type HeaderName = keyof typeof HEADERS;

const RATE_LIMIT: HeaderName[] = [
  "X-RateLimit-Limit",
  "X-RateLimit-Remaining",
  "X-RateLimit-Reset",
];

/** The headers of an answer: those that every one has, and some more. */
export function headersOf(
  names: readonly (HeaderName | AnswerHeader)[],
  options: { keyless: boolean },
): Record<string, HeaderObject | Reference> {
  const all: HeaderName[] = ["X-Request-Id", ...(options.keyless ? [] : RATE_LIMIT), ...names];
  return Object.fromEntries(all.map((name) => [name, refTo("headers", name)]));
}

/** A header that must be there, although it need not be with other answers. */
export function requiredHeader(name: HeaderName): Record<string, HeaderObject> {
  return { [name]: { ...HEADERS[name], required: true } };
}
