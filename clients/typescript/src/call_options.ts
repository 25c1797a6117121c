/** What every call may be given beside its input. */

/** Options of a call. */
export interface CallOptions {
  /** Ends the call early: it then rejects with the signal's reason. What was sent is not taken back. */
  signal?: AbortSignal | undefined;
}

/** Options of `messages.send`. */
export interface SendOptions extends CallOptions {
  /**
   * Names this message, with 1 to 255 visible ASCII characters: within 24 hours the same key never sends a second one.
   * Best made from what causes the message, such as "order-1042-shipped"; a random one if left out.
   */
  idempotencyKey?: string | undefined;
}
