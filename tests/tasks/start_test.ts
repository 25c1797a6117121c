/** `deno task start` on Postgres: what stops it, how it stops, and several processes on one port. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import { type CliHarness, startCliHarness } from "@/tests/helpers/cli.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";
import { taskProcess } from "@/tests/helpers/task_process.ts";

describe("deno task start", () => {
  let cli: CliHarness;
  let environment: Record<string, string>;
  beforeAll(async () => {
    cli = await startCliHarness();
    environment = { ...cli.environment, PORT: "0", LOG_FORMAT: "json" };
  });
  afterAll(() => cli[Symbol.asyncDispose]());

  const start = (more: Record<string, string> = {}) =>
    taskProcess("start", { ...environment, ...more }).start();
  const output = (more: Record<string, string>) =>
    taskProcess("start", { ...environment, ...more }).output();

  it("a wrong configuration is one line for each variable and exit 1, and repeats no secret", async () => {
    const { code, stdout, stderr } = await output({
      PORT: "x",
      META_TIMEOUT_MS: "0",
      DATABASE_URL: "mysql://someone:pass-word@127.0.0.1/x",
      ENCRYPTION_KEY: "hush",
      ADMIN_PASSWORD: "hush",
    });
    assertEquals([code, stdout], [1, ""]);
    assertEquals(stderr.trimEnd().split("\n").map((line) => line.split(/[ :]/)[0]), [
      "PORT",
      "DATABASE_URL",
      "ENCRYPTION_KEY",
      "META_TIMEOUT_MS",
      "ADMIN_PASSWORD",
    ]);
    assertEquals(/hush|pass-word/.test(stderr), false);
    const missing = await output({ ENCRYPTION_KEY: "" });
    assertEquals(missing.code, 1);
    assertMatch(missing.stderr, /^ENCRYPTION_KEY is required with DATABASE_URL.*\n$/);
  });

  it("a database that cannot be reached is one line and exit 1", async () => {
    const { code, stderr } = await output({
      DATABASE_URL: "postgres://someone:pass-word@127.0.0.1:1/x",
    });
    assertEquals(code, 1);
    assertMatch(stderr, /^The database at DATABASE_URL cannot be reached: .*\n$/);
    assertEquals(stderr.includes("pass-word"), false);
  });

  it("a port that is taken is one line and exit 1", async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const port = (listener.addr as Deno.NetAddr).port;
    const { code, stdout, stderr } = await output({ PORT: String(port) });
    assertEquals([code, stdout], [1, ""]);
    assertEquals(
      stderr,
      `Port ${port} on 127.0.0.1 is taken: stop what listens there, or set PORT to another one\n`,
    );
  });

  it("SIGTERM and SIGINT end it with exit 0, and a second signal changes nothing", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      await using task = await start();
      await task.waitForText('"event":"listening"');
      task.signal(signal);
      await task.waitForText('"event":"stopping"');
      try {
        task.signal(signal);
      } catch (error) {
        // It was faster.
        if (!(error instanceof TypeError)) throw error;
      }
      const { code, stderr } = await task.ended();
      assertEquals(code, 0, stderr);
      assertEquals(stderr.split('"event":"stopping"').length, 2);
      assertMatch(stderr, /"event":"stopped"}\n$/);
    }
  });

  it("a client that keeps its connection open does not hold up the end", async () => {
    await using task = await start();
    const text = await task.waitForText('"event":"listening"');
    const port = Number(/"port":([0-9]+)/.exec(text)?.[1]);
    using idle = await Deno.connect({ hostname: "127.0.0.1", port });
    await idle.write(new TextEncoder().encode("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    const buffer = new Uint8Array(1_000);
    await idle.read(buffer);
    assertMatch(new TextDecoder().decode(buffer), /^HTTP\/1\.1 200 /);
    const startedAt = performance.now();
    task.signal("SIGTERM");
    assertEquals((await task.ended()).code, 0);
    assertEquals(performance.now() - startedAt < 3_000, true);
  });

  it("REUSE_PORT lets two processes share a port, and one goes on when the other ends", async () => {
    const shared = { ...environment, REUSE_PORT: "true" };
    await using first = await startServerProcess(shared);
    const both = { ...shared, PORT: String(first.port) };
    await using second = await startServerProcess(both);
    assertEquals(second.port, first.port);
    const url = `${first.baseUrl}/healthz`;
    const ask = async () => {
      // A connection of its own, so that the kernel chooses anew.
      const response = await fetch(url, { headers: { connection: "close" } });
      await response.body?.cancel();
      return response.status;
    };
    const countRequests = (server: typeof first) =>
      server.log().filter(({ event }) => event === "request").length;
    await eventually(async () => {
      const statuses = await Promise.all(Array.from({ length: 20 }, ask));
      assertEquals(statuses.every((status) => status === 200), true);
      return countRequests(first) > 0 && countRequests(second) > 0;
    }, 10_000);
    assertEquals(await first.stop(), 0);
    const before = countRequests(second);
    for (let count = 0; count < 20; count++) assertEquals(await ask(), 200);
    await eventually(() => countRequests(second) === before + 20);
    assertEquals(await second.stop(), 0);
  });

  it("REUSE_PORT is refused with the embedded database", async () => {
    const { code, stderr } = await output({ DATABASE_URL: "", REUSE_PORT: "true" });
    assertEquals(code, 1);
    assertMatch(stderr, /^REUSE_PORT needs DATABASE_URL.*\n$/);
  });
});
