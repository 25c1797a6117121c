/**
 * The simulator itself, so that a test that trusts it may: its HTTP, each fault
 * as a client sees it, and the exactness of its log.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { SendOutcome } from "@/lib/meta/client.ts";
import { NUMBER, send, textPayload, TOKEN, withSimulator } from "@/tests/meta/graph_calls.ts";
import { type Fault, FaultPlan } from "@/tests/simulator/faults.ts";
import { type Simulator, startSimulator } from "@/tests/simulator/simulator.ts";

const BODY = JSON.stringify(textPayload());

function head(framing: string): string {
  return `POST /v25.0/${NUMBER.id}/messages HTTP/1.1\r\nHost: x\r\n` +
    `Authorization: Bearer ${TOKEN}\r\n${framing}\r\n\r\n`;
}

const REQUEST = `${head(`Content-Length: ${BODY.length}`)}${BODY}`;

/** Writes these pieces on one connection and reads until `until` matches. */
async function talk(simulator: Simulator, options: {
  pieces: string[];
  until?: RegExp;
}): Promise<{ text: string; end: "open" | "closed" | "reset" }> {
  using connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: simulator.port,
  });
  for (const piece of options.pieces) {
    await connection.write(new TextEncoder().encode(piece));
  }
  const buffer = new Uint8Array(4096);
  let text = "";
  try {
    while (options.until === undefined || !options.until.test(text)) {
      const count = await connection.read(buffer);
      if (count === null) return { text, end: "closed" };
      text += new TextDecoder().decode(buffer.subarray(0, count));
    }
    return { text, end: "open" };
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    return { text, end: "reset" };
  }
}

Deno.test("simulator reads bodies by length and in chunks, however they are split", async () => {
  await using simulator = await startSimulator({ phoneNumbers: [NUMBER] });
  const half = BODY.slice(0, 40);
  const rest = BODY.slice(40);
  const chunked = head("Transfer-Encoding: chunked") +
    `${half.length.toString(16)}\r\n${half}\r\n` +
    `${rest.length.toString(16)}\r\n${rest}\r\n0\r\n\r\n`;
  for (const text of [REQUEST, chunked]) {
    for (const pieces of [[text], [...text]]) {
      const answer = await talk(simulator, { pieces, until: /wamid\./ });
      assert(answer.text.startsWith("HTTP/1.1 200 "), answer.text);
    }
  }
  assertEquals(
    simulator.received().map(({ rawBody, taken }) => [rawBody, taken]),
    Array.from({ length: 4 }, () => [BODY, true]),
  );
});

Deno.test("simulator serves two requests written at once, in order", async () => {
  await using simulator = await startSimulator({ phoneNumbers: [NUMBER] });
  await talk(simulator, {
    pieces: [REQUEST + REQUEST],
    until: /wamid\.[\s\S]*wamid\./,
  });
  assertEquals(
    simulator.received().map((request) => [
      request.connectionId,
      request.requestIndexOnConnection,
    ]),
    [[1, 0], [1, 1]],
  );
});

Deno.test("simulator resets and closes so that a client sees the difference", async () => {
  const cases: [Fault, "closed" | "reset", string, number][] = [
    [{ kind: "resetBeforeRead" }, "reset", "", 0],
    [{ kind: "closeBeforeRead" }, "closed", "", 0],
    [{ kind: "resetAfterRead" }, "reset", "", 1],
    [{ kind: "closeAfterRead" }, "closed", "", 1],
    [{ kind: "halfStatusLine" }, "closed", "HTTP/1.1 2", 1],
  ];
  for (const [fault, end, text, read] of cases) {
    await using simulator = await startSimulator({ phoneNumbers: [NUMBER] });
    simulator.faults.next(fault);
    assertEquals(await talk(simulator, { pieces: [REQUEST] }), { text, end });
    assertEquals(simulator.received().length, read, fault.kind);
    assertEquals(simulator.records().length, read, fault.kind);
  }
});

Deno.test("simulator answers each HTTP fault so that the client classifies it", async () => {
  const cases: [Fault, SendOutcome["kind"], boolean][] = [
    [{ kind: "delay", ms: 20 }, "accepted", true],
    [{ kind: "status5xxWithoutBody" }, "ambiguous", false],
    [{ kind: "status5xxWithoutBody", status: 503 }, "ambiguous", false],
    [{ kind: "malformedJson" }, "ambiguous", true],
    [{ kind: "malformedJson", status: 400 }, "rejected", true],
    [{ kind: "throttle", code: 130429 }, "throttled", false],
    [{ kind: "throttle", code: 80007, status: 429 }, "throttled", false],
    [{ kind: "redirect", location: "http://x/" }, "ambiguous", false],
    [{ kind: "metaError", code: 131047 }, "rejected", false],
    [{ kind: "metaError", code: 131056 }, "pair_limited", false],
    [{ kind: "metaError", code: 131000, status: 500 }, "ambiguous", false],
    [{ kind: "hugeAnswer", bytes: 1000 }, "accepted", true],
    [{ kind: "status5xxWithoutBody", taken: true }, "ambiguous", true],
    [{ kind: "closeAfterRead", taken: false }, "ambiguous", false],
  ];
  await withSimulator(async (simulator, transport) => {
    for (const [fault, kind, taken] of cases) {
      simulator.clear();
      simulator.faults.next(fault);
      const outcome = await send(transport);
      assertEquals(outcome.kind, kind, JSON.stringify(fault));
      const [request] = simulator.received();
      assertEquals(request?.taken, taken, JSON.stringify(fault));
      assertEquals(request?.fault, fault);
    }
  });
});

