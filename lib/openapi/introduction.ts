/** What the document says of the API as a whole. */
import { MAX_BODY_BYTES } from "@/lib/api/body.ts";

/** Markdown. */
export const DESCRIPTION =
  `Sends WhatsApp messages through Meta's Cloud API, and keeps contacts and conversations.

**Keys.** Send \`Authorization: Bearer wacrm_live_…\`. A key has scopes, and each operation names the one that it needs. \`wacrm_test_…\` keys reach a sandbox instead of WhatsApp.

**Answers.** Success is \`{"data": …}\`, with \`meta.warnings\` where you should know something although the request was carried out. Failure is \`{"error": …}\`: branch on \`error.code\`, which never changes its meaning. \`error.retryable\` says that the same request may be sent again with no risk of a duplicate. New fields may appear at any time: ignore those that you do not know.

**Requests.** Bodies are JSON objects of at most ${
    MAX_BODY_BYTES / 1024
  } KiB with \`Content-Type: application/json\`. Unknown or misspelt fields and parameters are refused with \`bad_request\`, which lists every problem in \`error.details.issues\`.

**Lists.** The newest entries come first. For the next page, repeat the request with \`cursor\` set to \`meta.next_cursor\`; on the last page that is null.

**Rate limits.** Each key has its own. \`X-RateLimit-Remaining\` says how many requests are left; beyond them the answer is 429 \`rate_limited\` with \`Retry-After\`.

**Methods.** \`HEAD\` works where \`GET\` does. \`OPTIONS\` answers 204 with \`Allow\`; a method that a path does not have is answered 405 \`method_not_allowed\`, a path that there is not 404 \`not_found\`, both without asking for a key. There are no CORS headers: keys do not belong in browsers.`;
