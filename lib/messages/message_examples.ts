/** What messages look like on the wire, for the OpenAPI document. */

const CONVERSATION_ID = "01a2049d-e235-738c-b85a-e7b7dfa905b1";
const CONTACT_ID = "01a2049d-e235-738c-b85a-e1a37f515714";
const MESSAGE_ID = "01a2049d-e235-738c-b85a-dd9bd55b47d3";
const WAMID = "wamid.HBgLMTQxNTU1NTAxMjMVAgARGBI0RjE5NDRDRDE4Q0RFNzcyODA4RQA=";

const NOTHING = {
  text: null,
  media_url: null,
  filename: null,
  template: null,
  reply_to_message_id: null,
  error: null,
  from: null,
  media: null,
  content: null,
  edited_at: null,
  revoked_at: null,
  sent_at: null,
  delivered_at: null,
  read_at: null,
  failed_at: null,
};

/** What a send answers. */
export const SENT_EXAMPLE = {
  message_id: MESSAGE_ID,
  whatsapp_message_id: WAMID,
  conversation_id: CONVERSATION_ID,
  contact_id: CONTACT_ID,
  contact_created: true,
};

/** A message that was sent and delivered. */
export const MESSAGE_EXAMPLE = {
  ...NOTHING,
  id: MESSAGE_ID,
  conversation_id: CONVERSATION_ID,
  contact_id: CONTACT_ID,
  direction: "outbound",
  type: "text",
  status: "delivered",
  to: "+14155550123",
  text: "Your order is on its way",
  whatsapp_message_id: WAMID,
  created_at: "2026-11-22T19:00:00.123Z",
  sent_at: "2026-11-22T19:00:00.456Z",
  delivered_at: "2026-11-22T19:00:02.000Z",
};

/** A message that was received. */
export const INBOUND_EXAMPLE = {
  ...NOTHING,
  id: "01a204a0-1b3c-7d21-9f40-5a1c2e77b0d4",
  conversation_id: CONVERSATION_ID,
  contact_id: CONTACT_ID,
  direction: "inbound",
  type: "image",
  status: "received",
  to: "+15550001111",
  from: "+14155550123",
  text: "Is this the one?",
  media: {
    id: "1037543291543636",
    mime_type: "image/jpeg",
    filename: null,
    voice: null,
  },
  whatsapp_message_id: "wamid.HBgLMTQxNTU1NTAxMjMVAgASGBQzQTdGRjI4QzE5RDQ0RTZBMEI5NAA=",
  created_at: "2026-11-22T19:02:26.000Z",
};
