/** `account` and `user`: who owns things, and who may sign in. */
import type { Command } from "commander";
import { listAccounts } from "@/db/accounts.ts";
import { insertUser, listUsers, updatePassword } from "@/db/users.ts";
import { createAccount } from "@/lib/accounts.ts";
import {
  type AccountChoice,
  chooseAccount,
  CliError,
  runCommand,
  table,
} from "@/lib/cli/context.ts";
import { addExportCommand } from "@/lib/cli/export_command.ts";
import { parseEmail, parseName, parsePassword } from "@/lib/cli/options.ts";
import { makeId } from "@/lib/ids.ts";
import { hashPassword } from "@/lib/password.ts";

/** Adds the commands. */
export function addAccountCommands(program: Command): void {
  const account = program.command("account").description(
    "Accounts: each is a live one and its test twin",
  );
  account.command("create")
    .description("Create an account and its test twin")
    .requiredOption("--name <name>", "name of the account", parseName)
    .action((_options, command: Command) => createAccountCommand(command.optsWithGlobals()));
  account.command("list")
    .description("List the accounts")
    .action((_options, command: Command) => listAccountsCommand(command.optsWithGlobals()));

  addExportCommand(account);

  const user = program.command("user").description("People who sign in to the admin UI");
  user.command("create")
    .description("Create a user")
    .requiredOption("--email <email>", "e-mail address", parseEmail)
    .requiredOption("--password <password>", "password", parsePassword)
    .option("--account <id>", "account, if there are several")
    .action((_options, command: Command) => createUserCommand(command.optsWithGlobals()));
  user.command("list")
    .description("List the users")
    .action((_options, command: Command) => listUsersCommand(command.optsWithGlobals()));
  user.command("set-password")
    .description("Change a password; ends the sessions of that user")
    .requiredOption("--email <email>", "e-mail address", parseEmail)
    .requiredOption("--password <password>", "new password", parsePassword)
    .action((_options, command: Command) => setPasswordCommand(command.optsWithGlobals()));
}

function createAccountCommand(options: { name: string; json: boolean }): Promise<never> {
  return runCommand(options, async ({ sql, secrets }) => {
    const { id, testAccountId } = await createAccount(sql, { name: options.name, secrets });
    return {
      json: { id, name: options.name, test_account_id: testAccountId },
      lines: [`Account "${options.name}" created: ${id}`, `Its test twin: ${testAccountId}`],
    };
  });
}

function listAccountsCommand(options: { json: boolean }): Promise<never> {
  return runCommand(options, async ({ sql }) => {
    const accounts = await listAccounts(sql);
    return {
      json: accounts,
      lines: accounts.length === 0
        ? ['There is no account yet: create one with "account create --name <name>"']
        : table(["ID", "MODE", "NAME"], accounts.map(({ id, mode, name }) => [id, mode, name])),
    };
  });
}

function createUserCommand(
  options: { email: string; password: string; json: boolean } & AccountChoice,
): Promise<never> {
  return runCommand(options, async ({ sql }) => {
    const account = await chooseAccount(sql, options);
    const user = {
      id: makeId(),
      // Users belong to the live account; the test twin is theirs with it.
      accountId: account.live_account_id ?? account.id,
      email: options.email,
      passwordHash: await hashPassword(options.password),
    };
    if (await insertUser(sql, user) === "email_taken") {
      throw new CliError(
        `There is a user "${options.email}" already: "user set-password" changes the password`,
      );
    }
    return {
      json: { id: user.id, email: user.email },
      lines: [`User "${user.email}" created: ${user.id}`],
    };
  });
}

function listUsersCommand(options: { json: boolean }): Promise<never> {
  return runCommand(options, async ({ sql }) => {
    const users = await listUsers(sql);
    return {
      json: users,
      lines: users.length === 0 ? ["There is no user yet"] : table(
        ["ID", "EMAIL", "ROLE", "ACCOUNT"],
        users.map((user) => [user.id, user.email, user.owner ? "owner" : "admin", user.account_id]),
      ),
    };
  });
}

function setPasswordCommand(
  options: { email: string; password: string; json: boolean },
): Promise<never> {
  return runCommand(options, async ({ sql }) => {
    const { email } = options;
    const passwordHash = await hashPassword(options.password);
    const user = await updatePassword(sql, { email, passwordHash });
    if (user === null) throw new CliError(`There is no user "${email}": "user list" shows them`);
    return {
      json: user,
      lines: [`Password of "${email}" changed; all sessions of that user have ended`],
    };
  });
}
