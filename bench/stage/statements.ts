/** How much a request asks of Postgres, counted on the wire. */
import { putUnderLoad } from "@/bench/load/closed_load.ts";
import type { Scenario } from "@/bench/scenarios/requests.ts";
import type { Stage } from "@/bench/stage/stage.ts";
import { startCountingGateway, type WireCount } from "@/tests/helpers/wire_count.ts";

/** Counts; null where there is no wire, as with the embedded database. */
export interface StatementCounter extends AsyncDisposable {
  countFor(scenario: Scenario): Promise<WireCount | null>;
}

/** Long enough for some hundred requests, beside which the statements of no request do not count. */
const DURATION_MS = 2_000;

/** Starts a server of its own behind a gateway that counts. */
export async function startStatementCounter(stage: Stage): Promise<StatementCounter> {
  if (stage.postgres === null) {
    return {
      countFor: () => Promise.resolve(null),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const gateway = await startCountingGateway(stage.postgres.port);
  const server = await stage.startServer({ postgresPort: gateway.port });
  const load = (scenario: Scenario, durationMs: number) =>
    putUnderLoad({ ...scenario, ports: [server.port], concurrency: 1, durationMs });
  return {
    countFor: async (scenario) => {
      if (scenario.of !== "product") return null;
      await load(scenario, DURATION_MS / 4);
      gateway.reset();
      const { requests } = await load(scenario, DURATION_MS);
      const { roundTrips, statements } = gateway.count();
      return { roundTrips: roundTrips / requests, statements: statements / requests };
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}
