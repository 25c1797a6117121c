/** How often a send goes to the database, counted on the wire. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { postMessage } from "@/tests/helpers/sends.ts";
import { type CountingGateway, startCountingGateway } from "@/tests/helpers/wire_count.ts";

/** Each connection prepares a statement the first time: by then all of them have. */
const WARM_UP = 60;
const SENDS = 10;
const ROUNDS_TIMEOUT_MS = 20_000;

describe("the round trips of a send", () => {
  const owned = new AsyncDisposableStack();
  let harness: Harness;
  let gateway: CountingGateway;
  let account: SeededAccount;
  beforeAll(async () => {
    const postgres = owned.use(await postgresFromEnvironment());
    gateway = owned.use(await startCountingGateway(Number(new URL(postgres.adminUrl).port)));
    harness = owned.use(await startHarness({ postgres, serverPostgresPort: gateway.port }));
    account = await harness.makeAccount();
  });
  afterAll(() => owned.disposeAsync());

  /** Succeeds as soon as a round of sends took exactly so many; a chore or the request log may fall into some rounds. */
  async function assertRoundTrips(
    expected: number,
    { key, isIdempotent }: { key: string; isIdempotent: boolean },
  ): Promise<void> {
    let count = 0;
    const post = async () => {
      const { status } = await postMessage(harness.server.baseUrl, {
        key,
        ...(isIdempotent ? { idempotencyKey: `${key}-${count++}` } : {}),
      });
      assertEquals(status, 201);
    };
    for (let index = 0; index < WARM_UP; index++) await post();
    const counts: number[] = [];
    await eventually(async () => {
      gateway.reset();
      for (let index = 0; index < SENDS; index++) await post();
      counts.push(gateway.count().roundTrips);
      return counts.includes(expected * SENDS);
    }, ROUNDS_TIMEOUT_MS);
    assertEquals(Math.min(...counts), expected * SENDS);
  }

  it("are two with an unlimited key, with an Idempotency-Key too", async () => {
    await assertRoundTrips(2, { key: account.key.key, isIdempotent: false });
    await assertRoundTrips(2, { key: account.key.key, isIdempotent: true });
  });

  it("are three with a limited key", async () => {
    const { key } = await harness.makeKey({ accountId: account.id, rateLimit: 1_000_000 });
    await assertRoundTrips(3, { key, isIdempotent: false });
  });
});
