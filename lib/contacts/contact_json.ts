/** A contact as the API shows it. */
import type { ContactRow } from "@/db/contacts.ts";

/** The wire form of a contact: ISO times, and every field present. */
export function contactToJson(row: ContactRow): Record<string, unknown> {
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
