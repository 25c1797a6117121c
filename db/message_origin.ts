/** Where a message came from: the API key or person that sent it, its request, and its contact. For the admin pages. */
import type { Sql } from "@/db/connect.ts";

/** What is known of a message beside the message itself. */
export interface MessageOrigin {
  request_id: string | null;
  idempotency_key: string | null;
  /** Null when a person sent it, or somebody else wrote it. */
  api_key_id: string | null;
  api_key_name: string | null;
  api_key_prefix: string | null;
  contact_name: string | null;
  /** The person was erased: there is no conversation to show. */
  is_erased: boolean;
  /** When the contact had last written in the 24 hours before the message; null: not then. */
  last_inbound_at: Date | null;
}

/** The origin of an account's message, or null. */
export async function findMessageOrigin(
  sql: Sql,
  options: { accountId: string; messageId: string },
): Promise<MessageOrigin | null> {
  const [row] = await sql<MessageOrigin[]>`
    select
      m.request_id, m.idempotency_key, m.api_key_id, k.name as api_key_name, k.prefix as api_key_prefix,
      coalesce(c.name, c.profile_name) as contact_name, c.erased_at is not null as is_erased,
      (
        select earlier.created_at
        from (
          select created_at, direction, type
          from messages
          where account_id = m.account_id
            and conversation_id = m.conversation_id
            and created_at <= m.created_at
            -- Older ones do not matter: the window has closed since.
            and created_at > m.created_at - interval '24 hours'
          order by created_at desc, id desc
          limit 10000
        ) as earlier
        where earlier.direction = 'inbound' and earlier.type <> 'system'
        limit 1
      ) as last_inbound_at
    from messages as m
    left join contacts as c on c.account_id = m.account_id and c.id = m.contact_id
    left join api_keys as k on k.account_id = m.account_id and k.id = m.api_key_id
    where m.account_id = ${options.accountId} and m.id = ${options.messageId}
  `;
  return row ?? null;
}
