/** Whose address counts: the connection's, or behind a proxy the last one that the proxy tells. */
import { assertEquals } from "@std/assert";
import { clientAddress } from "@/lib/http/client_address.ts";

const DIRECT = "198.51.100.1";

function addressOf(
  forwarded: string | null,
  options: { trustProxy: boolean; hostname?: string } = { trustProxy: true },
): string {
  const headers = new Headers(forwarded === null ? {} : { "x-forwarded-for": forwarded });
  const remoteAddr: Deno.NetAddr = {
    transport: "tcp",
    hostname: options.hostname ?? DIRECT,
    port: 1,
  };
  const info: Deno.ServeHandlerInfo = { remoteAddr, completed: Promise.resolve() };
  return clientAddress({ headers, info }, options);
}

Deno.test("clientAddress takes the last address that a proxy tells", () => {
  const table: [forwarded: string | null, address: string][] = [
    [null, DIRECT],
    ["", DIRECT],
    ["203.0.113.7", "203.0.113.7"],
    ["10.0.0.1, 203.0.113.7", "203.0.113.7"],
    ["203.0.113.7,  203.0.113.8 ", "203.0.113.8"],
    ["203.0.113.7:51234", "203.0.113.7"],
    ["203.0.113.7, unknown", DIRECT],
    ["203.0.113.7,", DIRECT],
    ["<script>", DIRECT],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
  ];
  for (const [forwarded, address] of table) {
    assertEquals([forwarded, addressOf(forwarded)], [forwarded, address]);
  }
});

Deno.test("clientAddress does not believe the header without a proxy", () => {
  assertEquals(addressOf("203.0.113.7", { trustProxy: false }), DIRECT);
  assertEquals(
    addressOf("203.0.113.7", { trustProxy: false, hostname: "::ffff:192.0.2.1" }),
    "192.0.2.1",
  );
});
