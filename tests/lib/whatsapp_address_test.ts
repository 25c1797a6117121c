/** Which addresses of this server Meta can call. */
import { assertEquals, assertMatch } from "@std/assert";
import { callbackAddress, findAddressProblem } from "@/lib/whatsapp/public_address.ts";

const problemOf = (appUrl: string) => findAddressProblem({ appUrl, appUrlGiven: true });

Deno.test("findAddressProblem takes public https addresses", () => {
  for (
    const url of ["https://wa.example.com", "https://wa.example.com:8443/api", "https://8.8.8.8"]
  ) {
    assertEquals(problemOf(url), null, url);
  }
});

Deno.test("findAddressProblem names what Meta cannot reach or does not call", () => {
  for (
    const [url, reason] of [
      ["http://wa.example.com", /only calls https/],
      ["https://localhost:8000", /only your own network/],
      ["https://192.168.1.4", /only your own network/],
      ["https://wa.local", /only your own network/],
      ["https://[::1]", /only your own network/],
    ] as const
  ) assertMatch(problemOf(url) ?? "", reason, url);
  const guessed = { appUrl: "http://127.0.0.1:8000", appUrlGiven: false };
  assertMatch(findAddressProblem(guessed) ?? "", /APP_URL is not set/);
});

Deno.test("callbackAddress is the integration's own, below the public address", () => {
  assertEquals(callbackAddress({ appUrl: "https://wa.example.com", appUrlGiven: true }, "id-1"), {
    url: "https://wa.example.com/webhooks/whatsapp/id-1",
    problem: null,
  });
});
