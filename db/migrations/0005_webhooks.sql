-- Meta's callbacks: raw events, stored before they are acknowledged and worked on afterwards, and what each
-- integration's webhook was last seen doing. Older code runs on beside it: it knows nothing of these tables.

create table meta_events (
  account_id uuid not null,
  id uuid not null,
  -- The integration whose app secret signed the event.
  integration_id uuid not null,
  kind text not null check (kind in ('status', 'message', 'user_id_update', 'other')),
  -- Meta's name of the webhook field, such as "messages".
  field text not null,
  -- JSON as text: it may hold escapes (\u0000) that jsonb refuses.
  payload text not null,
  -- 'ignored': kept, but not of a kind or number that is applied. 'unmatched': no message for it was found in time.
  state text not null check (state in ('pending', 'processed', 'ignored', 'unmatched', 'failed')),
  attempts integer not null default 0,
  -- When it may be taken up; a process that takes it moves this on, so that another may take over if it dies.
  due_at timestamptz(3) not null,
  error text,
  received_at timestamptz(3) not null,
  processed_at timestamptz(3),
  primary key (account_id, id)
);

create index meta_events_due on meta_events (due_at) where state = 'pending';
create index meta_events_by_age on meta_events (account_id, received_at);

-- Kept apart from the integration, because it changes with the traffic.
create table webhook_health (
  account_id uuid not null,
  integration_id uuid not null references whatsapp_integrations (id),
  last_handshake_at timestamptz(3),
  last_handshake_ok boolean,
  last_handshake_error text,
  last_event_at timestamptz(3),
  signature_failures bigint not null default 0,
  last_signature_failure_at timestamptz(3),
  primary key (account_id, integration_id)
);

-- Marks an event as done, in the transaction of its effect. False: another process was faster.
create function take_meta_event(p_account_id uuid, p_event_id uuid) returns boolean
language plpgsql
as $$
begin
  update meta_events
  set state = 'processed', processed_at = clock_timestamp()
  where account_id = p_account_id and id = p_event_id and state = 'pending';
  return found;
end
$$;

-- Lets a contact have the identities that Meta has told, where it has none and nobody else in the account has them.
-- An identity that is taken is left out: it never fails what it comes with. False: that was so.
create function learn_identities(p_account_id uuid, p_contact_id uuid, p_wa_id text, p_bsuid text) returns boolean
language plpgsql
as $$
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

-- Applies one status of an outbound message. The message is found by its wamid, else by our id, which Meta returns as
-- callback data: that resolves sends whose answer was lost.
-- 'processed', 'identity_taken' (processed, but the recipient's identity belongs to another contact and was left out),
-- 'unmatched' (nothing was changed) or 'done' (another process was faster).
create function apply_status(
  p_account_id uuid,
  p_event_id uuid,
  p_wamid text,
  p_message_id uuid,
  p_status text,
  p_at timestamptz,
  p_error jsonb,
  p_wa_id text,
  p_bsuid text
) returns text
language plpgsql
as $$
declare
  v_id uuid;
  v_contact_id uuid;
begin
  select id into v_id
  from messages
  where account_id = p_account_id and wamid = p_wamid and direction = 'outbound';
  if not found and p_message_id is not null then
    select id into v_id
    from messages
    where account_id = p_account_id and id = p_message_id and direction = 'outbound' and wamid is null;
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
  returning m.contact_id into v_contact_id;

  if not learn_identities(p_account_id, v_contact_id, p_wa_id, p_bsuid) then
    return 'identity_taken';
  end if;
  return 'processed';
end
$$;
