/** `GET /healthz`: the process runs and answers. Says nothing of the database; see readyz.ts. */
import { define } from "@/lib/state.ts";

export const handler = define.handlers({
  GET: () => Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } }),
});
