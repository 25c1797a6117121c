/** How much a request asks of Postgres, counted on the wire. */
import { putUnderLoad } from "@/bench/load/closed_load.ts";
import type { Scenario } from "@/bench/scenarios/requests.ts";
import type { Stage } from "@/bench/stage/stage.ts";
import { startCountingGateway, type WireCount } from "@/tests/helpers/wire_count.ts";

/** Long enough for some hundred requests, beside which the statements of no request do not count. */
const DURATION_MS = 2_000;

/** Counts, for a server of its own behind a gateway. */
export async function startCounting(
  stage: Stage,
): Promise<((scenario: Scenario) => Promise<WireCount>) | null> {
  // The embedded database has no wire.
  if (stage.postgres === null) return null;
  const gateway = await startCountingGateway(stage.postgres.port);
  const server = await stage.startServer({ postgresPort: gateway.port });
  return async (scenario) => {
    const load = (durationMs: number) =>
      putUnderLoad({ ...scenario, ports: [server.port], concurrency: 1, durationMs });
    await load(DURATION_MS / 4);
    gateway.reset();
    const { requests } = await load(DURATION_MS);
    const { roundTrips, statements } = gateway.count();
    return { roundTrips: roundTrips / requests, statements: statements / requests };
  };
}
