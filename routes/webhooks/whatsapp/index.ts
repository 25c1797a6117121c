/** Meta's callbacks, common to all integrations: whose they are follows from token and signature. */
import { define } from "@/lib/state.ts";
import { callbackEndpoint } from "@/lib/webhooks/callback_endpoint.ts";

export const handler = define.handlers(callbackEndpoint(() => null));