Deno.test("simulator throttles with the code, status and Retry-After asked for", async () => {
  await withSimulator(async (simulator, transport) => {
    simulator.faults.next({
      kind: "throttle",
      code: 4,
      status: 429,
      retryAfterSeconds: 7,
    });
    const outcome = await send(transport);
    assert(outcome.kind === "throttled");
    assertEquals(outcome.retryAfterSeconds, 7);
    assertEquals([outcome.error.code, outcome.error.httpStatus], [4, 429]);
  });
});

Deno.test("simulator gives a fault only to the requests that match", async () => {
  await withSimulator(async (simulator, transport) => {
    simulator.faults.when(({ body }) => body?.to === "+14155550199", {
      kind: "metaError",
      code: 131026,
    });
    const outcomes = [];
    for (const phone of ["+14155550123", "+14155550199", "+14155550123"]) {
      outcomes.push(await send(transport, { payload: textPayload(phone) }));
    }
    assertEquals(outcomes.map(({ kind }) => kind), [
      "accepted",
      "rejected",
      "accepted",
    ]);
    simulator.faults.clear();
    const calm = await send(transport, {
      payload: textPayload("+14155550199"),
    });
    assertEquals(calm.kind, "accepted");
  });
});

Deno.test("FaultPlan gives the same faults at the same rate for the same seed", () => {
  const run = (seed: number): boolean[] => {
    const plan = new FaultPlan();
    plan.atRate(0.2, { seed, faults: [{ kind: "closeAfterRead" }] });
    return Array.from(
      { length: 1000 },
      () =>
        plan.take({ path: "/", body: null, requestIndexOnConnection: 0 }) !==
          null,
    );
  };
  assertEquals(run(7), run(7));
  assert(JSON.stringify(run(7)) !== JSON.stringify(run(8)));
  const hits = run(7).filter(Boolean).length;
  assert(hits > 150 && hits < 250, `${hits} of 1000`);
});

Deno.test("FaultPlan keeps a cut for a reused connection until there is one", () => {
  const plan = new FaultPlan();
  plan.next({ kind: "cutReusedConnection", how: "close" });
  const target = { path: "/", body: null, requestIndexOnConnection: 0 };
  assertEquals(plan.take(target), null);
  assertEquals(plan.take(target), null);
  assertEquals(
    plan.take({ ...target, requestIndexOnConnection: 1 })?.kind,
    "cutReusedConnection",
  );
  assertEquals(plan.take({ ...target, requestIndexOnConnection: 1 }), null);
});

Deno.test("simulator wakes waiters when their condition holds, and rejects in time", async () => {
  await withSimulator(async (simulator, transport) => {
    const waiting = simulator.waitFor((received) => received.length >= 2);
    await send(transport);
    await send(transport);
    assertEquals((await waiting).length, 2);
    await assertRejects(
      () => simulator.waitFor(() => false, 10),
      Error,
      "Condition not met within 10 ms",
    );
  });
});

Deno.test("simulator serves numbers added at run time, each with its own token", async () => {
  await withSimulator(async (simulator, transport) => {
    const other = { id: "555", wabaId: "556", accessToken: "othertoken" };
    const to = { phoneNumberId: other.id, accessToken: other.accessToken };
    assertEquals((await send(transport, to)).kind, "rejected");
    simulator.addNumber(other);
    assertEquals((await send(transport, to)).kind, "accepted");
    const crossed = await send(transport, { phoneNumberId: other.id });
    assert(crossed.kind === "rejected");
    assertEquals(crossed.error.code, 190);
  });
});

Deno.test("simulator closes while requests are delayed or never answered", async () => {
  const simulator = await startSimulator({ phoneNumbers: [NUMBER] });
  simulator.faults.next({ kind: "neverAnswer" });
  simulator.faults.next({ kind: "delay", ms: 60_000 });
  const open = [1, 2].map(() => talk(simulator, { pieces: [REQUEST] }));
  await simulator.waitFor((received) => received.length === 2);
  await simulator.close();
  for (const { text } of await Promise.all(open)) assertEquals(text, "");
});
