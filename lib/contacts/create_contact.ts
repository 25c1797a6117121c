/** Finds a contact or creates it: the same call may be repeated, and may come from many at once. */
import type { Sql } from "@/db/connect.ts";
import { type ContactRow, findOrInsertContact } from "@/db/contacts.ts";
import { bounded } from "@/db/errors.ts";
import type { NewContact } from "@/lib/contacts/contact_request.ts";
import { toIdentity } from "@/lib/contacts/identity_fields.ts";
import { makeId } from "@/lib/ids.ts";

/** How long the database may take. A call whose time is up may be repeated: it finds what it has created. */
const WRITE_TIMEOUT_MS = 5_000;

/** The contact of a person; one that exists is returned unchanged. */
export function findOrCreateContact(
  sql: Sql,
  options: { accountId: string; request: NewContact },
): Promise<{ contact: ContactRow; created: boolean }> {
  const { person, ...details } = options.request;
  return bounded(
    findOrInsertContact(sql, {
      accountId: options.accountId,
      id: makeId(),
      ...toIdentity(person),
      ...details,
    }),
    WRITE_TIMEOUT_MS,
  );
}
