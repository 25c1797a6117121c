/** `client.conversations`: all messages with one contact. */
import type { CallOptions } from "./call_options.ts";
import type { Conversation, ConversationQuery } from "./conversation.ts";
import { type List, makeList } from "./list.ts";
import type { Message } from "./message.ts";
import { pathId } from "./path_id.ts";
import type { ApiResult } from "./results.ts";
import { toResult, type Transport } from "./transport.ts";

/** The calls. */
export class ConversationsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** One conversation. */
  async get(id: string, options: CallOptions = {}): Promise<ApiResult<Conversation>> {
    return toResult(
      await this.#transport.call({
        method: "GET",
        path: `/conversations/${pathId(id)}`,
        signal: options.signal,
      }),
    );
  }

  /** Conversations, the newest first. */
  list(query: ConversationQuery = {}, options: CallOptions = {}): List<Conversation> {
    return makeList(this.#transport, {
      path: "/conversations",
      query: { ...query },
      signal: options.signal,
    });
  }

  /** The messages of a conversation, sent and received, the newest first. */
  messages(
    id: string,
    query: { limit?: number | undefined; cursor?: string | undefined } = {},
    options: CallOptions = {},
  ): List<Message> {
    return makeList(this.#transport, {
      path: `/conversations/${pathId(id)}/messages`,
      query: { ...query },
      signal: options.signal,
    });
  }
}
