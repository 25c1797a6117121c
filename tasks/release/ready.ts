/**
 * Asks the server of this machine whether it is ready, and ends with 0 or 1: the health check of a container, and what
 * tells systemd that a start is complete. `--wait <seconds>` goes on asking; `--while-pid <pid>` gives up as soon as
 * that process has ended (Linux; needs all permissions, as Deno lets nobody else look into /proc). PORT and HOST say where.
 */
// deno-lint-ignore-file no-console -- says why on the terminal
import { parseArgs } from "node:util";
import { ConfigError, linkHost, parseConfig } from "@/lib/config.ts";

const ANSWER_TIMEOUT_MS = 4_000;
const PAUSE_MS = 200;

if (import.meta.main) Deno.exit(await main());

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { "wait": { type: "string", default: "0" }, "while-pid": { type: "string" } },
  });
  try {
    const { host, port } = parseConfig({ HOST: Deno.env.get("HOST"), PORT: Deno.env.get("PORT") });
    const problem = await waitUntilReady(`http://${linkHost(host)}:${port}/readyz`, {
      giveUpAt: performance.now() + Number(values.wait) * 1_000,
      pid: values["while-pid"],
    });
    if (problem === null) return 0;
    console.error(problem);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.problems.join("\n"));
  }
  return 1;
}

/** Resolves to null, or to what is wrong. */
async function waitUntilReady(
  url: string,
  options: { giveUpAt: number; pid: string | undefined },
): Promise<string | null> {
  while (true) {
    const problem = await askOnce(url);
    if (problem === null) return null;
    if (options.pid !== undefined && !await isRunning(options.pid)) {
      return `The process ${options.pid} has ended: its log says why`;
    }
    if (performance.now() >= options.giveUpAt) return problem;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function askOnce(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    const text = await response.text();
    return response.ok ? null : `${url} answers ${response.status}: ${text}`;
  } catch (error) {
    return `${url} does not answer: ${error instanceof Error ? error.message : error}`;
  }
}

async function isRunning(pid: string): Promise<boolean> {
  try {
    await Deno.stat(`/proc/${pid}`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
