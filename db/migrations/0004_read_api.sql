-- Indexes for the lists of the API, each in the order in which the list is paged. Older code can still run.
-- A send pays for none of them: it inserts none of these messages and changes none of these columns, except that a
-- new contact and its conversation are entered once, and that a message which fails is.

-- GET /api/v1/contacts: people who were merged into others or erased are not listed.
create index contacts_by_account on contacts (account_id, created_at desc, id desc)
where merged_into is null and erased_at is null;

-- GET /api/v1/conversations, without and with a status. last_message_at is in neither, on purpose: every send changes it.
create index conversations_by_account on conversations (account_id, created_at desc, id desc)
where merged_into is null;
create index conversations_by_status on conversations (account_id, status, created_at desc, id desc)
where merged_into is null;

-- GET /api/v1/messages for what is asked for often and may be rare: replies among many sends, and sends that went
-- wrong. Without these, an account that only sends would be read to its first message.
create index messages_inbound on messages (account_id, created_at desc, id desc)
where direction = 'inbound';
create index messages_undelivered on messages (account_id, status, created_at desc, id desc)
where status in ('unknown', 'failed');
