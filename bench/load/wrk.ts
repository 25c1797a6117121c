/** The same load by wrk, a load generator that nobody here has written, where it is installed. */
import { putUnderLoad } from "@/bench/load/closed_load.ts";
import { encodeRequest } from "@/bench/load/connection.ts";
import type { Stage } from "@/bench/stage/stage.ts";

const CONNECTIONS = 64;
const SECONDS = 5;

/** Measures `GET /api/v1/me` with wrk and with the load of our own; a line that says what both found. */
export async function checkWithWrk(stage: Stage, port: number): Promise<string> {
  const headers = { authorization: `Bearer ${stage.account.key.key}` };
  const path = "/api/v1/me";
  const theirs = await runWrk(`http://127.0.0.1:${port}${path}`, headers);
  if (theirs === null) return "wrk is not installed: no cross-check";
  const request = encodeRequest({ method: "GET", path, headers });
  const ours = await putUnderLoad({
    ports: [port],
    concurrency: CONNECTIONS,
    durationMs: SECONDS * 1000,
    next: () => request,
    expectedStatus: 200,
  });
  return `GET ${path}: ${theirs.toFixed(0)} requests a second by wrk, ${
    ours.requestsPerSecond.toFixed(0)
  } by our own load`;
}

/** Null: there is no wrk. */
async function runWrk(url: string, headers: Record<string, string>): Promise<number | null> {
  const named = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const args = ["-t", "1", "-c", String(CONNECTIONS), "-d", `${SECONDS}s`, ...named, url];
  try {
    const { stdout } = await new Deno.Command("wrk", { args }).output();
    const found = /Requests\/sec:\s+([\d.]+)/.exec(new TextDecoder().decode(stdout));
    return Number(found?.[1]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
