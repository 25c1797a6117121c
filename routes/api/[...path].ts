/** Every path under /api that no other route has: a JSON 404, for which no key is needed. */
import { refuseUnknownPath } from "@/lib/api/unserved.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(refuseUnknownPath);
