/** The operations on contacts, as routes/api/v1/contacts goes by them and the OpenAPI document describes them. */
import { defineOperation, item, page } from "@/lib/api/operation.ts";
import { contactChangesSchema, newContactSchema } from "@/lib/contacts/contact_request.ts";
import { contactSchema } from "@/lib/contacts/contact_schema.ts";
import { erasureSchema } from "@/lib/contacts/erasure_json.ts";
import { contactQuerySchema } from "@/lib/contacts/list_contacts.ts";

/** What a contact looks like on the wire. */
export const CONTACT_EXAMPLE = {
  id: "01a2049d-e235-738c-b85a-e1a37f515714",
  phone: "+14155550123",
  wa_id: "14155550123",
  bsuid: null,
  username: null,
  name: "Ann Example",
  email: "ann@example.com",
  company: null,
  created_at: "2026-11-22T19:00:00.123Z",
  updated_at: "2026-11-22T19:02:26.789Z",
};

const ERASURE_EXAMPLE = {
  id: CONTACT_EXAMPLE.id,
  erased: true as const,
  erased_at: "2026-11-28T09:30:00.123Z",
  complete: true,
};

const CONTACT_ID = { id: "The id of a contact" };

/** `GET /api/v1/contacts` */
export const listContactsOperation = defineOperation({
  id: "listContacts",
  method: "GET",
  path: "/api/v1/contacts",
  tag: "Contacts",
  summary: "List contacts",
  description: "Contacts, the newest first; with `phone` the one who has that number.",
  scope: "contacts:read",
  query: contactQuerySchema,
  content: page(contactSchema, { warnings: ["country_code_assumed"] }),
  answers: { 200: { description: "A page of contacts", example: [CONTACT_EXAMPLE] } },
});

/** `POST /api/v1/contacts` */
export const createContactOperation = defineOperation({
  id: "createContact",
  method: "POST",
  path: "/api/v1/contacts",
  tag: "Contacts",
  summary: "Find or create a contact",
  description:
    "Finds the contact with this phone number or WhatsApp user id, or creates it. One who exists is returned " +
    "unchanged. Exactly one of `phone` and `bsuid` is required; `null` means the same as leaving a field out.\n\n" +
    "The call may be repeated: one person is one contact, however often and in whichever spelling of the number it is " +
    "made. Sending a message creates contacts by itself.",
  scope: "contacts:write",
  body: {
    schema: newContactSchema,
    examples: {
      phone: {
        summary: "By phone number",
        value: { phone: "+14155550123", name: "Ann Example", email: "ann@example.com" },
      },
      bsuid: {
        summary: "By WhatsApp user id",
        value: { bsuid: "US.13491208655302741918", name: "Ann Example" },
      },
    },
  },
  content: item(contactSchema, { warnings: ["country_code_assumed"] }),
  answers: {
    200: { description: "The contact who was there already, unchanged", example: CONTACT_EXAMPLE },
    201: { description: "The contact that was created", example: CONTACT_EXAMPLE },
  },
});

/** `GET /api/v1/contacts/{id}` */
export const getContactOperation = defineOperation({
  id: "getContact",
  method: "GET",
  path: "/api/v1/contacts/{id}",
  tag: "Contacts",
  summary: "Get a contact",
  description:
    "One contact. When two turn out to be one person, both ids answer with the one that was kept.",
  scope: "contacts:read",
  pathParameters: CONTACT_ID,
  content: item(contactSchema),
  answers: { 200: { description: "The contact", example: CONTACT_EXAMPLE } },
});

/** `PATCH /api/v1/contacts/{id}` */
export const updateContactOperation = defineOperation({
  id: "updateContact",
  method: "PATCH",
  path: "/api/v1/contacts/{id}",
  tag: "Contacts",
  summary: "Change a contact",
  description:
    "Changes name, e-mail address and company. `null` clears a field, a field that is left out stays as it is; at " +
    "least one is required.",
  scope: "contacts:write",
  pathParameters: CONTACT_ID,
  body: {
    schema: contactChangesSchema,
    examples: {
      change: {
        summary: "Sets the company and clears the e-mail address",
        value: { company: "Example Ltd", email: null },
      },
    },
  },
  content: item(contactSchema),
  answers: {
    200: {
      description: "The contact as it is now",
      example: { ...CONTACT_EXAMPLE, email: null, company: "Example Ltd" },
    },
  },
});

/** `DELETE /api/v1/contacts/{id}` */
export const eraseContactOperation = defineOperation({
  id: "eraseContact",
  method: "DELETE",
  path: "/api/v1/contacts/{id}",
  tag: "Contacts",
  summary: "Erase a person",
  description:
    "Erases who the person is at once, then the contents of all messages to and from them, and what the logs say of " +
    "them. The messages stay without contents, so that counts stay true; contact and conversation answer 404 from now " +
    "on. The call may be repeated, and changes nothing then.",
  scope: "contacts:write",
  pathParameters: CONTACT_ID,
  content: item(erasureSchema),
  answers: {
    200: { description: "Nothing is left to do", example: ERASURE_EXAMPLE },
    202: {
      description: "The rest is being removed in the background",
      example: { ...ERASURE_EXAMPLE, complete: false },
    },
  },
});
