/**
 * Runs the operator's commands as `deno task cli` does — with the options of that task, permissions included, in a
 * process of its own — and reads everything they print.
 */
import { randomBytes } from "node:crypto";
import { assertEquals } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";

/** What a command printed, and how it ended. */
export interface CliRun {
  code: number;
  stdout: string;
  stderr: string;
}

/** A database of its own and the commands on it. */
export interface CliHarness extends AsyncDisposable {
  sql: Sql;
  /** DATABASE_URL and ENCRYPTION_KEY. */
  environment: Record<string, string>;
  run(args: string[], environment?: Record<string, string>): Promise<CliRun>;
  /** Runs a command with --json that must succeed; its value. */
  // deno-lint-ignore no-explicit-any -- tests reach into values whose shape is what they assert
  json(args: string[], environment?: Record<string, string>): Promise<any>;
  [Symbol.asyncDispose](): Promise<void>;
}

const ROOT = new URL("../../", import.meta.url);

/** Runs a command; nothing of this process's environment but what Deno itself needs reaches it. */
export async function runCli(
  args: string[],
  environment: Record<string, string>,
): Promise<CliRun> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...await taskArgs("cli"), ...args],
    cwd: ROOT,
    env: { ...denoEnvironment(), ...environment },
    clearEnv: true,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Asserts that a command succeeded with exactly one JSON value on stdout, and answers that value. */
// deno-lint-ignore no-explicit-any -- see CliHarness.json
export function parseCliJson(run: CliRun): any {
  assertEquals({ code: run.code, stderr: run.stderr }, { code: 0, stderr: "" });
  assertEquals(run.stdout.endsWith("\n"), true);
  return JSON.parse(run.stdout);
}

/** Asserts that a command was refused with one line on stderr and nothing on stdout, and answers the line. */
export function refusalOf(run: CliRun): string {
  const [line = "", end, ...more] = run.stderr.split("\n");
  assertEquals({ code: run.code, stdout: run.stdout, end, more }, {
    code: 1,
    stdout: "",
    end: "",
    more: [],
  }, run.stderr);
  return line;
}

/** A migrated Postgres database for commands. */
export async function startCliHarness(): Promise<CliHarness> {
  await using onFailure = new AsyncDisposableStack();
  const postgres = onFailure.use(await postgresFromEnvironment());
  const database = await postgres.createDatabase();
  onFailure.defer(() => database.drop());
  const sql = connect(database.url, { poolSize: 1 });
  onFailure.defer(() => sql.end({ timeout: 5 }));
  // The one connection, so that none is opened in the middle of a test.
  await sql`select 1`;
  const environment = {
    DATABASE_URL: database.url,
    ENCRYPTION_KEY: randomBytes(32).toString("base64"),
  };
  const run = (args: string[], more: Record<string, string> = {}) =>
    runCli(args, { ...environment, ...more });
  const owned = onFailure.move();
  return {
    sql,
    environment,
    run,
    json: async (args, more) => parseCliJson(await run([...args, "--json"], more)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The arguments of a task in deno.json after "deno", without the .env file of whoever runs the tests. */
export async function taskArgs(name: string): Promise<string[]> {
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const [program, ...args] = String(config.tasks[name].command).split(" ");
  assertEquals(program, "deno");
  return args.filter((arg) => !arg.startsWith("--env-file"));
}

/** Where Deno keeps its packages. */
export function denoEnvironment(): Record<string, string> {
  const names = ["HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}
