/**
 * The table of recipients that make the sandbox fail in one known way each, so
 * that every error path can be tried without real failures. Shown in the UI and
 * the documentation. +1 500 555 is a range without subscribers; only its form is
 * valid, which suffices to pass the check of a possible number.
 */

/** What the sandbox does with a valid send to a magic recipient. */
export type MagicBehaviour =
  | {
    kind: "refuse";
    code: number;
    details: string;
    retryAfterSeconds?: number;
  }
  /** Answers something that is not an answer of Meta. */
  | { kind: "broken_answer"; httpStatus: number; body: string; taken: boolean }
  | { kind: "never_answer" }
  | { kind: "connection_refused" }
  | { kind: "accept_late"; delayMs: number }
  /** Accepts, and reports a failure by webhook, as Meta does for what it finds out later. */
  | { kind: "accept_then_fail"; code: number; title: string; details: string };

/** One magic recipient. */
export interface MagicRecipient {
  /** "+" and digits. */
  phone: string;
  /** A short heading. */
  title: string;
  /** One sentence on what happens, for UI and documentation. */
  description: string;
  behaviour: MagicBehaviour;
}

/** All magic recipients, by rising number. */
export const MAGIC_RECIPIENTS: readonly MagicRecipient[] = [
  refusing("+15005550001", "Not in the allowed list", {
    code: 131030,
    details: "Recipient phone number is not in the allowed list of this number.",
  }),
  refusing("+15005550002", "Not on WhatsApp", {
    code: 131026,
    details: "The recipient cannot receive this message.",
  }),
  refusing("+15005550003", "24-hour window closed", {
    code: 131047,
    details: "More than 24 hours have passed since the recipient last wrote to this number.",
  }),
  refusing("+15005550004", "Marketing limit of the person reached", {
    code: 131049,
    details: "The message was not delivered to keep the ecosystem healthy.",
  }),
  refusing("+15005550005", "Payment problem", {
    code: 131042,
    details: "The account has no valid payment method.",
  }),
  refusing("+15005550006", "Account locked", {
    code: 131031,
    details: "The account has been locked.",
  }),
  refusing("+15005550007", "Account blocked for policy violations", {
    code: 368,
    details: "The account is blocked for a policy violation.",
  }),
  refusing("+15005550008", "Access token expired", {
    code: 190,
    details: "The access token has expired.",
  }),
  refusing("+15005550009", "Too many messages per second", {
    code: 130429,
    details: "The throughput of this number was exceeded.",
    retryAfterSeconds: 30,
  }),
  refusing("+15005550010", "Too many messages to one person", {
    code: 131056,
    details: "Too many messages to this recipient in a short time.",
  }),
  refusing("+15005550011", "Unknown error of Meta", {
    code: 131000,
    details: "An unknown error occurred.",
  }),
  {
    phone: "+15005550012",
    title: "Gateway error",
    description: "Answers HTTP 502 with a page of HTML: whether the message was taken stays open.",
    behaviour: {
      kind: "broken_answer",
      httpStatus: 502,
      body: "<html><body><h1>502 Bad Gateway</h1></body></html>",
      taken: false,
    },
  },
  {
    phone: "+15005550013",
    title: "Unreadable answer",
    description:
      "Takes the message but answers HTTP 200 with broken JSON: the outcome stays open until a status arrives.",
    behaviour: {
      kind: "broken_answer",
      httpStatus: 200,
      body: '{"messaging_product":"whatsapp","contacts":[{"inp',
      taken: true,
    },
  },
  {
    phone: "+15005550014",
    title: "No answer",
    description: "Never answers, until the time limit ends the attempt: the outcome stays open.",
    behaviour: { kind: "never_answer" },
  },
  {
    phone: "+15005550015",
    title: "Connection refused",
    description:
      "Refuses the connection: the message was certainly not taken, and the attempt is repeated.",
    behaviour: { kind: "connection_refused" },
  },
  {
    phone: "+15005550016",
    title: "Slow answer",
    description: "Accepts the message after 2 seconds.",
    behaviour: { kind: "accept_late", delayMs: 2000 },
  },
  failingLater("+15005550017", {
    code: 131047,
    title: "Re-engagement message",
    details: "More than 24 hours have passed since the recipient last wrote to this number.",
  }),
  failingLater("+15005550018", {
    code: 131053,
    title: "Media upload error",
    details: "The file could not be fetched from its link.",
  }),
];

/** Finds the magic recipient with this number ("+" and digits). */
export function findMagicRecipient(phone: string): MagicRecipient | null {
  return MAGIC_RECIPIENTS.find((magic) => magic.phone === phone) ?? null;
}

function refusing(
  phone: string,
  title: string,
  refusal: { code: number; details: string; retryAfterSeconds?: number },
): MagicRecipient {
  const pause = refusal.retryAfterSeconds === undefined
    ? ""
    : ` and asks to wait ${refusal.retryAfterSeconds} seconds`;
  return {
    phone,
    title,
    description: `Answers with Meta's error ${refusal.code}${pause}.`,
    behaviour: { kind: "refuse", ...refusal },
  };
}

function failingLater(
  phone: string,
  failure: { code: number; title: string; details: string },
): MagicRecipient {
  return {
    phone,
    title: `Fails later: ${failure.title}`,
    description: `Accepts the message, then reports Meta's error ${failure.code} by webhook.`,
    behaviour: { kind: "accept_then_fail", ...failure },
  };
}
