/** Who may read `/metrics`: whoever has METRICS_TOKEN. Without that variable there is nothing to read. */
import { createHash, timingSafeEqual } from "node:crypto";

/** RFC 6750, section 2.1. */
const BEARER = /^Bearer +([^\s]+)$/i;

/** "hidden": there is no such path. */
export type MetricsAccess = "allowed" | "refused" | "hidden";

/** Judges an Authorization header. Takes the same time whatever of the token is right. */
export function judgeMetricsAccess(
  authorization: string | null,
  options: { token: string | null },
): MetricsAccess {
  if (options.token === null) return "hidden";
  const given = BEARER.exec(authorization ?? "")?.[1] ?? "";
  return timingSafeEqual(digest(given), digest(options.token)) ? "allowed" : "refused";
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
