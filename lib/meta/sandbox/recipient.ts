/**
 * Understands `to` and `recipient` the way Meta does, mistakes included: `to`
 * wins over `recipient`, a BSUID in `to` is accepted and silently dropped, and
 * a number without plus gets the business's own country code put in front.
 * Also rewrites numbers of Brazil and Mexico as WhatsApp does.
 */
import { SandboxRefusal } from "@/lib/meta/sandbox/refusal.ts";

/** A trap of Meta that the request fell into; accepted all the same. */
export type RecipientNote = "bsuid_in_to" | "missing_plus" | "recipient_ignored";

/** Who would get the message. */
export interface ResolvedRecipient {
  /** The value as sent, for `contacts[].input`. */
  input: string;
  /** The number as WhatsApp knows it, digits only; null for a BSUID. */
  waId: string | null;
  userId: string | null;
  /** "+" and the dialled digits; null for a BSUID. */
  phone: string | null;
  /** False when Meta would accept the message and drop it. */
  reachable: boolean;
  notes: RecipientNote[];
}

const BSUID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;

/** Resolves the recipient; `countryCode` is the business number's, digits. */
export function resolveRecipient(
  body: Record<string, unknown>,
  options: { countryCode: string },
): ResolvedRecipient {
  if (typeof body.to !== "string") return resolveBsuid(String(body.recipient));
  const input = body.to;
  const notes: RecipientNote[] = [];
  if (body.recipient !== undefined) notes.push("recipient_ignored");
  if (BSUID.test(input)) {
    // Meta drops the country prefix and takes the rest for a phone number.
    const digits = input.replaceAll(/\D/g, "");
    return {
      input,
      waId: digits,
      userId: null,
      phone: null,
      reachable: false,
      notes: [...notes, "bsuid_in_to"],
    };
  }
  if (!/^\+?[\d\s().-]+$/.test(input)) refuseTo();
  const bare = input.replaceAll(/\D/g, "");
  const hasPlus = input.startsWith("+");
  const digits = hasPlus ? bare : `${options.countryCode}${bare}`;
  // ITU-T E.164: at most 15 digits; no country has fewer than 7.
  if (!/^[1-9]\d{6,14}$/.test(digits)) refuseTo();
  return {
    input,
    waId: whatsAppId(digits),
    userId: null,
    phone: `+${digits}`,
    reachable: true,
    notes: hasPlus ? notes : [...notes, "missing_plus"],
  };
}

/**
 * Rewrites a number as WhatsApp knows it: Mexico +52 gets the old mobile 1, and
 * Brazilian mobiles with an area code from 31 on lose the ninth digit. Real
 * accounts vary; the sandbox always rewrites, so that tests meet it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(whatsAppId("5531987654321"), "553187654321");
 * assertEquals(whatsAppId("525512345678"), "5215512345678");
 * ```
 */
export function whatsAppId(digits: string): string {
  const brazil = digits.match(/^55([3-9]\d)9([6-9]\d{7})$/);
  if (brazil !== null && brazil[1] !== "30") return `55${brazil[1]}${brazil[2]}`;
  const mexico = digits.match(/^52([2-9]\d{9})$/);
  if (mexico !== null) return `521${mexico[1]}`;
  return digits;
}

function resolveBsuid(bsuid: string): ResolvedRecipient {
  if (!BSUID.test(bsuid)) {
    throw new SandboxRefusal(
      131009,
      "Param recipient must be a business-scoped user id.",
    );
  }
  return {
    input: bsuid,
    waId: null,
    userId: bsuid,
    phone: null,
    reachable: true,
    notes: [],
  };
}

function refuseTo(): never {
  throw new SandboxRefusal(131009, "Param to must be a phone number.");
}
