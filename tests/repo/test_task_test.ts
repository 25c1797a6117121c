/**
 * The counts of `deno task test`: nothing that goes wrong may end as "0 failed". Each case writes a small project into
 * a temporary folder and lets the task's own code run it in a child process, whose output would otherwise be mistaken
 * for that of this run.
 */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { CaseCounts } from "@/tasks/test/count_cases.ts";
import { planParts, postgresVersions } from "@/tasks/test/plan.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("Without arguments the API runs on the embedded database and Postgres 15, all else on Postgres 18", () => {
  const parts = planParts([], undefined);
  assertEquals(parts.map(({ database, args }) => [database, ...args]), [
    ["postgres18", "--ignore=tests/api/", "tests/"],
    ["embedded", "tests/api/"],
    ["postgres15", "tests/api/"],
  ]);
  assertEquals(postgresVersions(parts), [18, 15]);
});

Deno.test("Arguments make it one run, on the database of TEST_DATABASE", () => {
  const args = ["tests/api", "--filter", "404"];
  const [part, ...more] = planParts(args, undefined);
  assertEquals([part?.database, part?.args, more], ["postgres18", args, []]);
  assertEquals(planParts(args, "embedded")[0]?.database, "embedded");
  assertEquals(postgresVersions(planParts(args, "embedded")), []);
  assertThrows(() => planParts(args, "mysql"), Error, '"mysql"');
});

Deno.test("A step is counted once, a parent of steps only when it fails by itself", async () => {
  const { counts } = await run({
    "steps_test.ts": `
      Deno.test("plain", () => {});
      Deno.test.ignore("left out", () => {});
      Deno.test("outer", async (t) => {
        await t.step("inner > odd name", async (t) => {
          await t.step("passes", () => {});
          await t.step("fails", () => { throw new Error("<failure> & \\"quotes\\""); });
        });
        await t.step("passes too", () => {});
      });
      Deno.test("fails after its step", async (t) => {
        await t.step("passes", () => {});
        throw new Error("after");
      });
      Deno.test("leaks", () => { setTimeout(() => {}, 60_000); });`,
  });
  assertEquals([counts.passed, counts.ignored], [4, 1]);
  assertEquals(counts.failures.toSorted(), [
    "./tests/steps_test.ts: fails after its step",
    "./tests/steps_test.ts: leaks",
    "./tests/steps_test.ts: outer > inner > odd name > fails",
  ]);
});

Deno.test("A file that does not load is one failure, beside the other files' results", async () => {
  const { counts, output } = await run({
    "loads_test.ts": `
      Deno.test("passes", () => {});
      Deno.test("fails", () => { throw new Error("no"); });`,
    "breaks_test.ts": `
      Deno.test("never runs", () => {});
      throw new Error("at the top");`,
  });
  assertEquals([counts.passed, counts.ignored], [1, 0]);
  assertEquals(counts.failures.toSorted(), [
    "./tests/breaks_test.ts: did not load, or broke outside its tests",
    "./tests/loads_test.ts: fails",
  ]);
  assertStringIncludes(output, "at the top");
});

Deno.test("An error outside the tests fails the tests that it cancels", async () => {
  const { counts } = await run({
    "bomb_test.ts": `
      Deno.test("passes", () => {});
      Deno.test("explodes", async () => {
        queueMicrotask(() => { throw new Error("bomb"); });
        await new Promise(() => setTimeout(() => {}, 60_000));
      });
      Deno.test("comes too late", () => {});`,
  });
  assertEquals([counts.passed, counts.failures.length, counts.ignored], [1, 2, 0]);
});

Deno.test("A missing module, a killed run and a run without tests are failures", async () => {
  const good = `Deno.test("passes", () => {});`;
  const missing = await run({ "good_test.ts": good, "bad_test.ts": `import "./nowhere.ts";` });
  assert(missing.counts.failures.length > 0, JSON.stringify(missing));

  const killed = await run({
    "kill_test.ts": `Deno.test("dies", () => Deno.kill(Deno.pid, "SIGKILL"));`,
  });
  assert(killed.counts.failures.length > 0, JSON.stringify(killed));

  const filtered = await run({ "good_test.ts": good }, ["--filter", "nothing has this name"]);
  assertEquals([filtered.counts.passed, filtered.counts.failures.length], [0, 1]);
});

Deno.test("A run in which all goes well has no failure, and passes its arguments and environment on", async () => {
  const { counts } = await run({
    "good_test.ts": `
      Deno.test("wanted", () => {
        if (Deno.env.get("TEST_DATABASE") !== "embedded") throw new Error("database");
        if (Deno.env.get("SHARED") !== "yes") throw new Error("environment");
      });
      Deno.test("other", () => { throw new Error("filtered out"); });`,
  }, ["--filter", "wanted"]);
  assertEquals([counts.passed, counts.failures.length], [1, 0]);
});

/** Runs a project of these test files; answers its counts and everything it printed. */
async function run(
  files: Record<string, string>,
  args: string[] = [],
): Promise<{ counts: CaseCounts; output: string }> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/deno.test.json`, "{}");
    await Deno.mkdir(`${folder}/tests`);
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/tests/${name}`, text);
    }
    const part = { title: "", database: "embedded", args: ["tests/", ...args] };
    const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["eval", "--config", "deno.test.json"],
        `import { runPart } from "@/tasks/test/run_part.ts";
         const counts = await runPart(${JSON.stringify(part)}, {
           folder: new URL(${JSON.stringify(`file://${folder}/`)}),
           env: { SHARED: "yes" },
           signal: new AbortController().signal,
         });
         console.log("\\n" + JSON.stringify(counts));`,
      ],
      cwd: ROOT,
    }).output();
    const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert(success, errors);
    return { counts: JSON.parse(output?.trim().split("\n").at(-1) ?? ""), output: output ?? "" };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
