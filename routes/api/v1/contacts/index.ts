/** `GET /api/v1/contacts` lists contacts; `POST /api/v1/contacts` finds or creates one. */
import { endpoint, methods } from "@/lib/api/endpoint.ts";
import { contactToJson } from "@/lib/contacts/contact_json.ts";
import {
  createContactOperation,
  listContactsOperation,
} from "@/lib/contacts/contact_operations.ts";
import { parseNewContact } from "@/lib/contacts/contact_request.ts";
import { findOrCreateContact } from "@/lib/contacts/create_contact.ts";
import { identityWarnings } from "@/lib/contacts/identity_fields.ts";
import { findContacts } from "@/lib/contacts/list_contacts.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(methods({
  GET: endpoint({
    operation: listContactsOperation,
    handle: async ({ ctx, services, key }) => {
      const { rows, ...page } = await findContacts(services.db.sql, {
        accountId: key.account_id,
        params: ctx.url.searchParams,
      });
      return { data: rows.map(contactToJson), ...page };
    },
  }),
  POST: endpoint({
    operation: createContactOperation,
    handle: async ({ services, key, readBody }) => {
      const request = parseNewContact(await readBody());
      const { contact, created } = await findOrCreateContact(services.db.sql, {
        accountId: key.account_id,
        request,
      });
      return {
        status: created ? 201 : 200,
        data: contactToJson(contact),
        warnings: identityWarnings(request.person),
      };
    },
  }),
}));
