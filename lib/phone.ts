/**
 * Reads the recipient that a caller wrote: a phone number in (nearly) E.164 or a WhatsApp user id. The number is
 * checked for being possible, not assigned, and is never reformatted: what goes to Meta is "+" and the caller's own
 * digits. Which spellings of a number WhatsApp treats as one is the database's business (`phone_key`).
 */
import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/** Whom a message is for. */
export type ParsedRecipient =
  | {
    kind: "phone";
    /** "+" and digits. */
    phone: string;
    /** Set when the "+" was missing: how the number was read, such as "United States (+1)". */
    assumedCountry: string | null;
  }
  | { kind: "bsuid"; bsuid: string };

/** A recipient, or a message that says what is wrong with it. */
export type RecipientResult = { ok: true; recipient: ParsedRecipient } | {
  ok: false;
  message: string;
};

// Meta: "Business-scoped user IDs": country code, a dot, "ENT." for a parent id, letters and digits.
const BSUID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;

// What people put between the digits, also as pasted from documents and address books: spaces (the no-break and
// thin ones too), dots, hyphens and dashes, brackets.
const SEPARATORS = /[ \t\u00a0\u2009\u202f.\-\u2010-\u2015()[\]]/g;

// Mobile numbers in Mexico as WhatsApp still spells them; the library calls them too long.
const OLD_MEXICAN_MOBILE = /^\+521[0-9]{10}$/;

// E.164 (ITU); the library allows more, for numbers that exist inside a country only.
const MAX_DIGITS = 15;

/** A number that nobody has, for examples. */
export const EXAMPLE_PHONE = "+14155550123";

const EXAMPLE = `Use E.164: "+", country code and number, such as "${EXAMPLE_PHONE}"`;

/** As many as are kept of what was read last, since most recipients are written to again. */
const KEPT_RESULTS = 10_000;
/** Longer than anything that people write; who sends more does not fill the memory with it. */
const KEPT_LENGTH = 32;
const keptResults = new Map<string, RecipientResult>();

/** Reads a recipient; never throws. */
export function parseRecipient(input: string): RecipientResult {
  const kept = keptResults.get(input);
  if (kept !== undefined) return kept;
  const result = readRecipient(input);
  if (!result.ok || input.length > KEPT_LENGTH) return result;
  if (keptResults.size === KEPT_RESULTS) keptResults.delete(keptResults.keys().next().value ?? "");
  keptResults.set(input, result);
  return result;
}

function readRecipient(input: string): RecipientResult {
  if (BSUID.test(input)) return { ok: true, recipient: { kind: "bsuid", bsuid: input } };
  const compact = input.replace(SEPARATORS, "");
  if (!/^\+?[0-9]+$/.test(compact)) return refuse(describeForm(input, compact));
  if (compact.startsWith("+")) return parseInternational(compact, { assumed: false });
  if (compact.startsWith("00")) {
    return refuse(
      `The number starts with "00": write "+" instead, such as "+${compact.slice(2, 6)}…"`,
    );
  }
  if (compact.startsWith("0")) {
    return refuse(
      "The number is in its national form (it starts with 0): leave that 0 out and put the country code in front, " +
        'such as "+44…"',
    );
  }
  return parseInternational(`+${compact}`, { assumed: true });
}

/**
 * A phone number with all but the country code's first two digits and the last two masked, for logs.
 *
 * @example
 * ```ts
 * maskRecipient("+14155550123"); // "+14*******23"
 * ```
 */
export function maskRecipient(recipient: string): string {
  if (!recipient.startsWith("+")) return `${recipient.slice(0, 3)}***`;
  return `${recipient.slice(0, 3)}${"*".repeat(Math.max(0, recipient.length - 5))}${
    recipient.slice(-2)
  }`;
}

function parseInternational(phone: string, options: { assumed: boolean }): RecipientResult {
  if (phone.startsWith("+0")) {
    return refuse(`No country code starts with 0. ${EXAMPLE}`);
  }
  if (phone.length > 1 + MAX_DIGITS) {
    return refuse(`A phone number has at most ${MAX_DIGITS} digits. ${EXAMPLE}`);
  }
  if (OLD_MEXICAN_MOBILE.test(phone)) {
    return accept(phone, options.assumed ? "Mexico (+52)" : null);
  }
  const parsed = parsePhoneNumberFromString(phone, { extract: false });
  if (parsed === undefined || !parsed.isPossible()) {
    return refuse(`This is not a possible phone number in any country. ${EXAMPLE}`);
  }
  if (parsed.number !== phone) {
    // A trunk 0 after the country code, as in "+44 (0)20 …": Meta would not reach that number.
    return refuse(
      `The number has a digit that is only dialled inside the country: use "${parsed.number}"`,
    );
  }
  if (!options.assumed) return accept(phone, null);
  const callingCode = `+${parsed.countryCallingCode}`;
  // A possible number that nobody has is still of the country whose code comes first. Satellite codes have none.
  const country = parsed.country ?? parsed.getPossibleCountries()[0];
  return accept(
    phone,
    country === undefined ? callingCode : `${countryName(country)} (${callingCode})`,
  );
}

function describeForm(input: string, compact: string): string {
  if (input.trim() === "") return `The number is empty. ${EXAMPLE}`;
  if (/[0-9]/.test(compact) && /[^0-9+]/.test(compact)) {
    return `A phone number has digits only (spaces, dots, dashes and brackets are ignored). ${EXAMPLE}`;
  }
  if (compact.lastIndexOf("+") > 0) {
    return `The "+" belongs in front of the number, once. ${EXAMPLE}`;
  }
  return `This is neither a phone number nor a WhatsApp user id. ${EXAMPLE}`;
}

function countryName(country: string): string {
  return new Intl.DisplayNames("en", { type: "region" }).of(country) ?? country;
}

function accept(phone: string, assumedCountry: string | null): RecipientResult {
  return { ok: true, recipient: { kind: "phone", phone, assumedCountry } };
}

function refuse(message: string): RecipientResult {
  return { ok: false, message };
}
