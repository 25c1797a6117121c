/**
 * Failures before the first byte of the request: an unknown name, an untrusted certificate, a broken or endless
 * handshake. Nothing was sent, so each is repeated, and ends as 503 with a failed row and a free key.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { attemptsOf, countRows, onlyMessage, postMessage } from "@/tests/helpers/sends.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";
import { makeSelfSignedCertificate } from "@/tests/simulator/self_signed_certificate.ts";

/** META_TIMEOUT_MS of the test servers and 5 s more, and what answering may take beyond it. */
const DEADLINE_MS = 6_500 + 300;

interface Place extends Disposable {
  url: string;
}

describe("POST /api/v1/messages when no connection to Meta comes about", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const PLACES: [name: string, makePlace: () => Place | Promise<Place>, attempts: number[]][] = [
    ["a name that does not exist", () => place("http://nobody.invalid"), [4]],
    ["a port that nobody listens on", refusedPort, [4]],
    ["a certificate that is not trusted", untrustedServer, [4]],
    ["a handshake that breaks", () => silentServer({ hangUp: true }), [4]],
    // Four time limits and three waits may be more than the deadline has room for.
    ["a handshake that never ends", () => silentServer({ hangUp: false }), [3, 4]],
  ];
  for (const [name, makePlace, attempts] of PLACES) {
    it(`503 meta_unavailable for ${name}, with a failed row and a free key`, async () => {
      using meta = await makePlace();
      await using server = await startServerProcess({
        ...harness.environment(),
        META_GRAPH_URL: meta.url,
      });
      const account = await harness.makeAccount();
      const startedAt = performance.now();
      const answer = await postMessage(server.baseUrl, {
        key: account.key.key,
        idempotencyKey: "k",
      });
      assert(performance.now() - startedAt < DEADLINE_MS);
      assertApiError(answer, { status: 503, code: "meta_unavailable", retryable: true });
      assertEquals(Number(answer.headers.get("retry-after")) >= 1, true);
      const row = await onlyMessage(harness, account.id);
      assertEquals(answer.json.error.details, { message_id: row.id });
      assertEquals([row.status, row.wamid, row.lease_until], ["failed", null, null]);
      assertEquals((await countRows(harness, account.id)).keys, 0);
      const made = await attemptsOf({ server }, answer);
      assert(attempts.includes(made), `${made} attempts`);
    });
  }
});

function place(url: string, close: () => void = () => {}): Place {
  return { url, [Symbol.dispose]: close };
}

function refusedPort(): Place {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return place(`http://127.0.0.1:${listener.addr.port}`);
}

async function untrustedServer(): Promise<Place> {
  const pair = await makeSelfSignedCertificate();
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...pair });
  serve(listener, async (connection) => {
    // The client breaks the handshake off, which this end sees as an error.
    await connection.handshake().catch(() => undefined);
    connection.close();
  });
  return place(`https://localhost:${listener.addr.port}`, () => listener.close());
}

function silentServer(options: { hangUp: boolean }): Place {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  serve(listener, (connection) => {
    if (options.hangUp) connection.close();
    else connections.push(connection);
  });
  return place(`https://localhost:${listener.addr.port}`, () => {
    listener.close();
    for (const connection of connections) connection.close();
  });
}

async function serve<C extends Deno.Conn>(
  listener: AsyncIterable<C>,
  answer: (connection: C) => void | Promise<void>,
): Promise<void> {
  for await (const connection of listener) await answer(connection);
}
