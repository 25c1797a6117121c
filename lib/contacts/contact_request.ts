/**
 * The bodies that create and change a contact. They differ in what null means: when creating it is the same as leaving
 * a field out, when changing it clears the field.
 */
import { z } from "zod";
import type { ContactDetails } from "@/db/contacts.ts";
import { invalidInput, type Issue } from "@/lib/api/errors.ts";
import { text, withoutNulls } from "@/lib/api/text.ts";
import { collectIssues } from "@/lib/api/validation.ts";
import { bsuidField, phoneField } from "@/lib/contacts/identity_fields.ts";
import type { ParsedRecipient } from "@/lib/phone.ts";

const MAX_NAME_LENGTH = 200;
const MAX_COMPANY_LENGTH = 200;
/** RFC 5321, section 4.5.3.1.3, without the angle brackets. */
const MAX_EMAIL_LENGTH = 254;

const name = text({ min: 1, max: MAX_NAME_LENGTH }).describe("The display name");
// Loose on purpose: only sending to an address shows whether it exists.
const email = text({ min: 1, max: MAX_EMAIL_LENGTH })
  .regex(/^[^\s@]+@[^\s@]+$/, { error: 'Must be an e-mail address, such as "ada@example.com"' })
  .describe("The e-mail address");
const company = text({ min: 1, max: MAX_COMPANY_LENGTH }).describe("The company");

/** The body of `POST /api/v1/contacts`, field by field. */
export const newContactSchema = z.strictObject({
  phone: phoneField.optional().describe("The phone number in E.164; this or bsuid"),
  bsuid: bsuidField.optional().describe("The WhatsApp user id; this or phone"),
  name: name.optional(),
  email: email.optional(),
  company: company.optional(),
});

/** The body of `PATCH /api/v1/contacts/{id}`, field by field. */
export const contactChangesSchema = z.strictObject({
  name: name.nullable().exactOptional(),
  email: email.nullable().exactOptional(),
  company: company.nullable().exactOptional(),
});

/** A person to find or create; the details are for the latter. */
export interface NewContact extends ContactDetails {
  person: ParsedRecipient;
}

/**
 * Checks the body of `POST /api/v1/contacts`.
 *
 * @throws ApiError bad_request that lists every problem
 */
export function parseNewContact(body: Record<string, unknown>): NewContact {
  const input = withoutNulls(body) as Record<string, unknown>;
  const parsed = newContactSchema.safeParse(input);
  const issues = parsed.success ? [] : findIssues(parsed.error, input, newContactSchema);
  issues.push(...findIdentityIssues(input));
  if (!parsed.success || issues.length > 0) throw invalidInput(issues);
  const { phone, bsuid = "", ...details } = parsed.data;
  return {
    person: phone ?? { kind: "bsuid", bsuid },
    name: details.name ?? null,
    email: details.email ?? null,
    company: details.company ?? null,
  };
}

/**
 * Checks the body of `PATCH /api/v1/contacts/{id}`.
 *
 * @throws ApiError bad_request that lists every problem
 */
export function parseContactChanges(body: Record<string, unknown>): Partial<ContactDetails> {
  const parsed = contactChangesSchema.safeParse(body);
  if (!parsed.success) throw invalidInput(findIssues(parsed.error, body, contactChangesSchema));
  if (Object.keys(parsed.data).length === 0) {
    throw invalidInput([{ path: "", message: 'Give at least one of "name", "email", "company"' }]);
  }
  return parsed.data;
}

function findIdentityIssues(input: Record<string, unknown>): Issue[] {
  if (input.phone === undefined && input.bsuid === undefined) {
    return [{ path: "phone", message: "Required, unless bsuid is given" }];
  }
  if (input.phone !== undefined && input.bsuid !== undefined) {
    return [{ path: "bsuid", message: "Does not go with phone: give one of the two" }];
  }
  return [];
}

function findIssues(
  error: z.ZodError,
  input: Record<string, unknown>,
  schema: z.ZodObject,
): Issue[] {
  return collectIssues(error, { input, fields: { "": Object.keys(schema.shape) } });
}
