-- The two statements of a send: begin_send before Meta is called, finish_send after.
-- Both are one round trip and one transaction; neither grows with the number of contacts, messages or keys.

-- The contact that a recipient belongs to, or null. Exactly one of p_phone and p_bsuid is given.
create function find_contact(p_account_id uuid, p_phone text, p_bsuid text) returns uuid
language plpgsql stable
as $$
declare
  v_id uuid;
begin
  if p_bsuid is not null then
    select id into v_id from contacts where account_id = p_account_id and bsuid = p_bsuid;
    return v_id;
  end if;
  select id into v_id from contacts where account_id = p_account_id and phone_key = phone_key(p_phone);
  if not found then
    select id into v_id from contacts where account_id = p_account_id and wa_id = substr(p_phone, 2);
  end if;
  return v_id;
end
$$;

-- Reserves the idempotency key, finds or creates contact and conversation, checks the reply target and inserts the
-- message as 'pending'. Refusals raise and so leave nothing behind:
--   WA001 the account has no WhatsApp integration
--   WA002 the reply target is not a message of this conversation
--   WA003 the reply target has no WhatsApp message id
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
  p_request_id text
)
returns table (
  -- 'created', or what the idempotency key was found to stand for:
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
  window_open boolean
)
language plpgsql
as $$
#variable_conflict use_column
declare
  v_now timestamptz := clock_timestamp();
  v_known record;
  v_last_inbound_at timestamptz;
begin
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

  select i.id, i.phone_number_id, i.access_token
  into integration_id, phone_number_id, access_token
  from whatsapp_integrations i
  where i.account_id = p_account_id and i.status <> 'disconnected';
  if not found then
    raise exception 'The account has no WhatsApp integration' using errcode = 'WA001';
  end if;

  contact_created := false;
  contact_id := find_contact(p_account_id, p_phone, p_bsuid);

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

  while contact_id is null loop
    insert into contacts as c (account_id, id, phone, bsuid, name)
    values (p_account_id, p_contact_id, p_phone, p_bsuid, p_name)
    on conflict do nothing
    returning c.id into contact_id;
    if found then
      contact_created := true;
    else
      -- Another send has just created it; its transaction is over, or the insert would still wait.
      contact_id := find_contact(p_account_id, p_phone, p_bsuid);
    end if;
  end loop;

  insert into conversations as c (
    account_id, id, contact_id, last_message_text, last_message_at
  )
  values (p_account_id, p_conversation_id, begin_send.contact_id, p_preview, v_now)
  on conflict (account_id, contact_id) do update
    set last_message_text = excluded.last_message_text,
      last_message_at = excluded.last_message_at,
      unread_count = 0,
      updated_at = excluded.last_message_at
  returning c.id, c.last_inbound_at into conversation_id, v_last_inbound_at;

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

-- Stores what became of a send. Idempotent: it may be repeated until it is known to have been stored, and it may come
-- before or after the sweep and the status webhook. A definite failure without a wamid releases the idempotency key.
-- No row: there is no such message.
create function finish_send(
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

  -- One at a time: that one identity is taken does not stand against the other.
  identity_taken := false;
  if p_wa_id is not null then
    begin
      update contacts c
      set wa_id = p_wa_id, updated_at = clock_timestamp()
      where c.account_id = p_account_id and c.id = v_contact_id and c.wa_id is null;
    exception when unique_violation then
      identity_taken := true;
    end;
  end if;
  if p_bsuid is not null then
    begin
      update contacts c
      set bsuid = p_bsuid, updated_at = clock_timestamp()
      where c.account_id = p_account_id and c.id = v_contact_id and c.bsuid is null;
    exception when unique_violation then
      identity_taken := true;
    end;
  end if;
  return next;
end
$$;
