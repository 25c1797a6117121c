/** The client: where the server is, whose key is used, and the API's resources. */
import type { CallOptions } from "./call_options.ts";
import { ContactsApi } from "./contacts_api.ts";
import { ConversationsApi } from "./conversations_api.ts";
import type { Me } from "./me.ts";
import { MessagesApi } from "./messages_api.ts";
import type { ApiResult } from "./results.ts";
import { parseSettings } from "./settings.ts";
import { toResult, Transport } from "./transport.ts";

/** What a client is made with. */
export interface ClientOptions {
  /** The address of the server, such as "https://messages.example.com"; a path in front of /api/v1 is kept. */
  baseUrl: string | URL;
  /** An API key, "wacrm_live_…" or "wacrm_test_…". */
  apiKey: string | undefined;
  /** How long one request may take, 40 seconds by default: the server answers a send within 30. */
  timeoutMs?: number | undefined;
  /** How long a call may take with all its repetitions and the waits between them, 2 minutes by default. */
  totalTimeoutMs?: number | undefined;
  /** How often a request is repeated at most, 4 times by default; 0: never. */
  maxRetries?: number | undefined;
  /** Used in place of the global `fetch`. */
  fetch?: typeof fetch | undefined;
}

/**
 * A client of one server with one key. It keeps no connection of its own and may be used by many at once.
 *
 * @example
 * ```ts
 * const client = new MessagesClient({
 *   baseUrl: "http://localhost:8000",
 *   apiKey: process.env.MESSAGES_API_KEY,
 * });
 * const { data } = await client.messages.send({ to: "+14155550123", text: "Hello" });
 * console.log(data.message_id);
 * ```
 */
export class MessagesClient {
  readonly messages: MessagesApi;
  readonly contacts: ContactsApi;
  readonly conversations: ConversationsApi;
  readonly #transport: Transport;

  /** @throws TypeError when an option is missing or malformed */
  constructor(options: ClientOptions) {
    this.#transport = new Transport(parseSettings(options));
    this.messages = new MessagesApi(this.#transport);
    this.contacts = new ContactsApi(this.#transport);
    this.conversations = new ConversationsApi(this.#transport);
  }

  /** Whose key this is and what it may do. */
  async me(options: CallOptions = {}): Promise<ApiResult<Me>> {
    return toResult(await this.#transport.call<Me>({ method: "GET", path: "/me", ...options }));
  }
}
