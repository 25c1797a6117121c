/**
 * The shape of one row of Meta's error table and the short constructors that
 * the row files use. Which code means what is in those files; how a whole
 * answer is judged is classify.ts. `sender: true` marks errors that concern the
 * number or its credentials: every further send would fail the same way.
 */

/**
 * What an error code says about a send:
 * "throttled" = refused before acceptance, the same request may be repeated;
 * "pair_limited" = too many messages to this one recipient;
 * "ambiguous" = Meta may or may not have taken the message;
 * "permanent" = refused, repeating it unchanged will not help.
 */
export type MetaErrorClass =
  | "throttled"
  | "pair_limited"
  | "ambiguous"
  | "permanent";

/** One row: class, short title, and what a developer or admin should do. */
export interface MetaErrorEntry {
  class: MetaErrorClass;
  title: string;
  /** One or two plain sentences that name the next step. */
  hint: string;
  /** True when the whole sending number or its token is affected. */
  sender: boolean;
}

/** A row for a definite refusal of this one message. */
export function permanent(title: string, hint: string): MetaErrorEntry {
  return { class: "permanent", title, hint, sender: false };
}

/** A row for a definite refusal that every send of this number will meet. */
export function senderBlocked(title: string, hint: string): MetaErrorEntry {
  return { class: "permanent", title, hint, sender: true };
}

/** A row for a refusal by a rate limit or a short maintenance. */
export function throttled(title: string, hint: string): MetaErrorEntry {
  return { class: "throttled", title, hint, sender: false };
}

/** A row for an error after which the message may still be delivered. */
export function ambiguous(title: string, hint: string): MetaErrorEntry {
  return { class: "ambiguous", title, hint, sender: false };
}

/** A row for the limit on messages from one number to one person. */
export function pairLimited(title: string, hint: string): MetaErrorEntry {
  return { class: "pair_limited", title, hint, sender: false };
}
