/**
 * Proves the stand-in for `@std/testing/bdd` by running fixtures in a process
 * of their own: what runs, in which order, and what the runner reports.
 */
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { describe } from "@std/testing/bdd";

async function runFixture(options: { only?: boolean; source?: string } = {}) {
  const folder = new URL("fixtures/", import.meta.url);
  const dir = await Deno.makeTempDir();
  try {
    let text = options.source ??
      await Deno.readTextFile(new URL("bdd_fixture.ts", folder));
    if (!options.only) text = text.replaceAll("it.only(", "it(");
    const file = `${dir}/fixture_test.ts`;
    await Deno.writeTextFile(file, text);
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--config", config, "--no-check", "-A", file],
      env: { NO_COLOR: "1" },
      stderr: "null",
    }).output();
    const output = new TextDecoder().decode(stdout);
    const said = [...output.matchAll(/^> (.*)$/gm)].map((it) => it[1]);
    return { code, output, said };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("describe() runs cases with their hooks from the outside in and back", async () => {
  const { code, said, output } = await runFixture();
  assertEquals(code, 1);
  assertEquals(said, [
    "outer before",
    "outer beforeAll",
    "outer beforeEach",
    "first",
    "outer afterEach",
    "inner beforeAll",
    "outer beforeEach",
    "inner beforeEach",
    "fails",
    "inner afterEach",
    "outer afterEach",
    "outer beforeEach",
    "inner beforeEach",
    "second in second",
    "inner afterEach",
    "outer afterEach",
    "inner afterAll",
    "outer after",
    "outer afterAll",
    "unfocused",
    "focused",
    "unfocused too",
    "value 1",
    "value 1",
    "alone",
  ]);
  assertMatch(output, /outer \.\.\. inner \.\.\. fails/);
  assertMatch(output, /meant to fail/);
  assertMatch(output, /3 passed \(\d+ steps\) \| 1 failed \(\d+ steps\)/);
});

Deno.test("it.only() runs nothing else", async () => {
  const { said } = await runFixture({ only: true });
  assertEquals(said, ["focused"]);
});

Deno.test("beforeAll() outside of suites holds for the whole file", async () => {
  const { code, said } = await runFixture({
    source: `
      import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
      beforeAll(() => console.log("> all before"));
      afterAll(() => console.log("> all after"));
      it("a", () => console.log("> a"));
      describe("s", () => { it("b", () => console.log("> b")); });`,
  });
  assertEquals({ code, said }, {
    code: 0,
    said: ["all before", "a", "b", "all after"],
  });
});

Deno.test("it() inside a running case is refused", async () => {
  const { code, output } = await runFixture({
    source: `
      import { it } from "@std/testing/bdd";
      it("a", () => { it("b", () => {}); });`,
  });
  assertEquals(code, 1);
  assertMatch(output, /Cannot register "b" while tests are running/);
});

Deno.test("describe() refuses an async function", () => {
  assertThrows(
    // @ts-expect-error: the types refuse it as well.
    () => describe("late", async () => await Promise.resolve()),
    Error,
  );
});
