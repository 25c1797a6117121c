/** All cases of the client's tests, to be run by whichever runtime loads this. */
import { ERROR_CASES } from "@/tests/clients/typescript/cases_errors.ts";
import { READING_CASES } from "@/tests/clients/typescript/cases_reading.ts";
import { RETRY_CASES } from "@/tests/clients/typescript/cases_retries.ts";
import { SENDING_CASES } from "@/tests/clients/typescript/cases_sending.ts";
import {
  type ClientModule,
  makeWorld,
  type WorldAddress,
} from "@/tests/clients/typescript/world.ts";

const CASES = { ...SENDING_CASES, ...RETRY_CASES, ...ERROR_CASES, ...READING_CASES };

/** Their names. */
export const CASE_NAMES: string[] = Object.keys(CASES);

/** Runs all cases at the same time, each with an account of its own: from name to what went wrong, or null. */
export async function runCases(
  api: ClientModule,
  address: WorldAddress,
): Promise<Record<string, string | null>> {
  const world = makeWorld(api, address);
  const results = Object.entries(CASES).map(async ([name, run]) => {
    try {
      await run(world);
      return [name, null];
    } catch (error) {
      return [name, error instanceof Error ? `${error.stack}` : String(error)];
    }
  });
  return Object.fromEntries(await Promise.all(results));
}
