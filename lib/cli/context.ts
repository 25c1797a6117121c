/**
 * What CLI commands share: an open database for as long as a command runs, which account is meant, and the two forms
 * of output. With --json exactly one JSON value goes to stdout and everything else to stderr.
 */
import { type AccountRow, findTestAccount, listAccounts } from "@/db/accounts.ts";
import type { Sql } from "@/db/connect.ts";
import { type Config, parseConfig } from "@/lib/config.ts";
import { describeSetupError, openStore } from "@/lib/server/open_services.ts";
import type { SecretBox } from "@/lib/secret_box.ts";

/** What a command works with. */
export interface CliContext {
  config: Config;
  sql: Sql;
  secrets: SecretBox;
  /** The migrations that opening the database applied. */
  applied: string[];
}

/** What a command says: a JSON value for machines, lines for people. */
export interface CliOutput {
  json: unknown;
  lines: string[];
}

/** A command that cannot be carried out; the message says what to do. */
export class CliError extends Error {
  override name = "CliError";
}

/** Opens the database, runs a command, prints what it says, and exits the process. */
export function runCommand(
  options: { json: boolean },
  command: (context: CliContext) => Promise<CliOutput>,
): Promise<never> {
  return printAndExit(options, () => withStore(command));
}

/** Runs a command that needs no database, prints what it says, and exits the process. */
export async function printAndExit(
  options: { json: boolean },
  command: () => Promise<CliOutput>,
): Promise<never> {
  try {
    const output = await command();
    const text = options.json ? JSON.stringify(output.json) : output.lines.join("\n");
    await write(Deno.stdout, `${text}\n`);
    Deno.exit(0);
  } catch (error) {
    return await exitWithError(error);
  }
}

/** Says on stderr why a command was not carried out, and exits with code 1. */
export async function exitWithError(error: unknown): Promise<never> {
  const known = error instanceof CliError ? [error.message] : describeSetupError(error);
  // deno-lint-ignore no-console -- a fault of the program, with its stack
  if (known === null) console.error(error);
  else await write(Deno.stderr, `${known.join("\n")}\n`);
  Deno.exit(1);
}

/** The accounts that a person may mean, and how they were named. */
export interface AccountChoice {
  /** An account's id, of a live one or of a test twin. */
  account?: string;
  /** The test twin of the account. */
  test?: boolean;
}

/**
 * The account that a command is for: the one named, else the only live one; with `test`, its twin.
 *
 * @throws CliError when there is none, or several and none is named
 */
export async function chooseAccount(sql: Sql, choice: AccountChoice): Promise<AccountRow> {
  const chosen = await chooseNamed(await listAccounts(sql), choice.account);
  if (choice.test !== true || chosen.mode === "test") return chosen;
  const twin = await findTestAccount(sql, chosen.id);
  if (twin === null) throw new CliError(`The account "${chosen.id}" has no test twin`);
  return twin;
}

function chooseNamed(accounts: AccountRow[], id: string | undefined): AccountRow {
  if (id !== undefined) {
    const named = accounts.find((account) => account.id === id.toLowerCase());
    if (named !== undefined) return named;
    throw new CliError(`There is no account "${id}": "account list" shows them`);
  }
  const live = accounts.filter((account) => account.mode === "live");
  const [only] = live;
  if (only === undefined) {
    throw new CliError('There is no account yet: create one with "account create --name <name>"');
  }
  if (live.length > 1) {
    throw new CliError(
      `There are ${live.length} accounts: name one with --account <id> ("account list" shows them)`,
    );
  }
  return only;
}

/** A table for people: one line an entry, columns as wide as their longest value. */
export function table(header: string[], rows: string[][]): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(...all.map((row) => [...(row[column] ?? "")].length))
  );
  return all.map((row) =>
    row.map((value, column) => value.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
}

/** Opens the database for as long as a command runs. */
export async function withStore<T>(command: (context: CliContext) => Promise<T>): Promise<T> {
  const config = parseConfig(Deno.env.toObject());
  const { db, secrets, applied } = await openStore(config);
  try {
    return await command({ config, sql: db.sql, secrets, applied });
  } finally {
    await db.close();
  }
}

/** Writes all of a text. */
export async function write(
  stream: { write(bytes: Uint8Array): Promise<number> },
  text: string,
): Promise<void> {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(await stream.write(rest));
}
