/** An example answer of each error code, as its page shows it: the example of the OpenAPI document in the envelope of this server. */
import { errorBody } from "@/lib/api/envelope.ts";
import type { ErrorCode } from "@/lib/api/errors.ts";
import { ERROR_EXAMPLES } from "@/lib/openapi/error_examples.ts";

/** The body of an answer with this code, indented. */
export function errorExample(code: ErrorCode, { appUrl }: { appUrl: string }): string {
  const { message, details = null } = ERROR_EXAMPLES[code];
  const requestId = "01a2049d-e235-738c-b85a-c9d0e1f20314";
  return JSON.stringify(errorBody({ code, message, details }, { requestId, appUrl }), null, 2);
}
