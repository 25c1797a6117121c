/**
 * Runs `deno test` once and says what came of it. The printed output goes through unchanged; the counts come from the
 * JUnit file, and whatever that file does not show (a test file that does not load, a crash, a run without any test)
 * is counted as a failure here.
 */
import { stripVTControlCharacters } from "node:util";
import { type CaseCounts, countCases, sumCounts } from "./count_cases.ts";
import type { TestPart } from "./plan.ts";

/** Where and how a part runs. */
export interface RunOptions {
  /** The project's folder. */
  folder: URL;
  /** Added to the environment of this process. */
  env: Record<string, string>;
  /** Ends the run early. */
  signal: AbortSignal;
}

// Types are the business of `deno task check`: here one wrong type would keep every other test from running.
const OPTIONS = ["--no-check", "--parallel", "--sanitize-ops", "--sanitize-resources", "-A"];

// An embedded database takes 300 to 800 MB for each file that runs at the same time.
const EMBEDDED_JOBS_MAX = 4;

const BROKEN_FILE = /^Uncaught error from (.+?) FAILED/;

/** Runs a part to its end; the counts hold at least one failure unless everything went well. */
export async function runPart(part: TestPart, options: RunOptions): Promise<CaseCounts> {
  const junitPath = await Deno.makeTempFile({ prefix: "junit_", suffix: ".xml" });
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "test",
        "--config",
        "deno.test.json",
        ...OPTIONS,
        `--junit-path=${junitPath}`,
        ...part.args,
      ],
      cwd: options.folder,
      env: { TEST_DATABASE: part.database, ...jobsOf(part), ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
      signal: options.signal,
    }).spawn();
    const brokenFiles = await forwardOutput(child.stdout);
    const { code } = await child.status;
    const files = countCases(await Deno.readTextFile(junitPath));
    return completeCounts(files, { brokenFiles, code });
  } finally {
    await Deno.remove(junitPath);
  }
}

/**
 * Sums the counts and adds the failures that the JUnit file does not show.
 *
 * @param run the exit code, and the files of which `deno test` printed an error outside any test
 */
export function completeCounts(
  files: Map<string, CaseCounts>,
  run: { code: number; brokenFiles: Iterable<string> },
): CaseCounts {
  const counts = sumCounts(files.values());
  if (run.code !== 0) {
    for (const file of new Set(run.brokenFiles)) {
      // When tests were cancelled by the error, they are counted already.
      const known = files.get(file)?.failures ?? [];
      if (known.length === 0) {
        counts.failures.push(`${file}: did not load, or broke outside its tests`);
      }
    }
  }
  if (counts.failures.length === 0) {
    if (run.code !== 0) counts.failures.push(`deno test ended with code ${run.code}`);
    else if (counts.passed === 0) counts.failures.push("no test ran");
  }
  return counts;
}

/** Prints the output as it comes; resolves to the files that broke outside their tests. */
async function forwardOutput(output: ReadableStream<Uint8Array>): Promise<string[]> {
  const brokenFiles: string[] = [];
  const decoder = new TextDecoder();
  let line = "";
  const inspect = (text: string): void => {
    const file = BROKEN_FILE.exec(stripVTControlCharacters(text))?.[1];
    if (file !== undefined) brokenFiles.push(file);
  };
  for await (const chunk of output) {
    await writeAll(chunk);
    const lines = (line + decoder.decode(chunk, { stream: true })).split("\n");
    line = lines.pop() ?? "";
    lines.forEach(inspect);
  }
  inspect(line);
  return brokenFiles;
}

async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await Deno.stdout.write(bytes.subarray(written));
  }
}

function jobsOf(part: TestPart): Record<string, string> {
  if (part.database !== "embedded" || Deno.env.has("DENO_JOBS")) return {};
  return { DENO_JOBS: `${Math.min(navigator.hardwareConcurrency, EMBEDDED_JOBS_MAX)}` };
}
