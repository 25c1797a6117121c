/**
 * The address a request came from. With TRUST_PROXY exactly one proxy stands in front: it appends the address that it
 * saw to X-Forwarded-For, so the last value is the only one that the client could not choose.
 */
import ipaddr from "ipaddr.js";
import type { Config } from "@/lib/config.ts";

/** An address in its shortest form; of IPv6 the /64 network, which is what one customer is given. */
export function clientAddress(
  request: { headers: Headers; info: Deno.ServeHandlerInfo },
  config: Pick<Config, "trustProxy">,
): string {
  const direct = "hostname" in request.info.remoteAddr
    ? request.info.remoteAddr.hostname
    : "unknown";
  const forwarded = config.trustProxy
    ? request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim()
    : undefined;
  return canonical(forwarded ?? "") ?? canonical(direct) ?? direct;
}

function canonical(text: string): string | null {
  // Some proxies add the port: "203.0.113.7:51234", "[2001:db8::1]:51234".
  const bare = /^\[([^\]]+)\](?::[0-9]+)?$/.exec(text)?.[1] ??
    /^([0-9.]+):[0-9]+$/.exec(text)?.[1] ?? text;
  if (!ipaddr.isValid(bare)) return null;
  const address = ipaddr.process(bare);
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  const network = new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0]);
  return `${network.toString()}/64`;
}
