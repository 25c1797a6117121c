/**
 * Operator commands: `deno task cli <command>`. They work on DATABASE_URL, or on the embedded database while no server
 * holds it; `send` alone calls a server that runs. `--help` lists everything; each command is in lib/cli/.
 */
import { Command } from "commander";
import { addAccountCommands } from "@/lib/cli/account_commands.ts";
import { exitWithError, runCommand } from "@/lib/cli/context.ts";
import { addKeyCommands } from "@/lib/cli/key_commands.ts";
import { addSendCommand } from "@/lib/cli/send_command.ts";
import { addWhatsappCommands } from "@/lib/cli/whatsapp_commands.ts";
import { rotateSecrets } from "@/lib/integration_secrets.ts";

/**
 * The whole command line.
 *
 * @param name how people call it
 */
export function makeProgram(name: string = "deno task cli"): Command {
  const program = new Command(name)
    .description("Manage accounts, users, API keys and the WhatsApp integration; send a message")
    .option("--json", "print one JSON value on stdout and nothing else", false)
    .showHelpAfterError("(--help shows the options)");
  program.command("migrate")
    .description("Bring the database to the newest schema")
    .action((_options, command: Command) => migrateCommand(command.optsWithGlobals()));
  addAccountCommands(program);
  addKeyCommands(program);
  addWhatsappCommands(program);
  addSendCommand(program);
  program.command("secrets").description("Stored secrets")
    .command("rotate")
    .description("Re-encrypt all secrets with the first key of ENCRYPTION_KEY")
    .action((_options, command: Command) => rotateCommand(command.optsWithGlobals()));
  return program;
}

function migrateCommand(options: { json: boolean }): Promise<never> {
  return runCommand(options, ({ applied }) =>
    Promise.resolve({
      json: { applied },
      lines: applied.length === 0
        ? ["The database is up to date"]
        : applied.map((name) => `Applied ${name}`),
    }));
}

function rotateCommand(options: { json: boolean }): Promise<never> {
  return runCommand(options, async ({ sql, secrets }) => {
    const rotated = await rotateSecrets(sql, secrets);
    return {
      json: { rotated },
      lines: [`${rotated} integration${rotated === 1 ? "" : "s"} re-encrypted with the first key`],
    };
  });
}

if (import.meta.main) {
  await makeProgram().parseAsync(Deno.args, { from: "user" }).catch(exitWithError);
}
