/**
 * The order of an outbound message's states. Several writers report on one message — the send itself, the sweep,
 * Meta's webhooks — in any order and more than once; each applies the maximum of this order, so neither can matter.
 * The database applies the same order (`message_status_rank`); a test holds the two together.
 */

/** From the first to the last; inbound messages have the one state "received" and no order. */
export const STATUS_ORDER = [
  "pending",
  "unknown",
  "sent",
  "failed",
  "delivered",
  "read",
] as const;
