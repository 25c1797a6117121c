/** `whatsapp`: the account's WhatsApp integration. */
import type { Command } from "commander";
import { disconnectIntegration, findIntegration, type IntegrationRow } from "@/db/integrations.ts";
import { type AccountChoice, chooseAccount, CliError, runCommand } from "@/lib/cli/context.ts";
import { parseMetaId, secretParser } from "@/lib/cli/options.ts";
import type { Config } from "@/lib/config.ts";
import { ConnectError, connectWhatsapp, type WhatsappCredentials } from "@/lib/connect_whatsapp.ts";
import type { GraphTransport } from "@/lib/meta/transport.ts";

interface ConnectOptions extends AccountChoice, WhatsappCredentials {
  verify: boolean;
  json: boolean;
}

/** Adds the commands. */
export function addWhatsappCommands(program: Command): void {
  const whatsapp = program.command("whatsapp").description(
    "The WhatsApp number that an account sends from",
  );
  whatsapp.command("connect")
    .description("Connect a number of the WhatsApp Business Platform")
    .requiredOption(
      "--phone-number-id <id>",
      "Phone number ID (WhatsApp Manager, API setup)",
      parseMetaId,
    )
    .requiredOption("--waba-id <id>", "WhatsApp Business Account ID (same page)", parseMetaId)
    .requiredOption(
      "--access-token <token>",
      "token of a system user",
      secretParser("--access-token"),
    )
    .requiredOption(
      "--app-secret <secret>",
      "app secret (App settings, Basic)",
      secretParser("--app-secret"),
    )
    .requiredOption(
      "--verify-token <token>",
      "a word of your own for the webhook",
      secretParser("--verify-token"),
    )
    .option("--account <id>", "account, if there are several")
    .option("--no-verify", "store without asking Meta")
    .action((_options, command: Command) => connectCommand(command.optsWithGlobals()));
  for (
    const [name, description, run] of [
      ["status", "Show the integration of an account", statusCommand],
      ["disconnect", "Delete the secrets and free the number", disconnectCommand],
    ] as const
  ) {
    whatsapp.command(name)
      .description(description)
      .option("--account <id>", "account, if there are several")
      .option("--test", "the sandbox of the test twin")
      .action((_options, command: Command) => run(command.optsWithGlobals()));
  }
}

function connectCommand(options: ConnectOptions): Promise<never> {
  return runCommand(options, async ({ sql, secrets, config }) => {
    const account = await chooseAccount(sql, options);
    const graph = options.verify ? await openTransport(config) : null;
    try {
      const row = await connectWhatsapp(sql, { account, credentials: options, secrets, graph });
      return {
        json: integrationToJson(row),
        lines: [
          `The account "${account.name}" sends from ${
            row.display_phone_number ?? row.phone_number_id
          }`,
          row.status === "unverified"
            ? "Meta was not asked whether the token is good: the first send will show"
            : `Meta knows the number as "${row.verified_name ?? ""}"`,
        ],
      };
    } catch (error) {
      throw error instanceof ConnectError ? new CliError(error.message) : error;
    } finally {
      await graph?.close();
    }
  });
}

function statusCommand(options: { json: boolean } & AccountChoice): Promise<never> {
  return runCommand(options, async ({ sql }) => {
    const account = await chooseAccount(sql, options);
    const row = await findIntegration(sql, account.id);
    if (row === null) {
      return {
        json: { id: null, phone_number_id: null, status: "not_connected" },
        lines: [
          `The account "${account.name}" has no WhatsApp number: connect one with "whatsapp connect"`,
        ],
      };
    }
    return {
      json: integrationToJson(row),
      lines: [
        `Integration ${row.id} of the ${account.mode} account "${account.name}": ${row.status}`,
        ...(row.phone_number_id === null ? [] : [
          `Phone number id ${row.phone_number_id}, ${
            row.display_phone_number ?? "number not known"
          }`,
        ]),
      ],
    };
  });
}

function disconnectCommand(options: { json: boolean } & AccountChoice): Promise<never> {
  return runCommand(options, async ({ sql }) => {
    const account = await chooseAccount(sql, options);
    if (account.mode === "test") {
      throw new CliError("The sandbox of a test account cannot be disconnected");
    }
    const row = await disconnectIntegration(sql, account.id);
    if (row === null) throw new CliError(`The account "${account.name}" has no WhatsApp number`);
    return {
      json: { id: row.id, status: row.status },
      lines: [
        `Disconnected: the secrets are deleted, sends of "${account.name}" are refused from now on`,
      ],
    };
  });
}

function integrationToJson(row: IntegrationRow): Record<string, unknown> {
  return {
    id: row.id,
    phone_number_id: row.phone_number_id,
    status: row.status,
    waba_id: row.waba_id,
    display_phone_number: row.display_phone_number,
    verified_name: row.verified_name,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

/** Loaded here alone, because the HTTP client takes longer to load than most commands take. */
async function openTransport({ metaGraphUrl, metaGraphVersion }: Config): Promise<GraphTransport> {
  const { createHttpTransport } = await import("@/lib/meta/http_transport.ts");
  return createHttpTransport({ graphUrl: metaGraphUrl, version: metaGraphVersion });
}
