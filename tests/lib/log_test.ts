/** The log: one line an event, whatever is in it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type LogFormat, type Logger, type LogLevel, makeLogger } from "@/lib/log.ts";

Deno.test("A JSON log is one object a line, with time, level, event and the fields", () => {
  const { log, lines } = collect("info", "json");
  log.warn("something", { count: 2, text: "two\nlines", nothing: null });
  const [line = "", ...more] = lines;
  assertEquals(more, []);
  assertEquals(line.includes("\n"), false);
  const { time, ...rest } = JSON.parse(line);
  assertMatch(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertEquals(rest, {
    level: "warn",
    event: "something",
    count: 2,
    text: "two\nlines",
    nothing: null,
  });
});

Deno.test("An error in a field is written with name, message, code, stack and cause", () => {
  const { log, lines } = collect("info", "json");
  const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  log.error("failed", { error: new TypeError("outer", { cause }) });
  const { error } = JSON.parse(lines[0] ?? "");
  assertEquals([error.name, error.message], ["TypeError", "outer"]);
  assertStringIncludes(error.stack, "log_test.ts");
  assertEquals([error.cause.message, error.cause.code], ["refused", "ECONNREFUSED"]);
});

Deno.test("A level keeps out everything below it", () => {
  for (
    const [level, expected] of [
      ["debug", ["debug", "info", "warn", "error"]],
      ["info", ["info", "warn", "error"]],
      ["warn", ["warn", "error"]],
      ["error", ["error"]],
    ] as const
  ) {
    const { log, lines } = collect(level, "json");
    for (const name of ["debug", "info", "warn", "error"] as const) log[name]("event");
    assertEquals(lines.map((line) => JSON.parse(line).level), [...expected]);
  }
});

Deno.test("A pretty log is one line too, and what it quotes cannot break out of it", () => {
  const { log, lines } = collect("info", "pretty");
  log.info("request", {
    status: 200,
    id: "abc",
    text: 'say "hi"\n12:00:00.000 ERROR forged',
    missing: undefined,
  });
  const [line = "", ...more] = lines;
  assertEquals(more, []);
  assertMatch(line, /^\d\d:\d\d:\d\d\.\d{3} INFO {2}request status=200 id=abc text="say /);
  assert(!line.includes("\n"));
  assert(line.endsWith("missing=undefined"), line);
});

function collect(level: LogLevel, format: LogFormat): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  return { log: makeLogger({ level, format, write: (line) => lines.push(line) }), lines };
}
