-- What Meta tells of erased messages, and after an erasure: it is recognised by the hash of the wamid, changes the
-- status and times of the message at most, and its own text is not kept either. See 0009 (learn_identities) and 0007.

-- Takes out of an event what it says.
create function forget_meta_event(p_account_id uuid, p_event_id uuid) returns void
language plpgsql as $$
begin
  update meta_events
  set payload = '{"erased":true}', error = null
  where account_id = p_account_id and id = p_event_id;
end
$$;

create or replace function learn_identities(
  p_account_id uuid, p_contact_id uuid, p_wa_id text, p_bsuid text
) returns boolean
language plpgsql as $$
declare
  c contacts;
  v_all boolean := true;
begin
  -- The caller holds its message, for which a merge of contacts may be waiting: so this never waits for the contact.
  -- Whoever has it locked mostly learns the same; if not, the next status or message tells it again.
  select * into c
  from contacts
  where account_id = p_account_id
    and id = p_contact_id
    and erased_at is null
    and ((wa_id is null and p_wa_id is not null) or (bsuid is null and p_bsuid is not null))
  for update skip locked;
  if not found then
    return true;
  end if;
  if c.wa_id is null and p_wa_id is not null then
    begin
      update contacts
      set wa_id = p_wa_id, updated_at = clock_timestamp()
      where account_id = p_account_id and id = p_contact_id and wa_id is null;
    exception when unique_violation then
      v_all := false;
    end;
  end if;
  if c.bsuid is null and p_bsuid is not null then
    begin
      update contacts
      set bsuid = p_bsuid, updated_at = clock_timestamp()
      where account_id = p_account_id and id = p_contact_id and bsuid is null;
    exception when unique_violation then
      v_all := false;
    end;
  end if;
  return v_all;
end
$$;

create or replace function apply_message(
  p_account_id uuid, p_event_id uuid, p_message_id uuid, p_contact_id uuid, p_conversation_id uuid, p_wa_id text,
  p_bsuid text, p_username text, p_profile_name text, p_new_wa_id text, p_new_bsuid text, p_business_number text,
  p_type text, p_body text, p_media jsonb, p_content jsonb, p_preview text, p_wamid text, p_target_wamid text,
  p_waits_for_target boolean, p_at timestamptz, p_by_person boolean
) returns text
language plpgsql as $$
declare
  v_contact_id uuid;
  v_conversation_id uuid;
  v_target_id uuid;
begin
  select id into v_target_id from messages where account_id = p_account_id and wamid = p_target_wamid;
  if not found and p_target_wamid is not null and p_waits_for_target then
    return 'unmatched';
  end if;
  if not take_meta_event(p_account_id, p_event_id) then
    return 'done';
  end if;
  -- Meta repeats events for days: what an old one says of its sender is no news.
  if exists (select from messages where account_id = p_account_id and wamid = p_wamid) then
    return 'processed';
  end if;
  if exists (
    select from messages where account_id = p_account_id and wamid_hash = hash_wamid(p_account_id, p_wamid)
  ) then
    perform forget_meta_event(p_account_id, p_event_id);
    return 'processed';
  end if;
  v_contact_id := resolve_contact(
    p_account_id, p_contact_id, p_wa_id, p_bsuid, p_username, p_profile_name, p_new_wa_id, p_new_bsuid, p_at
  );

  insert into conversations (account_id, id, contact_id)
  values (p_account_id, p_conversation_id, v_contact_id)
  on conflict (account_id, contact_id) do nothing;
  select id into v_conversation_id
  from conversations
  where account_id = p_account_id and contact_id = v_contact_id
  for update;

  insert into messages (
    account_id, id, conversation_id, contact_id, direction, type, status, recipient, sender, body, media, content,
    reply_to_message_id, wamid, created_at
  )
  values (
    p_account_id, p_message_id, v_conversation_id, v_contact_id, 'inbound', p_type, 'received', p_business_number,
    coalesce('+' || p_wa_id, p_bsuid), p_body, p_media, p_content, v_target_id, p_wamid, p_at
  )
  on conflict (account_id, wamid) where wamid is not null do nothing;
  if not found then
    return 'processed';
  end if;

  update conversations
  set last_message_text = case
      when last_message_at is null or p_at >= last_message_at then p_preview else last_message_text
    end,
    last_message_at = greatest(last_message_at, p_at),
    last_inbound_at = case when p_by_person then greatest(last_inbound_at, p_at) else last_inbound_at end,
    unread_count = unread_count + case when p_by_person then 1 else 0 end,
    status = case when p_by_person then 'open' else status end,
    updated_at = clock_timestamp()
  where account_id = p_account_id and id = v_conversation_id;
  return 'processed';
