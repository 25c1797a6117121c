/**
 * Looking numbers up: through the simulator for real shapes, and with played
 * answers for what it never says.
 */
import { assert, assertEquals } from "@std/assert";
import { fetchPhoneNumber, fetchWabaPhoneNumbers } from "@/lib/meta/numbers.ts";
import { createHttpTransport } from "@/lib/meta/http_transport.ts";
import type { GraphTransport } from "@/lib/meta/transport.ts";
import { NUMBER, TOKEN, withSimulator } from "@/tests/meta/graph_calls.ts";

const CALL = { accessToken: TOKEN, signal: new AbortController().signal };

function playing(status: number, text: string): GraphTransport {
  return {
    request: () => Promise.resolve({ status, headers: {}, text }),
    close: () => Promise.resolve(),
  };
}

Deno.test("fetchPhoneNumber reads a number's fields", async () => {
  await withSimulator(async (_simulator, transport) => {
    const result = await fetchPhoneNumber(transport, {
      ...CALL,
      phoneNumberId: NUMBER.id,
    });
    assertEquals(result, {
      ok: true,
      phoneNumber: {
        id: NUMBER.id,
        displayPhoneNumber: "+1 555-010-0000",
        verifiedName: "Simulated Business",
        qualityRating: "GREEN",
        status: "CONNECTED",
        nameStatus: "APPROVED",
        codeVerificationStatus: "VERIFIED",
        accountMode: "LIVE",
        platformType: "CLOUD_API",
        throughputLevel: "STANDARD",
        messagingLimit: "TIER_250",
      },
    });
  });
});

Deno.test("fetchPhoneNumber reports Meta's refusals", async () => {
  await withSimulator(async (_simulator, transport) => {
    const unknown = await fetchPhoneNumber(transport, {
      ...CALL,
      phoneNumberId: "999",
    });
    assert(!unknown.ok);
    assertEquals([unknown.error?.code, unknown.error?.subcode], [100, 33]);
    const badToken = await fetchPhoneNumber(transport, {
      ...CALL,
      accessToken: "wrong",
      phoneNumberId: NUMBER.id,
    });
    assert(!badToken.ok);
    assertEquals(badToken.error?.code, 190);
  });
});

Deno.test("fetchPhoneNumber reports an unreachable Meta with a reason", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const transport = createHttpTransport({
    graphUrl: `http://127.0.0.1:${port}`,
    version: "v25.0",
  });
  const result = await fetchPhoneNumber(transport, {
    ...CALL,
    phoneNumberId: "1",
  });
  await transport.close();
  assertEquals(result, {
    ok: false,
    error: null,
    reason: "Cannot reach Meta (ECONNREFUSED): nothing was sent",
  });
});

Deno.test("fetchPhoneNumber reports unreadable answers", async () => {
  for (
    const [status, text] of [[200, "<html>"], [200, "{}"], [302, ""]] as const
  ) {
    const result = await fetchPhoneNumber(playing(status, text), {
      ...CALL,
      phoneNumberId: "1",
    });
    assert(!result.ok);
    assertEquals(result.error?.code, null);
    assertEquals(result.error?.httpStatus, status);
  }
});

Deno.test("fetchWabaPhoneNumbers collects all pages", async () => {
  await withSimulator(async (simulator, transport) => {
    for (let index = 0; index < 150; index++) {
      simulator.addNumber({ ...NUMBER, id: String(2000 + index) });
    }
    const result = await fetchWabaPhoneNumbers(transport, {
      ...CALL,
      wabaId: NUMBER.wabaId,
    });
    assert(result.ok);
    assertEquals(new Set(result.phoneNumbers.map(({ id }) => id)).size, 151);
    assertEquals(simulator.received().length, 2);
  });
});

Deno.test("fetchWabaPhoneNumbers ends when a server's pages never do", async () => {
  const endless = JSON.stringify({
    data: [{ id: "1" }],
    paging: { next: "x", cursors: { after: "a" } },
  });
  const result = await fetchWabaPhoneNumbers(playing(200, endless), {
    ...CALL,
    wabaId: "1",
  });
  assert(result.ok);
  assertEquals(result.phoneNumbers.length, 20);
});

Deno.test("fetchWabaPhoneNumbers reports an unknown account", async () => {
  await withSimulator(async (_simulator, transport) => {
    const result = await fetchWabaPhoneNumbers(transport, {
      ...CALL,
      wabaId: "77",
    });
    assert(!result.ok);
    assertEquals(result.error?.subcode, 33);
  });
});
