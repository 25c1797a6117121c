/** `client.messages`: sending, and what became of it. */
import type { CallOptions, SendOptions } from "./call_options.ts";
import { type List, makeList } from "./list.ts";
import { type MediaFile, readMediaFile } from "./media_file.ts";
import type { Message, MessageQuery, SentMessage } from "./message.ts";
import { pathId } from "./path_id.ts";
import type { ApiResult, SendResult } from "./results.ts";
import type { SendInput } from "./send_input.ts";
import { toResult, type Transport } from "./transport.ts";

/** The calls. */
export class MessagesApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Sends a message, and resolves when WhatsApp has taken it. Every send carries an Idempotency-Key, so that its own
   * repetitions cannot send a second message; a failed call's error has the key, to try again with.
   *
   * @throws MessagesApiError, MessagesConnectionError
   */
  async send(message: SendInput, options: SendOptions = {}): Promise<SendResult> {
    const idempotencyKey = parseKey(options.idempotencyKey ?? crypto.randomUUID());
    const answer = await this.#transport.call<SentMessage>({
      method: "POST",
      path: "/messages",
      body: message,
      idempotencyKey,
      signal: options.signal,
    });
    return { ...toResult(answer), idempotencyKey, replayed: answer.replayed };
  }

  /** One message. */
  async get(id: string, options: CallOptions = {}): Promise<ApiResult<Message>> {
    return toResult(
      await this.#transport.call({
        method: "GET",
        path: `/messages/${pathId(id)}`,
        signal: options.signal,
      }),
    );
  }

  /** Messages sent and received, the newest first. */
  list(query: MessageQuery = {}, options: CallOptions = {}): List<Message> {
    return makeList(this.#transport, {
      path: "/messages",
      query: { ...query },
      signal: options.signal,
    });
  }

  /**
   * Opens the file of an inbound message (one that has `media`). `timeoutMs` holds until it begins to arrive; the
   * signal until its end.
   */
  async media(id: string, options: CallOptions = {}): Promise<MediaFile> {
    const path = `/messages/${pathId(id)}/media`;
    return await this.#transport.open(
      { method: "GET", path, signal: options.signal },
      readMediaFile,
    );
  }
}

/** The server's rule; a line end would show the other headers in the runtime's own error. */
function parseKey(key: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new TypeError("idempotencyKey must be 1 to 255 visible ASCII characters, such as a UUID");
}
