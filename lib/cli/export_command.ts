/** `account export`: everything that an account has, as newline-delimited JSON on stdout. */
import type { Command } from "commander";
import {
  type AccountChoice,
  chooseAccount,
  exitWithError,
  withStore,
  write,
} from "@/lib/cli/context.ts";
import { exportAccount } from "@/lib/export/export_account.ts";

/** Adds the command to `account`. */
export function addExportCommand(account: Command): void {
  account.command("export")
    .description(
      "Print everything of an account as newline-delimited JSON, the last line says that it is whole",
    )
    .option("--account <id>", "account, if there are several")
    .option("--test", "the test twin of the account", false)
    .action((_options, command: Command) => exportCommand(command.optsWithGlobals()));
}

async function exportCommand(choice: AccountChoice): Promise<never> {
  try {
    await withStore(async ({ sql }) => {
      const { id } = await chooseAccount(sql, choice);
      for await (const lines of exportAccount(sql, id)) await write(Deno.stdout, lines);
    });
    Deno.exit(0);
  } catch (error) {
    return await exitWithError(error);
  }
}
