/**
 * What the single binary runs: the server, or an operator's command. It cannot start a server in a process with fewer
 * permissions, as `deno task start` does: a binary holds no Deno to run. So it has the server's permissions itself,
 * put in when it is compiled, and may run nothing. Why: docs/decisions/single-binary.md.
 */
// deno-lint-ignore-file no-console -- speaks to the terminal before there is a log
import { makeProgram } from "@/cli.ts";
import { exitWithError } from "@/lib/cli/context.ts";
import { runServer } from "@/lib/server/run_server.ts";
import { makeHandler } from "@/main.ts";
import { BINARY_DATA_DIR } from "@/tasks/permissions.ts";

async function run(args: string[]): Promise<void> {
  await checkDataDir();
  const program = makeProgram("messages-api");
  program.command("start", { isDefault: true })
    .description("Start the server; what happens without a command")
    .action(() => runServer(makeHandler));
  await program.parseAsync(args, { from: "user" }).catch(exitWithError);
}

/** Otherwise it would be refused later, in words that mean nothing to an operator. */
async function checkDataDir(): Promise<void> {
  const dataDir = Deno.env.get("DATA_DIR");
  if ((Deno.env.get("DATABASE_URL") ?? "") !== "" || dataDir === undefined || dataDir === "") {
    return;
  }
  const { state } = await Deno.permissions.query({ name: "write", path: dataDir });
  if (state === "granted") return;
  console.error(
    `DATA_DIR is "${dataDir}", but this binary may write "${BINARY_DATA_DIR}" in the folder that it is started from, ` +
      "and nothing else: leave DATA_DIR unset and start it from the folder that has the data",
  );
  Deno.exit(1);
}

if (import.meta.main) await run(Deno.args);
