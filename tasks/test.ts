/**
 * `deno task test`: starts the databases, runs the suites, and ends with the line "N passed, N failed". Arguments go
 * to `deno test` (paths, --filter, …) and make it one run, on the database that TEST_DATABASE names.
 * Ends with code 0 only if at least one test ran in every part and all of them passed.
 */
// deno-lint-ignore-file no-console -- the output of this task is for a reader at a terminal
import { ensureBuilt } from "./build/ensure_built.ts";
import { type CaseCounts, sumCounts } from "./test/count_cases.ts";
import { planParts, postgresVersions, type TestPart } from "./test/plan.ts";
import { runPart } from "./test/run_part.ts";
import { startSharedPostgres } from "./test/shared_postgres.ts";

const SIGNALS: Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

async function runTests(args: string[]): Promise<boolean> {
  const interrupt = new AbortController();
  // Caught, so that the databases are ended; every further signal changes nothing.
  for (const name of SIGNALS) Deno.addSignalListener(name, () => interrupt.abort());
  const results: CaseCounts[] = [];
  try {
    await ensureBuilt();
    await runParts(planParts(args, Deno.env.get("TEST_DATABASE")), {
      results,
      signal: interrupt.signal,
    });
  } catch (error) {
    console.error(error);
    results.push({ passed: 0, ignored: 0, failures: [`${error}`] });
  }
  const { passed, failures } = sumCounts(results);
  console.log(`${passed} passed, ${failures.length} failed`);
  return failures.length === 0;
}

async function runParts(
  parts: TestPart[],
  options: { results: CaseCounts[]; signal: AbortSignal },
): Promise<void> {
  const { results, signal } = options;
  const summary: string[] = [];
  await using shared = await startSharedPostgres(postgresVersions(parts));
  for (const part of parts) {
    if (signal.aborted) throw new Error("The tests were interrupted");
    console.log(`\n== ${part.title} ==`);
    const startedAt = performance.now();
    const counts = await runPart(part, {
      folder: new URL("../", import.meta.url),
      env: shared.env,
      signal,
    });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    results.push(counts);
    summary.push(
      `${part.title}: ${counts.passed} passed, ${counts.failures.length} failed, ${counts.ignored} ignored (${seconds} s)`,
      ...counts.failures.map((failure) => `  FAILED ${failure}`),
    );
  }
  console.log(`\n${summary.join("\n")}`);
}

if (import.meta.main) {
  const passed = await runTests(Deno.args);
  Deno.exit(passed ? 0 : 1);
}
