-- What is known of an integration's health, and a set-up that is not finished. Older code runs on beside it: it leaves
-- the new columns alone, and only misses that a token stopped working.

alter table whatsapp_integrations
  add column access_token_set_at timestamptz(3) default now(),
  add column app_secret_set_at timestamptz(3) default now(),
  add column verify_token_set_at timestamptz(3) default now(),
  -- The Meta app that the access token belongs to, as Meta told it.
  add column app_id text,
  add column app_name text,
  -- Null: never, or not known.
  add column token_expires_at timestamptz(3),
  -- Since when Meta refuses the access token (code 190) and its words; null again with the first success.
  add column token_failed_at timestamptz(3),
  add column token_failure text,
  -- The last answers to the questions put to Meta: [{name, state, detail, fix, checked_at}].
  add column checks jsonb not null default '[]',
  -- Set-up was ended without a webhook.
  add column sending_only_at timestamptz(3),
  -- The message by which the integration is proved: it has to be delivered, and answered.
  add column proof_message_id uuid;

update whatsapp_integrations
set access_token_set_at = updated_at, app_secret_set_at = updated_at, verify_token_set_at = updated_at;

-- Secrets that were given before the number is chosen; gone when the integration is connected.
create table whatsapp_drafts (
  account_id uuid primary key references accounts (id),
  -- Encrypted.
  access_token text,
  app_secret text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (num_nonnulls(access_token, app_secret) > 0)
);

-- See 0009. New: the last part, which notes that the access token stopped working, or works again. It is part of this
-- statement, so that a send needs no further one; the row is only written when that changes.
create or replace function finish_send(
  p_account_id uuid,
  p_message_id uuid,
  p_endpoint text,
  p_status text,
  p_wamid text,
  p_error jsonb,
  p_wa_id text,
  p_bsuid text
)
returns table (
  status text,
  wamid text,
  -- The identity that Meta named belongs to another contact of the account and was left out.
  identity_taken boolean
)
language plpgsql
as $$
#variable_conflict use_column
declare
  v_contact_id uuid;
  v_idempotency_key text;
begin
  update messages m
  set status = later_message_status(m.status, p_status),
    wamid = coalesce(m.wamid, p_wamid),
    -- The reason belongs to the status that wins.
    error = case
      when later_message_status(m.status, p_status) not in ('unknown', 'failed') then null
      when message_status_rank(p_status) >= message_status_rank(m.status) then coalesce(p_error, m.error)
      else m.error
    end,
    sent_at = case when p_status = 'sent' then coalesce(m.sent_at, clock_timestamp()) else m.sent_at end,
    failed_at = case when p_status = 'failed' then coalesce(m.failed_at, clock_timestamp()) else m.failed_at end,
    lease_until = null
  where m.account_id = p_account_id and m.id = p_message_id
  returning m.status, m.wamid, m.contact_id, m.idempotency_key
  into status, wamid, v_contact_id, v_idempotency_key;
  if not found then
    return;
  end if;

  if status = 'failed' and wamid is null and v_idempotency_key is not null then
    delete from idempotency_keys k
    where k.account_id = p_account_id
      and k.endpoint = p_endpoint
      and k.key = v_idempotency_key
      and k.message_id = p_message_id;
  end if;

  identity_taken := false;
  if p_wa_id is not null or p_bsuid is not null then
    identity_taken := not learn_identities(p_account_id, v_contact_id, p_wa_id, p_bsuid);
  end if;

  if p_status = 'sent' then
    update whatsapp_integrations i
    set token_failed_at = null, token_failure = null
    where i.account_id = p_account_id and i.token_failed_at is not null;
  elsif p_status = 'failed' and p_error ->> 'code' = '190' then
    update whatsapp_integrations i
    set token_failed_at = clock_timestamp(), token_failure = p_error ->> 'message'
    where i.account_id = p_account_id and i.token_failed_at is null;
  end if;
  return next;
end
$$;
