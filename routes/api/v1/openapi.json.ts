/** `GET /api/v1/openapi.json`: the OpenAPI document of this API. Anybody may read it. */
import { methods } from "@/lib/api/endpoint.ts";
import { serveDocument } from "@/lib/openapi/serve_document.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(methods({ GET: serveDocument }));
