/**
 * Where this server is reached, for code and links that a person takes elsewhere, and for telling its own forms from
 * those of other sites: APP_URL if it is set, else the address in the browser that is asking.
 */
import type { RequestOf } from "@/lib/state.ts";

/** Such as "https://messages.example.com", without a slash at its end. */
export function publicBaseUrl(ctx: Pick<RequestOf, "req" | "state">): string {
  const { config } = ctx.state.services;
  const host = ctx.req.headers.get("host");
  if (config.appUrlGiven || host === null) return config.appUrl;
  // One proxy at most stands before the server; it adds its own value at the end.
  const forwarded = config.trustProxy
    ? ctx.req.headers.get("x-forwarded-proto")?.split(",").at(-1)?.trim().toLowerCase()
    : undefined;
  return `${forwarded === "https" ? "https" : "http"}://${host}`;
}
