/** The list of contacts: its query parameters and what they find. */
import { z } from "zod";
import type { Sql } from "@/db/connect.ts";
import { type ContactRow, findContactByIdentity, listContacts } from "@/db/contacts.ts";
import { bounded } from "@/db/errors.ts";
import type { Warning } from "@/lib/api/envelope.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";
import {
  type ListOfAccount,
  type Page,
  PAGE_FIELDS,
  toPage,
  toPageRequest,
} from "@/lib/api/pagination.ts";
import { parseQuery } from "@/lib/api/query.ts";
import { identityWarnings, phoneParameter, toIdentity } from "@/lib/contacts/identity_fields.ts";

/** The query of `GET /api/v1/contacts`. */
export const contactQuerySchema = z.strictObject({
  ...PAGE_FIELDS,
  phone: phoneParameter.optional().describe("The contact with this phone number, in any spelling"),
});

/**
 * A page of an account's contacts.
 *
 * @throws ApiError bad_request
 */
export async function findContacts(
  sql: Sql,
  options: { accountId: string; params: URLSearchParams },
): Promise<Page<ContactRow> & { warnings: Warning[] }> {
  const { accountId } = options;
  const list: ListOfAccount = { list: "contacts", accountId };
  const query = parseQuery(options.params, contactQuerySchema);
  const page = toPageRequest(query, list);
  if (query.phone === undefined) {
    const rows = await bounded(listContacts(sql, { accountId, page }), READ_TIMEOUT_MS);
    return { ...toPage(rows, { limit: page.limit, list }), warnings: [] };
  }
  const contact = await bounded(
    findContactByIdentity(sql, { accountId, ...toIdentity(query.phone) }),
    READ_TIMEOUT_MS,
  );
  // One person at most, so there is no page after the first.
  const rows = contact === null || page.after !== null ? [] : [contact];
  return { rows, nextCursor: null, warnings: identityWarnings(query.phone) };
}