end
$$;

create or replace function apply_message_change(
  p_account_id uuid, p_event_id uuid, p_target_wamid text, p_body text, p_media jsonb, p_content jsonb,
  p_edited_at timestamptz, p_revoked_at timestamptz
) returns text
language plpgsql as $$
declare
  v_id uuid;
  v_erased boolean;
begin
  select id into v_id
  from messages
  where account_id = p_account_id and wamid = p_target_wamid and direction = 'inbound';
  if not found then
    select id into v_id
    from messages
    where account_id = p_account_id
      and wamid_hash = hash_wamid(p_account_id, p_target_wamid)
      and direction = 'inbound';
  end if;
  if not found then
    return 'unmatched';
  end if;
  if not take_meta_event(p_account_id, p_event_id) then
    return 'done';
  end if;
  update messages
  set
    -- An older edit that comes late does not undo a newer one.
    body = case when p_edited_at >= coalesce(edited_at, '-infinity') then p_body else body end,
    media = case when p_edited_at >= coalesce(edited_at, '-infinity') then coalesce(p_media, media) else media end,
    content = case
      when p_edited_at >= coalesce(edited_at, '-infinity') then coalesce(p_content, content) else content
    end,
    edited_at = greatest(edited_at, p_edited_at),
    revoked_at = least(revoked_at, p_revoked_at)
  where account_id = p_account_id and id = v_id
  returning erased_at is not null into v_erased;
  if v_erased then
    perform forget_meta_event(p_account_id, p_event_id);
  end if;
  return 'processed';
end
$$;

create or replace function apply_status(
  p_account_id uuid, p_event_id uuid, p_wamid text, p_message_id uuid, p_status text, p_at timestamptz,
  p_error jsonb, p_wa_id text, p_bsuid text
) returns text
language plpgsql as $$
declare
  v_id uuid;
  v_contact_id uuid;
  v_erased boolean;
begin
  select id into v_id
  from messages
  where account_id = p_account_id and wamid = p_wamid and direction = 'outbound';
  if not found then
    select id into v_id
    from messages
    where account_id = p_account_id
      and wamid_hash = hash_wamid(p_account_id, p_wamid)
      and direction = 'outbound';
  end if;
  if not found and p_message_id is not null then
    select id into v_id
    from messages
    where account_id = p_account_id
      and id = p_message_id
      and direction = 'outbound'
      and wamid is null
      and wamid_hash is null;
  end if;
  if v_id is null then
    return 'unmatched';
  end if;
  if not take_meta_event(p_account_id, p_event_id) then
    return 'done';
  end if;

  update messages m
  set status = later_message_status(m.status, p_status),
    wamid = coalesce(m.wamid, p_wamid),
    error = case
      when later_message_status(m.status, p_status) <> 'failed' then null
      when p_status = 'failed' then p_error
      else m.error
    end,
    -- Meta's times are whole seconds: not before the message was made. The earliest counts, whatever the order.
    sent_at = case
      when p_status = 'sent' then least(m.sent_at, greatest(p_at, m.created_at)) else m.sent_at
    end,
    delivered_at = case
      when p_status = 'delivered' then least(m.delivered_at, greatest(p_at, m.created_at)) else m.delivered_at
    end,
    read_at = case
      when p_status = 'read' then least(m.read_at, greatest(p_at, m.created_at)) else m.read_at
    end,
    failed_at = case
      when p_status = 'failed' then least(m.failed_at, greatest(p_at, m.created_at)) else m.failed_at
    end,
    lease_until = null
  where m.account_id = p_account_id and m.id = v_id
  returning m.contact_id, m.erased_at is not null into v_contact_id, v_erased;
  if v_erased then
    perform forget_meta_event(p_account_id, p_event_id);
    return 'processed';
  end if;

  if not learn_identities(p_account_id, v_contact_id, p_wa_id, p_bsuid) then
    return 'identity_taken';
  end if;
  return 'processed';
end
$$;
