/** `GET /api/v1/openapi.json`: the document, described in itself. */
import { defineOperation } from "@/lib/api/operation.ts";

/** `GET /api/v1/openapi.json` */
export const getOpenapiOperation = defineOperation({
  id: "getOpenapi",
  method: "GET",
  path: "/api/v1/openapi.json",
  tag: "Reference",
  summary: "Get this description",
  description:
    "The OpenAPI 3.1 document of this API, for code generators and API clients. No key is needed. Send the `ETag` that " +
    "you have as `If-None-Match` to learn whether it has changed.",
  scope: null,
  keyless: true,
  headers: [{
    name: "If-None-Match",
    description: "The `ETag` of the document that you have",
    schema: { type: "string" },
  }],
  content: { kind: "json" },
  answers: {
    200: { description: "The document", headers: ["ETag", "Cache-Control"] },
    304: { description: "It has not changed", headers: ["ETag", "Cache-Control"] },
  },
});
