-- The first statement of a send with less work for the same promises. It is a new form beside the one of 0009, which
-- processes of the version before go on calling while they are replaced one after the other.

-- Not strict, so that Postgres puts their bodies in place of the calls instead of calling them.
create or replace function phone_key(phone text) returns text
language sql immutable parallel safe
return case
  when phone ~ '^\+55[0-9]{2}9[6-9][0-9]{7}$' then substr(phone, 1, 5) || substr(phone, 7)
  when phone ~ '^\+521[0-9]{10}$' then '+52' || substr(phone, 5)
  when phone ~ '^\+549[0-9]{10}$' then '+54' || substr(phone, 5)
  else phone
end;

create or replace function message_status_rank(status text) returns integer
language sql immutable parallel safe
return array_position(array['pending', 'unknown', 'sent', 'failed', 'delivered', 'read'], status);

create or replace function later_message_status(a text, b text) returns text
language sql immutable parallel safe
return case when message_status_rank(b) > message_status_rank(a) then b else a end;

-- Most people have no BSUID and many no WhatsApp id yet: they need no place in these indexes.
drop index contacts_bsuid;
drop index contacts_wa_id;
create unique index contacts_bsuid on contacts (account_id, bsuid) where bsuid is not null;
create unique index contacts_wa_id on contacts (account_id, wa_id) where wa_id is not null;

-- See 0003. New: the spelling of the phone is worked out once, not for every row that is looked at.
create or replace function find_contact(p_account_id uuid, p_phone text, p_bsuid text) returns uuid
language plpgsql stable
as $$
declare
  v_phone_key text := phone_key(p_phone);
  v_id uuid;
begin
  if p_bsuid is not null then
    select id into v_id from contacts where account_id = p_account_id and bsuid = p_bsuid;
    return v_id;
  end if;
  select id into v_id from contacts where account_id = p_account_id and phone_key = v_phone_key;
  if not found then
    select id into v_id from contacts where account_id = p_account_id and wa_id = substr(p_phone, 2);
  end if;
  return v_id;
end
$$;

-- See 0009. New: the spelling of the phone is worked out once, a contact is found and locked in one step, a conversation
-- that is there is not inserted first, and the answer says what finish_send would otherwise have to look up. With
-- p_key_hash the API key is checked here as well, if it is one without a rate limit: 'key_refused' means that it has to
-- be looked at closely (authorize_key), and that nothing was done.
create function begin_send(
  p_account_id uuid,
  p_message_id uuid,
  p_contact_id uuid,
  p_conversation_id uuid,
  p_phone text,
  p_bsuid text,
  p_name text,
  p_type text,
  p_body text,
  p_media_url text,
  p_filename text,
  p_template jsonb,
  p_preview text,
  p_reply_to_message_id uuid,
  p_endpoint text,
  p_idempotency_key text,
  p_fingerprint bytea,
  p_lease_ms integer,
  p_api_key_id uuid,
  p_request_id text,
  p_key_hash bytea
)
returns table (
  -- 'created', 'key_refused', or what the idempotency key was found to stand for:
  -- 'replayed', 'in_progress', 'outcome_unknown', 'mismatch'
  outcome text,
  message_id uuid,
  conversation_id uuid,
  contact_id uuid,
  contact_created boolean,
  wamid text,
  reply_wamid text,
  integration_id uuid,
  phone_number_id text,
  access_token text,
  -- Meta refused the token the last time that it was asked.
  token_failed boolean,
  -- What is known of the contact's identities.
  wa_id text,
  bsuid text,
  window_open boolean
)
language plpgsql
as $$
#variable_conflict use_column
declare
  v_now timestamptz := clock_timestamp();
  v_phone_key text := phone_key(p_phone);
  v_known record;
  v_last_used_at timestamptz;
  v_last_inbound_at timestamptz;
