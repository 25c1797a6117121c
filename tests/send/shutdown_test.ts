/**
 * SIGTERM in the middle of work: what is under way is finished and answered, nothing new is taken, the process exits
 * with 0, and neither idle connections nor repeated signals change that.
 */
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  messageRows,
  onlyMessage,
  postMessage,
  receivedFrom,
  TEXT_BODY,
} from "@/tests/helpers/sends.ts";
import { type ServerProcess, startServerProcess } from "@/tests/helpers/server_process.ts";

/** Well below the deadline of a send: waiting for a connection would take for ever. */
const PROMPT_MS = 3_000;

describe("a server process that is asked to stop", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.simulator.faults.clear());
  afterAll(() => harness[Symbol.asyncDispose]());

  const start = (more: Record<string, string> = {}): Promise<ServerProcess> =>
    startServerProcess({ ...harness.environment(), ...more });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`answers a send that is under way at ${signal} with 201 and Connection: close, and exits with 0`, async () => {
      await using server = await start();
      const account = await harness.makeAccount();
      harness.simulator.faults.next({ kind: "delay", ms: 800 });
      const answering = rawPost(server.port, account.key.key);
      await harness.simulator.waitFor(() => receivedFrom(harness.simulator, account).length === 1);
      server.process.stop(signal);
      await server.waitForLog(({ event }) => event === "stopping");
      await eventually(() => isRefused(server.port));
      // Launchers and terminals repeat the signal.
      server.process.stop(signal);
      server.process.stop("SIGINT");
      server.process.stop("SIGTERM");
      const { head, body } = await answering;
      assert(head.startsWith("HTTP/1.1 201 "), head);
      assert(/^connection: close\r?$/im.test(head), head);
      assertEquals((await server.status).code, 0);
      const row = await onlyMessage(harness, account.id);
      assertEquals([row.status, row.wamid], ["sent", body.data.whatsapp_message_id]);
      assertEquals(server.log().filter(({ event }) => event === "stopping").length, 1);
      assertEquals(server.log().filter(({ event }) => event === "stopped").length, 1);
    });
  }

  it("finishes a send whose client is gone before it exits", async () => {
    await using server = await start();
    const account = await harness.makeAccount();
    harness.simulator.faults.next({ kind: "delay", ms: 800 });
    const client = new AbortController();
    const request = fetch(`${server.baseUrl}/api/v1/messages`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${account.key.key}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(TEXT_BODY),
      signal: client.signal,
    }).then(() => "answered", () => "hung up");
    await harness.simulator.waitFor(() => receivedFrom(harness.simulator, account).length === 1);
    client.abort();
    assertEquals(await request, "hung up");
    assertEquals(await server.stop(), 0);
    assertEquals((await onlyMessage(harness, account.id)).status, "sent");
  });

  it("answers requests that wait for a place, too", async () => {
    await using server = await start({ MAX_SENDS: "1", MAX_WAITING: "2" });
    const account = await harness.makeAccount();
    harness.simulator.faults.next({ kind: "delay", ms: 700 });
    const post = () => postMessage(server.baseUrl, { key: account.key.key });
    const first = post();
    await harness.simulator.waitFor(() => receivedFrom(harness.simulator, account).length === 1);
    const others = [post(), post(), post()];
    // Once one of them was refused, the other two are waiting.
    assertEquals((await Promise.race(others)).status, 503);
    assertEquals(await server.stop(), 0);
    const statuses = (await Promise.all([first, ...others])).map(({ status }) => status);
    assertEquals(statuses.sort(), [201, 201, 201, 503]);
    const rows = await messageRows(harness, account.id);
    assertEquals(rows.map(({ status }) => status), ["sent", "sent", "sent"]);
  });

  it("is not held up by idle connections", async () => {
    await using server = await start();
    const connections = await Promise.all(Array.from({ length: 4 }, async (_, index) => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      // Half of them have had an answer and are kept alive, the others never said a word.
      if (index % 2 === 0) await getHealth(connection);
      return connection;
    }));
    const startedAt = performance.now();
    assertEquals(await server.stop(), 0);
    assert(performance.now() - startedAt < PROMPT_MS);
    for (const connection of connections) connection.close();
  });

  it("ends at once when nothing is under way", async () => {
    await using server = await start();
    const startedAt = performance.now();
    assertEquals(await server.stop("SIGTERM"), 0);
    assert(performance.now() - startedAt < PROMPT_MS);
  });

  it("stores a result that comes while it stops, also when it is a refusal or unknown", async () => {
    await using server = await start();
    const [refused, lost] = [await harness.makeAccount(), await harness.makeAccount()];
    harness.simulator.faults.when(
      ({ path }) => path.includes(`/${lost.phoneNumberId}/`),
      { kind: "neverAnswer" },
    );
    harness.simulator.faults.when(
      ({ path }) => path.includes(`/${refused.phoneNumberId}/`),
      { kind: "throttle", code: 130429 },
    );
    const answers = [refused, lost].map((account) =>
      postMessage(server.baseUrl, { key: account.key.key })
    );
    await harness.simulator.waitFor(() =>
      [refused, lost].every((account) => receivedFrom(harness.simulator, account).length > 0)
    );
    assertEquals(await server.stop(), 0);
    assertEquals((await Promise.all(answers)).map(({ status }) => status), [503, 504]);
    assertEquals((await onlyMessage(harness, refused.id)).status, "failed");
    assertEquals((await onlyMessage(harness, lost.id)).status, "unknown");
  });
});

async function isRefused(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return true;
    throw error;
  }
}

/** Sends over a bare connection, whose header fields no client library hides. */
async function rawPost(
  port: number,
  key: string,
): Promise<{ head: string; body: { data: { whatsapp_message_id: string } } }> {
  const json = JSON.stringify(TEXT_BODY);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(
    `POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
  ));
  const text = await new Response(connection.readable).text();
  const end = text.indexOf("\r\n\r\n");
  return { head: text.slice(0, end), body: JSON.parse(text.slice(end)) };
}

async function getHealth(connection: Deno.TcpConn): Promise<void> {
  await connection.write(
    new TextEncoder().encode("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
  );
  const buffer = new Uint8Array(4096);
  const count = await connection.read(buffer);
  assert(new TextDecoder().decode(buffer.subarray(0, count ?? 0)).startsWith("HTTP/1.1 200 "));
}
