/**
 * The HTTP transport while it connects: every failure before the first byte is
 * "never written" and names no secret, and TLS works with a trusted certificate.
 */
import { assert, assertEquals } from "@std/assert";
import { createHttpTransport } from "@/lib/meta/http_transport.ts";
import { GraphNetworkError } from "@/lib/meta/transport.ts";
import { TOKEN } from "@/tests/meta/graph_calls.ts";
import { makeSelfSignedCertificate } from "@/tests/simulator/self_signed_certificate.ts";

/** Sends to a URL where no Graph API is; returns the error of the attempt. */
async function failureAt(graphUrl: string, options: {
  timeoutMs?: number;
  connectTimeoutMs?: number;
} = {}): Promise<GraphNetworkError> {
  const { timeoutMs = 10_000, ...rest } = options;
  const transport = createHttpTransport({ graphUrl, version: "v25.0", ...rest });
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException("Too long", "TimeoutError")),
    timeoutMs,
  );
  try {
    const response = await transport.request({
      method: "POST",
      path: "/1/messages",
      accessToken: TOKEN,
      body: "{}",
      signal: controller.signal,
    });
    throw new Error(`Unexpected answer ${response.status}`);
  } catch (error) {
    if (!(error instanceof GraphNetworkError)) throw error;
    assert(!Deno.inspect(error).includes(TOKEN), "The token is in the error");
    return error;
  } finally {
    clearTimeout(timer);
    await transport.close();
  }
}

/** A listener that accepts connections and never says a word. */
function silentListener(): { port: number; close: () => void } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  (async () => {
    for await (const connection of listener) connections.push(connection);
  })();
  return {
    port: listener.addr.port,
    close: () => {
      listener.close();
      for (const connection of connections) connection.close();
    },
  };
}

Deno.test("http transport calls a refused connection never written", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const error = await failureAt(`http://127.0.0.1:${port}`);
  assertEquals(error.code, "ECONNREFUSED");
  assertEquals(error.certainty, "never_written");
});

Deno.test("http transport calls an unknown host never written", async () => {
  const error = await failureAt("http://nobody.invalid");
  assert(["ENOTFOUND", "EAI_AGAIN"].includes(error.code), error.code);
  assertEquals(error.certainty, "never_written");
});

Deno.test("http transport calls an untrusted certificate never written", async () => {
  const listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    ...await makeSelfSignedCertificate(),
  });
  const accepting = (async () => {
    for await (const connection of listener) {
      // The client breaks the handshake off, which the server sees as an error.
      await connection.handshake().catch(() => undefined);
      connection.close();
    }
  })();
  const error = await failureAt(`https://127.0.0.1:${listener.addr.port}`);
  listener.close();
  await accepting;
  assert(/CERT|SELF_SIGNED|TLS/.test(error.code), error.code);
  assertEquals(error.certainty, "never_written");
});

Deno.test("http transport sends over TLS to a certificate it trusts", async () => {
  const pair = await makeSelfSignedCertificate();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, ...pair, onListen: () => {} },
    async (request) => new Response(await request.text()),
  );
  const transport = createHttpTransport({
    graphUrl: `https://localhost:${server.addr.port}`,
    version: "v25.0",
    ca: pair.cert,
  });
  for (const body of ["first", "second"]) {
    const answer = await transport.request({
      method: "POST",
      path: "/1/messages",
      accessToken: TOKEN,
      body,
      signal: new AbortController().signal,
    });
    assertEquals([answer.status, answer.text], [200, body]);
  }
  await transport.close();
  await server.shutdown();
});

Deno.test("http transport calls a broken handshake never written", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    for await (const connection of listener) connection.close();
  })();
  const error = await failureAt(`https://127.0.0.1:${listener.addr.port}`);
  listener.close();
  await accepting;
  assertEquals(error.certainty, "never_written");
});

Deno.test("http transport calls a handshake that never ends never written", async () => {
  const silent = silentListener();
  const error = await failureAt(`https://127.0.0.1:${silent.port}`, {
    connectTimeoutMs: 100,
  });
  silent.close();
  assertEquals(error.code, "UND_ERR_CONNECT_TIMEOUT");
  assertEquals(error.certainty, "never_written");
});

Deno.test("http transport calls a time limit while connecting never written, at once", async () => {
  const silent = silentListener();
  const startedAtMs = performance.now();
  const error = await failureAt(`https://127.0.0.1:${silent.port}`, {
    timeoutMs: 50,
    connectTimeoutMs: 60_000,
  });
  silent.close();
  assertEquals(error.code, "TimeoutError");
  assertEquals(error.certainty, "never_written");
  assert(performance.now() - startedAtMs < 5_000);
});
