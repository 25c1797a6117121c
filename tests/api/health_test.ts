/** The two questions that load balancers and operators ask; what happens without a database is in tests/server. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertNotEquals } from "@std/assert";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";

describe("health", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  for (const path of ["/healthz", "/readyz"]) {
    it(`GET ${path} 200 needs no key and is not cached`, async () => {
      const answer = await harness.call({ path });
      assertEquals(answer.status, 200);
      assertEquals(answer.json, { status: "ok" });
      assertEquals(answer.headers.get("cache-control"), "no-store");
      assertNotEquals(answer.headers.get("x-request-id"), null);
    });

    it(`HEAD ${path} 200 has no body`, async () => {
      const answer = await harness.call({ method: "HEAD", path });
      assertEquals([answer.status, answer.text], [200, ""]);
    });

    it(`POST ${path} 405 is refused`, async () => {
      const answer = await harness.call({ method: "POST", path });
      assertEquals(answer.status, 405);
    });

    it(`GET ${path} 200 a hundred times at once`, async () => {
      const answers = await Promise.all(Array.from({ length: 100 }, () => harness.call({ path })));
      assertEquals(answers.filter(({ status }) => status !== 200), []);
    });
  }

  it("GET /readyz 503 tells a schema that is not the newest", async () => {
    const newest = "name = (select max(name) from schema_migrations)";
    await harness.query(`update schema_migrations set name = name || '_away' where ${newest}`);
    try {
      const answer = await harness.call({ path: "/readyz" });
      assertEquals(answer.status, 503);
      assertEquals(answer.json, { status: "database_not_migrated" });
      assertEquals((await harness.call({ path: "/healthz" })).status, 200);
    } finally {
      await harness.query(
        `update schema_migrations set name = replace(name, '_away', '') where ${newest}`,
      );
    }
    assertEquals((await harness.call({ path: "/readyz" })).status, 200);
  });
});
