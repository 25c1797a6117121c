/** What health checks and callers without a key learn while the database is away, and when it is back. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { mistypedKey, unknownKey } from "@/tests/helpers/bad_keys.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { PostgresCluster } from "@/tests/helpers/postgres.ts";
import { startPrivatePostgres } from "@/tests/helpers/private_postgres.ts";
import { assertUnauthorized } from "@/tests/helpers/route_contract.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

const QUICKLY_MS = 4_000;

describe("readiness", () => {
  const resources = new AsyncDisposableStack();
  let harness: Harness;
  let cluster: PostgresCluster;
  let account: SeededAccount;

  beforeAll(async () => {
    const own = resources.use(await startPrivatePostgres());
    cluster = own.cluster;
    harness = resources.use(await startHarness({ postgres: own.postgres }));
    account = await harness.makeAccount();
    assertEquals((await harness.call({ path: "/readyz" })).status, 200);
    await cluster.stop();
  });
  afterAll(async () => {
    // The harness drops its database, so there has to be one.
    await cluster.start();
    await resources.disposeAsync();
  });

  it("GET /readyz 503 says that the database is away, in time", async () => {
    const startedAt = performance.now();
    const answer = await harness.call({ path: "/readyz" });
    assertEquals(answer.status, 503);
    assertEquals(answer.json, { status: "database_unavailable" });
    assertEquals(answer.headers.get("cache-control"), "no-store");
    assert(performance.now() - startedAt < QUICKLY_MS);
  });

  it("GET /healthz 200 says that the process runs", async () => {
    const answer = await harness.call({ path: "/healthz" });
    assertEquals(answer.json, { status: "ok" });
  });

  it("pages answer 503 and say so, in time; what needs no database works", async () => {
    for (const path of ["/", "/login", "/keys", "/nowhere"]) {
      const startedAt = performance.now();
      const answer = await harness.call({ path });
      assertEquals(answer.status, 503, path);
      assertEquals(answer.headers.get("retry-after"), "2");
      assertStringIncludes(answer.text, "The database is away");
      assert(performance.now() - startedAt < QUICKLY_MS);
    }
    assertEquals((await harness.call({ path: "/docs/errors" })).status, 200);
    assertApiError(await harness.call({ path: "/api/v1/nowhere" }), {
      status: 404,
      code: "not_found",
    });
  });

  it("GET /api/v1/me 401 refuses a missing or mistyped key without the database", async () => {
    for (const key of [undefined, "", mistypedKey(account.key.key), "wacrm_live_x"]) {
      const startedAt = performance.now();
      const answer = await harness.call({
        path: "/api/v1/me",
        ...(key === undefined ? {} : { key }),
      });
      assertUnauthorized(answer);
      assert(performance.now() - startedAt < 1_000);
    }
  });

  it("GET /api/v1/me 503 answers a well-formed key, good or not, with Retry-After", async () => {
    for (const key of [account.key.key, unknownKey()]) {
      const startedAt = performance.now();
      const answer = await harness.call({ path: "/api/v1/me", key });
      assertApiError(answer, { status: 503, code: "unavailable", retryable: true });
      assertEquals(answer.headers.get("retry-after"), "2");
      assert(performance.now() - startedAt < QUICKLY_MS);
    }
  });

  it("no line of the log has the database's password, a key or a URL with them", async () => {
    await harness.server.waitForLog(({ event }) => event === "not_ready");
    await harness.server.waitForLog(({ event }) => event === "database_unavailable");
    const url = harness.environment().DATABASE_URL ?? "";
    for (const line of harness.server.lines) {
      assertEquals(line.includes(url) || line.includes(account.key.key), false, line);
    }
  });

  it("GET /readyz 200 and the API come back with the database", async () => {
    await cluster.start();
    await eventually(async () => (await harness.call({ path: "/readyz" })).status === 200);
    const answer = await harness.call({ path: "/api/v1/me", key: account.key.key });
    assertEquals(answer.status, 200);
    await cluster.stop();
    assertEquals((await harness.call({ path: "/readyz" })).status, 503);
  });
});
