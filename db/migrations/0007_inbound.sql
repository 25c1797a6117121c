-- Inbound messages, stored once, and what changes them. Older code runs on beside it.

-- Stores one inbound message, once, in the conversation of its sender.
-- 'processed', 'unmatched' (nothing was changed: the message that it answers is not there yet) or 'done' (another
-- process was faster).
create function apply_message(
  p_account_id uuid,
  p_event_id uuid,
  p_message_id uuid,
  p_contact_id uuid,
  p_conversation_id uuid,
  p_wa_id text,
  p_bsuid text,
  p_username text,
  p_profile_name text,
  -- Of system messages: the identities that replace the sender's.
  p_new_wa_id text,
  p_new_bsuid text,
  p_business_number text,
  p_type text,
  p_body text,
  p_media jsonb,
  p_content jsonb,
  p_preview text,
  p_wamid text,
  -- The message that it answers or reacts to.
  p_target_wamid text,
  -- Whether to wait for that message if it is not there yet; otherwise it is stored without the link.
  p_waits_for_target boolean,
  p_at timestamptz,
  -- Whether a person wrote it: then it opens the conversation and the window.
  p_by_person boolean
) returns text
language plpgsql
as $$
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

-- Applies the edit or the revocation of an inbound message. 'processed', 'unmatched' or 'done'.
create function apply_message_change(
  p_account_id uuid,
  p_event_id uuid,
  p_target_wamid text,
  p_body text,
  p_media jsonb,
  p_content jsonb,
  p_edited_at timestamptz,
  p_revoked_at timestamptz
) returns text
language plpgsql
as $$
declare
  v_id uuid;
begin
  select id into v_id
  from messages
  where account_id = p_account_id and wamid = p_target_wamid and direction = 'inbound';
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
  where account_id = p_account_id and id = v_id;
  return 'processed';
end
$$;

-- Applies Meta's note that a person's business-scoped user id has changed. A person whom nobody here knows is none of
-- ours. 'processed' or 'done'.
create function apply_user_id_update(
  p_account_id uuid,
  p_event_id uuid,
  p_wa_id text,
  p_previous_bsuid text,
  p_current_bsuid text,
  p_at timestamptz
) returns text
language plpgsql
as $$
begin
  if not take_meta_event(p_account_id, p_event_id) then
    return 'done';
  end if;
  perform resolve_contact(
    p_account_id, null, p_wa_id, p_previous_bsuid, null, null, null, p_current_bsuid, p_at
  );
  return 'processed';
end
$$;
