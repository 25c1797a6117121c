/** A contact as the API shows it. */
import type { ContactRow } from "@/db/contacts.ts";
import type { Contact } from "@/lib/contacts/contact_schema.ts";

/** A contact row with the fields of the API; in JSON its times become ISO texts. */
export function contactToJson(row: ContactRow): Contact {
  return {
    id: row.id,
    phone: row.phone,
    wa_id: row.wa_id,
    bsuid: row.bsuid,
    username: row.username,
    name: row.name,
    email: row.email,
    company: row.company,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}
