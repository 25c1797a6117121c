/** What calls resolve to: the data of an answer, and what the answer says beside it. */
import type { Contact } from "./contact.ts";
import type { SentMessage } from "./message.ts";

/** The codes of warnings that this version knows. */
export type WarningCode = "country_code_assumed" | "caption_not_sent" | "outside_service_window";

/** Something the caller should know although the request was carried out. */
export interface Warning {
  code: WarningCode;
  message: string;
}

/** What the key may still do; from the X-RateLimit headers. */
export interface RateLimit {
  /** Requests a minute, all of which may come at once. */
  limit: number;
  /** How many may come now. */
  remaining: number;
  /** When all of them may come again. */
  resetAt: Date;
}

/** A successful answer. */
export interface ApiResult<Data> {
  data: Data;
  warnings: Warning[];
  /** Names the request in the server's log; null if something in between took the header away. */
  requestId: string | null;
  /** Null: the key has no rate limit. */
  rateLimit: RateLimit | null;
  /** How many requests it took: 1 if nothing had to be repeated. */
  attempts: number;
}

/** What `messages.send` resolves to. */
export interface SendResult extends ApiResult<SentMessage> {
  /** The key that was used, given or made. */
  idempotencyKey: string;
  /** True: an earlier request with this key had sent the message, and this is its result. */
  replayed: boolean;
}

/** What `contacts.create` resolves to. */
export interface CreatedContact extends ApiResult<Contact> {
  /** False: there was one already, which is returned unchanged. */
  created: boolean;
}

/** One page of a list. */
export interface ListPage<Item> extends ApiResult<Item[]> {
  /** The `cursor` of the next page; null on the last. */
  nextCursor: string | null;
}
