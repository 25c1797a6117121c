/** A contact as the API shows it, field by field. */
import { z } from "zod";
import { named, time } from "@/lib/api/response_schemas.ts";

/** A contact. */
export const contactSchema = named(
  "Contact",
  z.object({
    id: z.uuid(),
    phone: z.string().nullable().describe(
      "The phone number in E.164; null for somebody who writes without a visible number",
    ),
    wa_id: z.string().nullable().describe("WhatsApp's id of the phone number, in digits"),
    bsuid: z.string().nullable().describe("The WhatsApp user id (BSUID), once it is known"),
    username: z.string().nullable().describe("The WhatsApp user name; it may change hands"),
    name: z.string().nullable().describe("The display name"),
    email: z.string().nullable(),
    company: z.string().nullable(),
    created_at: time,
    updated_at: time,
  }).describe("A person. At least one of `phone`, `wa_id` and `bsuid` is known."),
);

/** A contact, its times as dates. */
export type Contact = z.output<typeof contactSchema>;
