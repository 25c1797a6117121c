/**
 * Every command in the documentation can be run: its program is known, its files, tasks and pages exist, and what
 * `deno task cli` is asked for is a command with these options.
 */
import type { Command } from "commander";
import { assert, assertEquals } from "@std/assert";
import { makeProgram } from "@/cli.ts";
import { listRepoFiles, readRepoFile, REPO_ROOT } from "@/tests/helpers/repo_files.ts";

const BLOCK = /^ *```(?:sh|bash|shell)\n([^]*?)^ *```/gm;
const SPAN = /(?<!`)`([^`]+)`(?!`)/g;
const HERE_DOCUMENT = /(?<=<<'?(\w+)'?\n)[^]*?^\1$/gm;
const ORIGIN = /^"?https?:\/\/(?:localhost:8000|127\.0\.0\.1:8000)/;

/** Programs that are no part of the project; what they are told is checked by tests/deploy/, or is plain to see. */
const OTHER_PROGRAMS = new Set([
  "openssl",
  "docker",
  "sysctl",
  "systemctl",
  "journalctl",
  "useradd",
  "systemd-run",
  "install",
  "cat",
  "chmod",
  "cp",
  "tar",
  "createdb",
  "dropdb",
  "pg_dump",
  "pg_restore",
  "psql",
  "node",
  "npm",
  "export",
  "alias",
]);

interface Found {
  page: string;
  words: string[];
}

Deno.test("Every command in a block names a known program, and what it is told exists", async () => {
  const paths = await servedPaths();
  const wrong: string[] = [];
  const commands = await listCommands();
  for (const { page, words } of commands) {
    const problem = await problemOf(words, paths);
    if (problem !== null) wrong.push(`${page}: ${words.join(" ")}: ${problem}`);
  }
  assertEquals(wrong, []);
  assert(commands.length > 10, `Only ${commands.length} commands were found`);
});

Deno.test("Every command line of deno task cli in a sentence is one", async () => {
  const wrong: string[] = [];
  let count = 0;
  for (const page of await listPages()) {
    const text = (await readRepoFile(page)).replace(BLOCK, "");
    for (const [, span = ""] of text.matchAll(SPAN)) {
      const words = wordsOf(span.replaceAll(/\s+/g, " "));
      if (words.slice(0, 3).join(" ") !== "deno task cli") continue;
      count++;
      const problem = cliProblem(words.slice(3));
      if (problem !== null) wrong.push(`${page}: ${span}: ${problem}`);
    }
  }
  assertEquals(wrong, []);
  assert(count > 3, `Only ${count} were found`);
});

async function listPages(): Promise<string[]> {
  return await listRepoFiles([".md"]);
}

async function listCommands(): Promise<Found[]> {
  const found: Found[] = [];
  for (const page of await listPages()) {
    for (const [, block = ""] of (await readRepoFile(page)).matchAll(BLOCK)) {
      for (const line of commandLines(block)) {
        for (const part of splitPipes(wordsOf(line))) found.push({ page, words: part });
      }
    }
  }
  return found;
}

/** Lines as a shell would see them: continued ones in one, quoted line breaks inside, no comments, no input. */
function commandLines(script: string): string[] {
  const block = script.replaceAll(HERE_DOCUMENT, "");
  const lines: string[] = [];
  let open = "";
  for (const line of block.replaceAll("\\\n", " ").split("\n")) {
    open = open === "" ? line : `${open}\n${line}`;
    if ((open.match(/'/g)?.length ?? 0) % 2 === 1) continue;
    lines.push(open);
    open = "";
  }
  return lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
}

/** The words of a command; what is quoted is one. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith("#"));
  return comment === -1 ? words : words.slice(0, comment);
}

/** The commands of a pipeline, without redirections and variables in front. */
function splitPipes(words: string[]): string[][] {
  const parts: string[][] = [[]];
  for (const [index, word] of words.entries()) {
    if (["|", "&&", ";"].includes(word)) parts.push([]);
    else if (!/^[<>]/.test(word) && !/^[<>]+$/.test(words[index - 1] ?? "")) {
      parts.at(-1)?.push(word);
    }
  }
  return parts.map((part) => {
    const first = part.findIndex((word) => !/^[A-Z_]+=/.test(word) && word !== "sudo");
    return first === -1 ? [] : part.slice(first);
  }).filter((part) => part.length > 0);
}

async function problemOf(words: string[], paths: RegExp[]): Promise<string | null> {
  const [program = "", ...rest] = words;
  if (program === "npx" && rest[0] === "-y" && /^deno@[\d.]+$/.test(rest[1] ?? "")) {
    return await problemOf(["deno", ...rest.slice(2)], paths);
  }
  if (program === "deno" && rest[0] === "task") {
    return rest[1] === "cli" ? cliProblem(rest.slice(2)) : await taskProblem(rest.slice(1));
  }
  // What `deno task compile` makes.
  if (program === "./messages-api") return rest.length === 0 ? null : cliProblem(rest);
  if (program === "deno" && rest[0] === "run") {
    const file = rest.find((word) => /\.tsx?$/.test(word));
    return file !== undefined && await isThere(file) ? null : "there is no such file";
  }
  if (program === "deno" && ["install", "eval", "--version"].includes(rest[0] ?? "")) return null;
  if (program === "curl") return curlProblem(rest, paths);
  return OTHER_PROGRAMS.has(program) ? null : `the program "${program}" is not known`;
}

async function taskProblem([name = "", ...args]: string[]): Promise<string | null> {
  const { tasks } = JSON.parse(await readRepoFile("deno.json"));
  if (!(name in tasks)) return "there is no such task";
  for (const arg of args.filter((word) => /\.tsx?$/.test(word))) {
    if (!await isThere(arg)) return `there is no file "${arg}"`;
  }
  const script = /[\w/]+\.ts$/.exec(tasks[name].command)?.[0];
  const source = script === undefined ? "" : await readRepoFile(script);
  const unknown = args.filter((word) => word.startsWith("--"))
    .map((word) => word.slice(2).split("=")[0] ?? "")
    .filter((option) => name !== "test" && !new RegExp(`\\b${option}\\b`).test(source));
  return unknown.length === 0 ? null : `it has no option "${unknown[0]}"`;
}

/** Whether commander would take it; values are not looked at. */
function cliProblem(words: string[]): string | null {
  let command: Command = makeProgram();
  const known = new Set<string>();
  const learn = () => {
    for (const { long, short } of command.options) {
      [long, short].forEach((it) => it && known.add(it));
    }
  };
  learn();
  for (const word of words) {
    const next = command.commands.find((it) => it.name() === word);
    if (next !== undefined) {
      command = next;
      learn();
    } else if (word === "--help" || word.startsWith("<") || word === "…") continue;
    else if (word.startsWith("-")) {
      if (!known.has(word.split("=")[0] ?? "")) return `there is no option "${word}"`;
    } else if (command.commands.length > 0) return `there is no command "${word}"`;
  }
  return null;
}

function curlProblem(words: string[], paths: RegExp[]): string | null {
  const url = words.find((word) => ORIGIN.test(word));
  if (url === undefined) return "it names no address of a local server";
  const path = url.replace(ORIGIN, "").replace(/"$/, "").split("?")[0] || "/";
  return paths.some((pattern) => pattern.test(path))
    ? null
    : `there is no page or endpoint ${path}`;
}

/** The paths that routes/ serves. */
async function servedPaths(): Promise<RegExp[]> {
  const files = (await listRepoFiles([".ts", ".tsx"])).filter((path) =>
    path.startsWith("routes/") && !/\/_|\.\.\./.test(path)
  );
  return files.map((file) => {
    const path = file.slice("routes".length).replace(/\.tsx?$/, "").replace(/\/\([^)]*\)/g, "")
      .replace(/\/index$/, "").replaceAll(".", "\\.").replaceAll(/\[[^\]]+\]/g, "[^/]+");
    return new RegExp(`^${path === "" ? "/" : path}$`);
  });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(new URL(path, REPO_ROOT));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
