/**
 * The fields and parameters that say who a person is: a phone number in any spelling that a message may be sent to, or
 * a WhatsApp user id (BSUID).
 */
import { z } from "zod";
import type { Identity } from "@/db/contacts.ts";
import type { Warning } from "@/lib/api/envelope.ts";
import { text } from "@/lib/api/text.ts";
import { type ParsedRecipient, parseRecipient } from "@/lib/phone.ts";

const MAX_LENGTH = 200;

/** A person in a body: a phone number or a WhatsApp user id. */
const personField = text({ max: MAX_LENGTH }).transform(readPerson);

/** A phone number in a body. */
export const phoneField = personField.refine(({ kind }) => kind === "phone", {
  error: "This is a WhatsApp user id: pass it as bsuid",
});

/** A WhatsApp user id in a body. */
export const bsuidField = text({ max: MAX_LENGTH }).refine(isBsuid, {
  error: 'Must be a WhatsApp user id, such as "US.13491208655302741918"',
});

/** A person in a query. */
export const personParameter = text({ max: MAX_LENGTH }).transform(restorePlus).transform(
  readPerson,
);

/** A phone number in a query. */
export const phoneParameter = personParameter.refine(({ kind }) => kind === "phone", {
  error: "Must be a phone number, not a WhatsApp user id",
});

/** A person as the database looks for one. */
export function toIdentity(person: ParsedRecipient): Identity {
  return {
    phone: person.kind === "phone" ? person.phone : null,
    bsuid: person.kind === "bsuid" ? person.bsuid : null,
  };
}

/** The warning that a number had no "+", if it had none. */
export function identityWarnings(person: ParsedRecipient): Warning[] {
  if (person.kind !== "phone" || person.assumedCountry === null) return [];
  return [{
    code: "country_code_assumed",
    message: `The number has no "+" and was read as ${person.assumedCountry}: ${person.phone}`,
  }];
}

function readPerson(value: string, ctx: z.RefinementCtx): ParsedRecipient {
  const result = parseRecipient(value);
  if (result.ok) return result.recipient;
  ctx.addIssue({ code: "custom", message: result.message });
  return z.NEVER;
}

function isBsuid(value: string): boolean {
  const result = parseRecipient(value);
  return result.ok && result.recipient.kind === "bsuid";
}

/** A "+" that was not percent-encoded arrives as a space. */
function restorePlus(value: string): string {
  return value.replace(/^ (?=\d)/, "+");
}
