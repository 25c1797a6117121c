/** Meta's callbacks of one integration: token and signature of no other count. */
import { define } from "@/lib/state.ts";
import { callbackEndpoint } from "@/lib/webhooks/callback_endpoint.ts";

export const handler = define.handlers(
  callbackEndpoint((ctx) => (ctx.params.integration_id ?? "").toLowerCase()),
);
