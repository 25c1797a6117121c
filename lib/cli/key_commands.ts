/** `key`: API keys. */
import type { Command } from "commander";
import { type ApiKeyRow, listApiKeys, revokeApiKey } from "@/db/api_keys.ts";
import {
  type AccountChoice,
  chooseAccount,
  CliError,
  runCommand,
  table,
} from "@/lib/cli/context.ts";
import { collectScope, parseDays, parseName, parseRateLimit } from "@/lib/cli/options.ts";
import { isId } from "@/lib/ids.ts";
import { createKey, KEY_LIMITS } from "@/lib/keys/create_key.ts";
import { type Scope, SCOPES } from "@/lib/keys/scopes.ts";

interface CreateKeyOptions extends AccountChoice {
  name: string;
  scope: Scope[];
  rateLimit: number;
  expiresInDays?: number;
  json: boolean;
}

/** Adds the commands. */
export function addKeyCommands(program: Command): void {
  const key = program.command("key").description("API keys");
  key.command("create")
    .description("Create a key and show it once")
    .requiredOption("--name <name>", "what the key is for", parseName)
    .option(
      "--scope <scope>",
      `what the key may do, repeatable: ${Object.keys(SCOPES).join(", ")}`,
      collectScope,
      [] as Scope[],
    )
    .option("--account <id>", "account, if there are several")
    .option("--test", "a test key: it reaches the sandbox, never WhatsApp")
    .option(
      "--rate-limit <number>",
      "requests a minute, 0 for unlimited",
      parseRateLimit,
      KEY_LIMITS.defaultRateLimit,
    )
    .option("--expires-in-days <days>", "days until the key expires (never if left out)", parseDays)
    .action((_options, command: Command) => createKeyCommand(command.optsWithGlobals()));
  key.command("list")
    .description("List the keys of an account, revoked ones included")
    .option("--account <id>", "account, if there are several")
    .option("--test", "the keys of the test twin")
    .action((_options, command: Command) => listKeysCommand(command.optsWithGlobals()));
  key.command("revoke")
    .description("Revoke a key, from the next request on")
    .argument("<id>", "the key's id")
    .action((id: string, _options, command: Command) =>
      revokeKeyCommand(id, command.optsWithGlobals())
    );
}

function createKeyCommand(options: CreateKeyOptions): Promise<never> {
  return runCommand(options, async ({ sql }) => {
    const account = await chooseAccount(sql, options);
    const created = await createKey(sql, {
      accountId: account.id,
      mode: account.mode,
      name: options.name,
      scopes: options.scope,
      rateLimit: options.rateLimit,
      expiresInDays: options.expiresInDays ?? null,
    });
    const { id, key, prefix, scopes } = created;
    return {
      json: { id, key, prefix, scopes },
      lines: [
        `Key "${options.name}" created for the ${account.mode} account "${account.name}". It is shown only now:`,
        "",
        `  ${key}`,
        "",
        scopes.length === 0
          ? "It has no scope: it may only ask GET /api/v1/me. Add --scope to let it do more."
          : `It may: ${scopes.join(", ")}`,
      ],
    };
  });
}

function listKeysCommand(options: { json: boolean } & AccountChoice): Promise<never> {
  return runCommand(options, async ({ sql }) => {
    const account = await chooseAccount(sql, options);
    const keys = await listApiKeys(sql, account.id);
    return {
      json: keys.map((key) => ({
        id: key.id,
        name: key.name,
        prefix: key.prefix,
        scopes: key.scopes,
        rate_limit: key.rate_limit,
        expires_at: key.expires_at,
        revoked_at: key.revoked_at,
        last_used_at: key.last_used_at,
      })),
      lines: keys.length === 0
        ? [
          `The ${account.mode} account "${account.name}" has no key yet: create one with "key create"`,
        ]
        : table(
          ["ID", "PREFIX", "STATE", "LAST USED", "SCOPES", "NAME"],
          keys.map((key) => [
            key.id,
            key.prefix,
            describeState(key),
            key.last_used_at?.toISOString() ?? "never",
            key.scopes.join(",") || "none",
            key.name,
          ]),
        ),
    };
  });
}

function revokeKeyCommand(id: string, options: { json: boolean }): Promise<never> {
  return runCommand(options, async ({ sql }) => {
    const revoked = isId(id) ? await revokeApiKey(sql, id) : null;
    if (revoked === null) throw new CliError(`There is no key "${id}": "key list" shows them`);
    return {
      json: revoked,
      lines: [`Key ${revoked.id} is revoked since ${revoked.revoked_at.toISOString()}`],
    };
  });
}

function describeState(key: ApiKeyRow): string {
  if (key.revoked_at !== null) return "revoked";
  return key.expires_at !== null && key.expires_at <= new Date() ? "expired" : "active";
}
