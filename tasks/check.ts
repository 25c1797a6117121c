/**
 * `deno task check`: everything that must hold before a change lands and that needs no running program: formatting,
 * lint, types of the whole tree, and that generated files and lock files are up to date. One line per step; a step that
 * fails shows why and how to mend it. The steps run at the same time, since the type check alone takes most of it.
 */
// deno-lint-ignore-file no-console -- the output of this task is for a reader at a terminal
import { checkConfigs } from "./check/configs.ts";

interface Step {
  name: string;
  /** Resolves to what is wrong; empty when all is well. */
  findProblem: () => Promise<string>;
  /** What to do about it, as one line. */
  mend: string;
}

const ROOT = new URL("../", import.meta.url);

const LOCK_ARGS = ["install", "--quiet", "--lockfile-only"];
const TEST_CONFIG = ["--config", "deno.test.json"];

const STEPS: Step[] = [
  { name: "formatting", findProblem: () => runDeno(["fmt", "--check"]), mend: "deno fmt" },
  {
    name: "lint",
    findProblem: () => runDeno(["lint", "--quiet"]),
    mend: "deno lint --fix (and the rest by hand)",
  },
  {
    // The test configuration resolves everything that the other one does, and the test files too.
    name: "types",
    findProblem: () => runDeno(["check", "--quiet", ...TEST_CONFIG, "."]),
    mend: "correct the lines above",
  },
  {
    name: "fresh.gen.ts",
    findProblem: () => runDeno(["run", "--allow-read", "tasks/manifest.ts", "--check"]),
    mend: "deno task manifest",
  },
  {
    name: "clients/",
    findProblem: () =>
      runDeno(["run", "--allow-read", "--allow-env", "tasks/clients.ts", "--check"]),
    mend: "deno task clients",
  },
  {
    name: "deno.test.json and deno.jsr.json agree with deno.json",
    findProblem: async () => (await checkConfigs(ROOT)).join("\n"),
    mend: "deno run -R -W tasks/check/configs.ts",
  },
  {
    name: "deno.lock",
    findProblem: () => runDeno([...LOCK_ARGS, "--frozen"]),
    mend: `deno ${LOCK_ARGS.join(" ")} --frozen=false`,
  },
  {
    name: "deno.test.lock",
    findProblem: () => runDeno([...LOCK_ARGS, ...TEST_CONFIG, "--frozen"]),
    mend: `deno ${[...LOCK_ARGS, ...TEST_CONFIG].join(" ")} --frozen=false`,
  },
];

async function runChecks(): Promise<boolean> {
  const running = STEPS.map(async (step) => {
    const startedAt = performance.now();
    const problem = await step.findProblem();
    return { ...step, problem, seconds: (performance.now() - startedAt) / 1000 };
  });
  const failed: string[] = [];
  for (const result of running) {
    const { name, problem, seconds, mend } = await result;
    if (problem === "") {
      console.log(`ok      ${name} (${seconds.toFixed(1)} s)`);
      continue;
    }
    failed.push(name);
    console.log(`FAILED  ${name}\n${problem}\nTo mend it: ${mend}\n`);
  }
  console.log(failed.length === 0 ? "check passed" : `check failed: ${failed.join(", ")}`);
  return failed.length === 0;
}

/** Runs a deno command in the project's folder; resolves to its output if it fails, else to nothing. */
async function runDeno(args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    stdin: "null",
  }).output();
  if (success) return "";
  const decoder = new TextDecoder();
  const text = `${decoder.decode(stdout)}${decoder.decode(stderr)}`.trim();
  return text === "" ? `"deno ${args.join(" ")}" failed without a word` : text;
}

if (import.meta.main) {
  const passed = await runChecks();
  Deno.exit(passed ? 0 : 1);
}
