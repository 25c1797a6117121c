/**
 * The HTTP transport against real sockets: what went out, how often, and how
 * each break of the network is classified. The faults are the simulator's.
 */
import { assert, assertEquals } from "@std/assert";
import { GraphNetworkError } from "@/lib/meta/transport.ts";
import type { Cut, Fault } from "@/tests/simulator/faults.ts";
import { NUMBER, send, textPayload, TOKEN, withSimulator } from "@/tests/meta/graph_calls.ts";

Deno.test("http transport sends version, path, token and JSON", async () => {
  await withSimulator(async (simulator, transport) => {
    const outcome = await send(transport);
    assert(outcome.kind === "accepted", Deno.inspect(outcome));
    const [request] = simulator.received();
    assertEquals(request?.method, "POST");
    assertEquals(request?.path, `/v25.0/${NUMBER.id}/messages`);
    assertEquals(request?.authorization, `Bearer ${TOKEN}`);
    assertEquals(request?.headers["content-type"], "application/json");
    assertEquals(request?.rawBody, JSON.stringify(textPayload()));
    assertEquals(request?.wamid, outcome.wamid);
    assertEquals(outcome.waId, "14155550123");
  });
});

Deno.test("http transport reuses its connection", async () => {
  await withSimulator(async (simulator, transport) => {
    for (let sent = 0; sent < 5; sent++) await send(transport);
    assertEquals(simulator.connectionCount(), 1);
    assertEquals(
      simulator.received().map((request) => request.requestIndexOnConnection),
      [0, 1, 2, 3, 4],
    );
  }, { connections: 1 });
});

Deno.test("http transport sends concurrent requests once each", async () => {
  await withSimulator(async (simulator, transport) => {
    const ids = Array.from({ length: 60 }, (_, index) => `m${index}`);
    const outcomes = await Promise.all(
      ids.map((id) => send(transport, { payload: textPayload(undefined, id) })),
    );
    assert(outcomes.every(({ kind }) => kind === "accepted"));
    const seen = simulator.received().map(({ body }) => String(body?.biz_opaque_callback_data));
    assertEquals(seen.sort(), ids.sort());
  }, { connections: 8 });
});

Deno.test("http transport never sends a request that timed out in its queue", async () => {
  await withSimulator(async (simulator, transport) => {
    simulator.faults.next({ kind: "neverAnswer" });
    const first = send(transport, { timeoutMs: 400 });
    await simulator.waitFor((received) => received.length === 1);
    const queued = await send(transport, {
      payload: textPayload(undefined, "queued"),
      timeoutMs: 50,
    });
    assertEquals(queued.kind, "never_written");
    assertEquals((await first).kind, "ambiguous");
    // The only connection is free again: the next request is this one.
    await send(transport, { payload: textPayload(undefined, "next") });
    assertEquals(
      simulator.received().map(({ body }) => body?.biz_opaque_callback_data),
      ["m1", "next"],
    );
  }, { connections: 1 });
});

Deno.test("http transport calls a signal that was aborted before never written", async () => {
  await withSimulator(async (simulator, transport) => {
    const error = await transport.request({
      method: "GET",
      path: "/1",
      accessToken: TOKEN,
      signal: AbortSignal.abort(),
    }).catch((reason) => reason);
    assert(error instanceof GraphNetworkError);
    assertEquals(error.certainty, "never_written");
    assertEquals(simulator.connectionCount(), 0);
  });
});

Deno.test("http transport calls every break after the first byte ambiguous, sending once", async () => {
  const cases: [Fault, RegExp][] = [
    [{ kind: "resetBeforeRead" }, /ECONNRESET/],
    [{ kind: "closeBeforeRead" }, /UND_ERR_SOCKET/],
    [{ kind: "resetAfterRead" }, /ECONNRESET/],
    [{ kind: "closeAfterRead" }, /UND_ERR_SOCKET/],
    [{ kind: "halfStatusLine" }, /UND_ERR_SOCKET|HPE_/],
    [{ kind: "neverAnswer" }, /TimeoutError/],
    [{ kind: "hugeAnswer" }, /UND_ERR_RES_EXCEEDED_MAX_SIZE/],
  ];
  for (const [fault, code] of cases) {
    await withSimulator(async (simulator, transport) => {
      simulator.faults.next(fault);
      const outcome = await send(transport, { timeoutMs: 300 });
      assert(outcome.kind === "ambiguous", Deno.inspect([fault, outcome]));
      assert(code.test(outcome.reason), `${fault.kind}: ${outcome.reason}`);
      assert(!Deno.inspect(outcome).includes(TOKEN));
      const expected = fault.kind.endsWith("BeforeRead") ? 0 : 1;
      assertEquals(simulator.received().length, expected, fault.kind);
      assertEquals(simulator.connectionCount(), 1, fault.kind);
    });
  }
});

for (const how of ["reset", "close", "halfStatusLine"] satisfies Cut[]) {
  Deno.test(`http transport delivers a POST once when a reused connection breaks (${how})`, async () => {
    await withSimulator(async (simulator, transport) => {
      simulator.faults.next({ kind: "cutReusedConnection", how });
      const first = await send(transport);
      assertEquals(first.kind, "accepted");
      const second = await send(transport, {
        payload: textPayload(undefined, "second"),
      });
      assertEquals(second.kind, "ambiguous");
      const deliveries = simulator.received().filter(({ body }) =>
        body?.biz_opaque_callback_data === "second"
      );
      assertEquals(deliveries.length, 1);
      assertEquals(deliveries[0]?.requestIndexOnConnection, 1);
      assertEquals(deliveries[0]?.taken, true);
      // A retry by the HTTP client would have opened another connection.
      assertEquals(simulator.connectionCount(), 1);
      assertEquals((await send(transport)).kind, "accepted");
    }, { connections: 1 });
  });
}

Deno.test("http transport returns redirects instead of following them", async () => {
  await withSimulator(async (simulator, transport) => {
    for (const status of [301, 302, 307, 308]) {
      simulator.clear();
      simulator.faults.next({
        kind: "redirect",
        status,
        location: `${simulator.url}/v25.0/${NUMBER.id}/messages`,
      });
      assertEquals((await send(transport)).kind, "ambiguous");
      assertEquals(simulator.received().length, 1);
    }
  });
});

Deno.test("http transport refuses a token that no header can carry, without printing it", async () => {
  await withSimulator(async (simulator, transport) => {
    for (const bad of ["", "EAA\nInjected: 1", "EAA b", "EAAé", "EAA\0"]) {
      const outcome = await send(transport, { accessToken: bad });
      assert(outcome.kind === "never_written");
      assert(bad === "" || !Deno.inspect(outcome).includes("EAA"));
    }
    assertEquals(simulator.connectionCount(), 0);
  });
});

Deno.test("http transport keeps an unusual body byte for byte", async () => {
  await withSimulator(async (simulator, transport) => {
    const payload = {
      ...textPayload(),
      text: { body: `é😀\u2028${"x".repeat(3000)}` },
    };
    assertEquals((await send(transport, { payload })).kind, "accepted");
    assertEquals(simulator.received()[0]?.rawBody, JSON.stringify(payload));
  });
});
