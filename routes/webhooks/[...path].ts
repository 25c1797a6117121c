/** What is not there below /webhooks: no page, since only machines call it. */
import { define } from "@/lib/state.ts";

export const handler = define.handlers(() => new Response("Not found", { status: 404 }));
