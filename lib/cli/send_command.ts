/**
 * `send`: one message through a running server, as any program sends it: with an API key, over HTTP. What is allowed is
 * left to the server, which names every field that is wrong.
 */
import { type Command, Option } from "commander";
import {
  MessagesApiError,
  MessagesClient,
  MessagesConnectionError,
  type SendInput,
  type SendResult,
} from "@/clients/typescript/src/mod.ts";
import { CliError, type CliOutput, printAndExit } from "@/lib/cli/context.ts";

interface SendCommandOptions {
  to: string;
  type?: string;
  text?: string;
  template?: string;
  language?: string;
  param: string[];
  mediaUrl?: string;
  filename?: string;
  replyTo?: string;
  name?: string;
  idempotencyKey?: string;
  url: string;
  json: boolean;
}

const KEY_VARIABLE = "MESSAGES_API_KEY";

const NOTES = `
The API key is read from the environment variable ${KEY_VARIABLE} (or .env) and from nowhere else: other users
of a machine can see the arguments of a command. It needs the scope messages:send.

  ${KEY_VARIABLE}=wacrm_… deno task cli send --to +14155550123 --text "Hello"
`;

/** Adds the command. */
export function addSendCommand(program: Command): void {
  program.command("send")
    .description(`Send a message through a running server, with the key in ${KEY_VARIABLE}`)
    .requiredOption(
      "--to <number>",
      "the recipient: a phone number in E.164, or a WhatsApp user id",
    )
    .option("--text <text>", "the text, or the caption of media")
    .option("--template <name>", "send an approved template")
    .option("--language <code>", "the template's language (en_US if left out)")
    .option(
      "--param <value>",
      "a value for the template's body, repeatable, in their order",
      (value: string, before: string[]) => [...before, value],
      [] as string[],
    )
    .option("--media-url <url>", "send a file, which Meta fetches from this public URL")
    .addOption(
      new Option("--type <type>", "what kind of file --media-url is")
        .choices(["image", "video", "document", "audio"]),
    )
    .option("--filename <name>", "the name a document is shown with")
    .option("--reply-to <id>", "the message of the same conversation that this one answers")
    .option("--name <name>", "names the contact if this message creates it")
    .option("--idempotency-key <key>", "the same key never sends a second message within 24 hours")
    .option("--url <url>", "where the server is", "http://localhost:8000")
    .addHelpText("after", NOTES)
    .action((_options, command: Command) => sendCommand(command.optsWithGlobals()));
}

function sendCommand(options: SendCommandOptions): Promise<never> {
  return printAndExit(options, async () => {
    const client = makeClient(options.url);
    const message = toMessage(options);
    try {
      return toOutput(
        await client.messages.send(message, { idempotencyKey: options.idempotencyKey }),
      );
    } catch (error) {
      throw toCliError(error);
    }
  });
}

function makeClient(baseUrl: string): MessagesClient {
  const apiKey = Deno.env.get(KEY_VARIABLE);
  if (!apiKey) {
    throw new CliError(
      `${KEY_VARIABLE} is not set: put an API key there ("key create --name <name> --scope messages:send" makes one)`,
    );
  }
  try {
    return new MessagesClient({ baseUrl, apiKey });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CliError(
      error.message.replace(/^apiKey\b/, KEY_VARIABLE).replace(/^baseUrl\b/, "--url"),
    );
  }
}

/** The body as the options describe it; whether the parts go together is for the server to say. */
function toMessage(options: SendCommandOptions): SendInput {
  const { template, language, param, mediaUrl } = options;
  if (template === undefined && (language !== undefined || param.length > 0)) {
    throw new CliError("--language and --param belong to a template: name it with --template");
  }
  if (mediaUrl !== undefined && options.type === undefined) {
    throw new CliError("--media-url needs --type image, video, document or audio");
  }
  return {
    to: options.to,
    type: options.type ?? (template === undefined ? "text" : "template"),
    text: options.text,
    media_url: mediaUrl,
    filename: options.filename,
    template: template === undefined
      ? undefined
      : { name: template, language, params: param.length > 0 ? param : undefined },
    reply_to_message_id: options.replyTo,
    name: options.name,
  } as SendInput;
}

function toOutput(sent: SendResult): CliOutput {
  const { data, warnings } = sent;
  return {
    json: {
      ...data,
      warnings,
      idempotency_key: sent.idempotencyKey,
      replayed: sent.replayed,
      request_id: sent.requestId,
    },
    lines: [
      sent.replayed
        ? "An earlier request with this idempotency key has sent the message:"
        : "WhatsApp has taken the message:",
      `  message       ${data.message_id}`,
      `  conversation  ${data.conversation_id}`,
      `  contact       ${data.contact_id}${data.contact_created ? " (new)" : ""}`,
      `  WhatsApp id   ${data.whatsapp_message_id}`,
      ...warnings.map(({ code, message }) => `Warning ${code}: ${message}`),
    ],
  };
}

/** Code, message, and what to do next; the same idempotency key makes another try safe. */
function toCliError(error: unknown): unknown {
  if (error instanceof MessagesApiError) {
    const more = error.issues.slice(1).map(({ path, message }) => `  ${path}: ${message}`);
    return new CliError([
      `${error.code}: ${error.message}`,
      ...more,
      `Request ${error.requestId}. More about this error: ${error.docUrl}`,
      ...(error.retryable ? [tryAgain(error.idempotencyKey)] : []),
    ].join("\n"));
  }
  if (error instanceof MessagesConnectionError) {
    const advice = error.reason === "unexpected_answer" ? [] : [tryAgain(error.idempotencyKey)];
    return new CliError(
      [
        error.message,
        "Is the server running, and is --url its address?",
        ...advice,
      ].join("\n"),
    );
  }
  // The client's own check of an option.
  if (error instanceof TypeError && error.message.startsWith("idempotencyKey")) {
    return new CliError(error.message.replace("idempotencyKey", "--idempotency-key"));
  }
  return error;
}

function tryAgain(idempotencyKey: string | null): string {
  return `To try again without the risk of a duplicate, add: --idempotency-key ${idempotencyKey}`;
}