begin
  if p_key_hash is not null then
    select k.last_used_at into v_last_used_at
    from api_keys k
    where k.key_hash = p_key_hash
      and k.id = p_api_key_id
      and k.account_id = p_account_id
      and k.rate_limit = 0
      and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > v_now)
      and 'messages:send' = any (k.scopes);
    if not found then
      outcome := 'key_refused';
      return next;
      return;
    end if;
    -- At most one write a minute and key, as in authorize_key.
    if v_last_used_at is null or v_last_used_at < v_now - interval '1 minute' then
      update api_keys k
      set last_used_at = v_now
      where k.id = p_api_key_id and (k.last_used_at is null or k.last_used_at < v_now - interval '1 minute');
    end if;
  end if;

  if p_idempotency_key is not null then
    loop
      insert into idempotency_keys as k (account_id, endpoint, key, fingerprint, message_id, created_at)
      values (p_account_id, p_endpoint, p_idempotency_key, p_fingerprint, p_message_id, v_now)
      on conflict (account_id, endpoint, key) do update
        set fingerprint = excluded.fingerprint,
          message_id = excluded.message_id,
          contact_created = false,
          created_at = excluded.created_at
        where k.created_at <= v_now - interval '24 hours';
      exit when found;

      select k.fingerprint, k.message_id, k.contact_created, m.conversation_id, m.contact_id, m.status, m.wamid
      into v_known
      from idempotency_keys k
      left join messages m on m.account_id = k.account_id and m.id = k.message_id
      where k.account_id = p_account_id and k.endpoint = p_endpoint and k.key = p_idempotency_key;
      -- Not found: it was released between the two statements, so try to reserve it again.
      if found then
        outcome := case
          when v_known.fingerprint <> p_fingerprint then 'mismatch'
          when v_known.wamid is not null then 'replayed'
          when v_known.status = 'pending' then 'in_progress'
          else 'outcome_unknown'
        end;
        message_id := v_known.message_id;
        conversation_id := v_known.conversation_id;
        contact_id := v_known.contact_id;
        contact_created := v_known.contact_created;
        wamid := v_known.wamid;
        return next;
        return;
      end if;
    end loop;
  end if;

  select i.id, i.phone_number_id, i.access_token, i.token_failed_at is not null
  into integration_id, phone_number_id, access_token, token_failed
  from whatsapp_integrations i
  where i.account_id = p_account_id and i.status <> 'disconnected';
  if not found then
    raise exception 'The account has no WhatsApp integration' using errcode = 'WA001';
  end if;

  contact_created := false;
  loop
    -- Held to the end, so that the contact cannot be merged into another below this message. Waits for a merge under
    -- way, after which the identities are another contact's. Contact before conversation, as inbound messages lock them.
    if p_bsuid is not null then
      select c.id, c.wa_id, c.bsuid into contact_id, wa_id, bsuid
      from contacts c
      where c.account_id = p_account_id and c.bsuid = p_bsuid and c.merged_into is null
      for key share;
    else
      select c.id, c.wa_id, c.bsuid into contact_id, wa_id, bsuid
      from contacts c
      where c.account_id = p_account_id and c.phone_key = v_phone_key and c.merged_into is null
      for key share;
      if not found then
        select c.id, c.wa_id, c.bsuid into contact_id, wa_id, bsuid
        from contacts c
        where c.account_id = p_account_id and c.wa_id = substr(p_phone, 2) and c.merged_into is null
        for key share;
      end if;
    end if;
    exit when found;
    -- A new contact has no message that could be replied to.
    exit when p_reply_to_message_id is not null;
    insert into contacts as c (account_id, id, phone, bsuid, name)
    values (p_account_id, p_contact_id, p_phone, p_bsuid, p_name)
    on conflict do nothing
    returning c.id, c.bsuid into contact_id, bsuid;
    if found then
      contact_created := true;
      exit;
    end if;
    -- Somebody else has just created it; that transaction is over, or the insert would still wait.
  end loop;

  if p_reply_to_message_id is not null then
    select m.wamid into reply_wamid
    from messages m
    where m.account_id = p_account_id and m.id = p_reply_to_message_id and m.contact_id = begin_send.contact_id;
    if not found then
      raise exception 'The reply target is not a message of this conversation' using errcode = 'WA002';
    end if;
    if reply_wamid is null then
      raise exception 'The reply target has no WhatsApp message id' using errcode = 'WA003';
    end if;
  end if;

  if not contact_created then
    update conversations c
    set last_message_text = p_preview,
      last_message_at = v_now,
      unread_count = 0,
      updated_at = v_now
    where c.account_id = p_account_id and c.contact_id = begin_send.contact_id
    returning c.id, c.last_inbound_at into conversation_id, v_last_inbound_at;
  end if;
  if conversation_id is null then
    insert into conversations as c (account_id, id, contact_id, last_message_text, last_message_at)
    values (p_account_id, p_conversation_id, begin_send.contact_id, p_preview, v_now)
    on conflict (account_id, contact_id) do update
      set last_message_text = excluded.last_message_text,
        last_message_at = excluded.last_message_at,
        unread_count = 0,
        updated_at = excluded.last_message_at
    returning c.id, c.last_inbound_at into conversation_id, v_last_inbound_at;
  end if;

  insert into messages (
    account_id, id, conversation_id, contact_id, direction, type, status, recipient, body, media_url, filename,
    template, reply_to_message_id, lease_until, api_key_id, request_id, idempotency_key, created_at
  )
  values (
    p_account_id, p_message_id, begin_send.conversation_id, begin_send.contact_id, 'outbound', p_type, 'pending',
    coalesce(p_phone, p_bsuid), p_body, p_media_url, p_filename, p_template, p_reply_to_message_id,
    v_now + p_lease_ms * interval '1 millisecond', p_api_key_id, p_request_id, p_idempotency_key, v_now
  );

  if contact_created and p_idempotency_key is not null then
    update idempotency_keys k
    set contact_created = true
    where k.account_id = p_account_id and k.endpoint = p_endpoint and k.key = p_idempotency_key;
  end if;

  outcome := 'created';
  message_id := p_message_id;
  window_open := coalesce(v_last_inbound_at > v_now - interval '24 hours', false);
  return next;
end
$$;
