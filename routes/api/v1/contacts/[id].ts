/**
 * `GET /api/v1/contacts/{id}`: one contact. `PATCH` changes its name, email and company. `DELETE` erases the person: the
 * contact and what was written to and by them.
 */
import { type ContactRow, findContact, updateContact } from "@/db/contacts.ts";
import { bounded } from "@/db/errors.ts";
import { endpoint, methods } from "@/lib/api/endpoint.ts";
import { ApiError } from "@/lib/api/errors.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";
import { contactToJson } from "@/lib/contacts/contact_json.ts";
import {
  eraseContactOperation,
  getContactOperation,
  updateContactOperation,
} from "@/lib/contacts/contact_operations.ts";
import { parseContactChanges } from "@/lib/contacts/contact_request.ts";
import { eraseContact } from "@/lib/contacts/erase_contact.ts";
import { erasureToJson } from "@/lib/contacts/erasure_json.ts";
import { isId } from "@/lib/ids.ts";
import { define } from "@/lib/state.ts";

const WRITE_TIMEOUT_MS = 5_000;

export const handler = define.handlers(methods({
  GET: endpoint({
    operation: getContactOperation,
    handle: async ({ ctx, services, key }) => {
      const contactId = requireContactId(ctx.params.id);
      const row = await bounded(
        findContact(services.db.sql, { accountId: key.account_id, contactId }),
        READ_TIMEOUT_MS,
      );
      return { data: contactToJson(requireRow(row)) };
    },
  }),
  PATCH: endpoint({
    operation: updateContactOperation,
    handle: async ({ ctx, services, key, readBody }) => {
      const changes = parseContactChanges(await readBody());
      const contactId = requireContactId(ctx.params.id);
      const row = await bounded(
        updateContact(services.db.sql, { accountId: key.account_id, contactId, changes }),
        WRITE_TIMEOUT_MS,
      );
      return { data: contactToJson(requireRow(row)) };
    },
  }),
  DELETE: endpoint({
    operation: eraseContactOperation,
    handle: async ({ ctx, services, key }) => {
      const erasure = await eraseContact(services, {
        accountId: key.account_id,
        contactId: requireContactId(ctx.params.id),
        by: { mode: key.account_mode, user: null, keyName: key.key_name },
      });
      if (erasure === null) throw notFound();
      return { status: erasure.complete ? 200 : 202, data: erasureToJson(erasure) };
    },
  }),
}));

function requireContactId(id: string | undefined): string {
  if (id !== undefined && isId(id)) return id;
  throw notFound();
}

function requireRow(row: ContactRow | null): ContactRow {
  if (row !== null) return row;
  throw notFound();
}

function notFound(): ApiError {
  return new ApiError("not_found", "There is no contact with this id in this account");
}
