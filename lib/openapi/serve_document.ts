/** Answers with the OpenAPI document of this server. Caches may keep it and ask each time whether it has changed. */
import { createHash } from "node:crypto";
import type { Context } from "fresh";
import { answerRequest } from "@/lib/api/answer.ts";
import { publicBaseUrl } from "@/lib/http/public_base_url.ts";
import { makeDocument } from "@/lib/openapi/document.ts";
import type { State } from "@/lib/state.ts";

/** The document as it is sent. */
interface ServedDocument {
  baseUrl: string;
  text: string;
  etag: string;
}

/** The last one that was made: a server is called by one address, nearly always. */
let served: ServedDocument | null = null;

/** The answer to GET: 200, or 304 for whoever has this version. */
export function serveDocument(ctx: Context<State>): Promise<Response> {
  return answerRequest(ctx.state.services, {
    requestId: ctx.state.requestId,
    method: ctx.req.method,
    route: ctx.route ?? "",
    handle: () => {
      const { text, etag } = documentFor(publicBaseUrl(ctx));
      const headers = { "etag": etag, "cache-control": "public, no-cache", "vary": "host" };
      return Promise.resolve(
        isKnown(ctx.req.headers.get("if-none-match"), etag)
          ? new Response(null, { status: 304, headers })
          : new Response(text, { headers: { ...headers, "content-type": "application/json" } }),
      );
    },
  });
}

function documentFor(baseUrl: string): ServedDocument {
  if (served?.baseUrl === baseUrl) return served;
  const text = `${JSON.stringify(makeDocument(baseUrl))}\n`;
  const hash = createHash("sha256").update(text).digest("base64url");
  served = { baseUrl, text, etag: `"${hash.slice(0, 22)}"` };
  return served;
}

/** RFC 9110, section 13.1.2: a list of tags, compared without their W/, or a star. */
function isKnown(header: string | null, etag: string): boolean {
  const tags = (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}
