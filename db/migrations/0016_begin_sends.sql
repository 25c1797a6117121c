-- Sends that come at the same time share the two statements of a send: one transaction, one commit and one round trip
-- for all of them. Each send is judged by itself, as begin_send of 0014 does, which stays for processes of the version
-- before. A refusal is an outcome here and no error, because an error would undo the others.

-- Nobody calls it any more.
drop function begin_send(
  uuid, uuid, uuid, uuid, text, text, text, text, text, text, text, jsonb, text, uuid, text, text, bytea, integer, uuid,
  text
);

-- The first statement: reserves the idempotency key, finds or creates contact and conversation, and inserts the message
-- as pending, for every element of p_sends; see db/sends.ts for its fields. Those that wait for a lock longer than
-- p_lock_timeout_ms fail together (55P03), so that one row that somebody holds does not hold up the sends to others;
-- without it they wait.
create function begin_sends(p_sends jsonb, p_lock_timeout_ms integer)
returns table (
  -- The index of the element.
  item integer,
  -- 'created'; 'key_refused': the API key has to be looked at closely (authorize_key); what the idempotency key was
  -- found to stand for: 'replayed', 'in_progress', 'outcome_unknown', 'mismatch'; or why nothing can be sent:
  -- 'not_configured', 'reply_not_found', 'reply_without_wamid'. Nothing is stored but for 'created'.
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
  s record;
  v_now timestamptz;
  v_known record;
  -- The idempotency key is new, or one that has expired.
  v_reserved boolean;
  v_takes_over boolean;
  v_last_used_at timestamptz;
  v_last_inbound_at timestamptz;
  -- What was found for the send before: most have the same account and key.
  v_account_id uuid;
  v_configured boolean;
  v_key_account_id uuid;
  v_key_hash bytea;
begin
  if p_lock_timeout_ms is not null then
    perform set_config('lock_timeout', p_lock_timeout_ms::text, true);
  end if;

  -- In the order of the people, so that two batches do not wait for each other in a circle; those to one person in the
  -- order in which they came.
  for s in
    select
      sends.*, phone_key(sends.phone) as phone_key, decode(sends.key_hash, 'hex') as key_digest,
      decode(sends.fingerprint, 'hex') as body_digest
    from jsonb_to_recordset(p_sends) as sends(
      item integer, account_id uuid, message_id uuid, contact_id uuid, conversation_id uuid, phone text, bsuid text,
      name text, type text, body text, media_url text, filename text, template jsonb, preview text,
      reply_to_message_id uuid, endpoint text, idempotency_key text, fingerprint text, lease_ms integer,
      api_key_id uuid, request_id text, key_hash text
    )
    order by sends.account_id, phone_key(sends.phone), sends.bsuid, sends.item
  loop
    v_now := clock_timestamp();
    item := s.item;
    outcome := 'created';
    message_id := s.message_id;
    conversation_id := null;
    contact_id := null;
    contact_created := false;
    wamid := null;
    reply_wamid := null;
    wa_id := null;
    bsuid := null;
    window_open := false;

    if s.key_digest is not null and (
      v_key_hash is distinct from s.key_digest or v_key_account_id is distinct from s.account_id
    ) then
      select k.last_used_at into v_last_used_at
      from api_keys k
      where k.key_hash = s.key_digest
        and k.id = s.api_key_id
        and k.account_id = s.account_id
        and k.rate_limit = 0
        and k.revoked_at is null
        and (k.expires_at is null or k.expires_at > v_now)
        and 'messages:send' = any (k.scopes);
      if not found then
        outcome := 'key_refused';
        return next;
        continue;
      end if;
      v_key_hash := s.key_digest;
      v_key_account_id := s.account_id;
      -- At most one write a minute and key, as in authorize_key.
      if v_last_used_at is null or v_last_used_at < v_now - interval '1 minute' then
        update api_keys k
        set last_used_at = v_now
        where k.id = s.api_key_id and (k.last_used_at is null or k.last_used_at < v_now - interval '1 minute');
      end if;
    end if;

    v_reserved := false;
    v_takes_over := false;
    if s.idempotency_key is not null then
      loop
        insert into idempotency_keys (account_id, endpoint, key, fingerprint, message_id, created_at)
        values (s.account_id, s.endpoint, s.idempotency_key, s.body_digest, s.message_id, v_now)
        on conflict (account_id, endpoint, key) do nothing;
        v_reserved := found;
        exit when v_reserved;

        select
          k.fingerprint, k.message_id, k.contact_created, k.created_at, m.conversation_id, m.contact_id, m.status,
          m.wamid
        into v_known
        from idempotency_keys k
        left join messages m on m.account_id = k.account_id and m.id = k.message_id
        where k.account_id = s.account_id and k.endpoint = s.endpoint and k.key = s.idempotency_key
        for update of k;
        -- Not found: it was released between the two statements, so try to reserve it again.
        if found then
          v_takes_over := v_known.created_at <= v_now - interval '24 hours';
          exit when v_takes_over;
          outcome := case
            when v_known.fingerprint <> s.body_digest then 'mismatch'
            when v_known.wamid is not null then 'replayed'
            when v_known.status = 'pending' then 'in_progress'
            else 'outcome_unknown'
          end;
          message_id := v_known.message_id;
          conversation_id := v_known.conversation_id;
          contact_id := v_known.contact_id;
          contact_created := v_known.contact_created;
          wamid := v_known.wamid;
          exit;
        end if;
      end loop;
      if outcome <> 'created' then
        return next;
        continue;
      end if;
    end if;

    if v_account_id is distinct from s.account_id then
      select i.id, i.phone_number_id, i.access_token, i.token_failed_at is not null
      into integration_id, phone_number_id, access_token, token_failed
      from whatsapp_integrations i
      where i.account_id = s.account_id and i.status <> 'disconnected';
      v_account_id := s.account_id;
      v_configured := found;
    end if;

    if not v_configured then
      outcome := 'not_configured';
    else
      loop
        -- Held to the end, so that the contact cannot be merged into another below this message. Waits for a merge
        -- under way, after which the identities are another contact's. Contact before conversation, as inbound messages
        -- lock them.
        if s.bsuid is not null then
          select c.id, c.wa_id, c.bsuid into contact_id, wa_id, bsuid
          from contacts c
          where c.account_id = s.account_id and c.bsuid = s.bsuid and c.merged_into is null
          for key share;
        else
          select c.id, c.wa_id, c.bsuid into contact_id, wa_id, bsuid
          from contacts c
          where c.account_id = s.account_id and c.phone_key = s.phone_key and c.merged_into is null
          for key share;
          if not found then
            select c.id, c.wa_id, c.bsuid into contact_id, wa_id, bsuid
            from contacts c
            where c.account_id = s.account_id and c.wa_id = substr(s.phone, 2) and c.merged_into is null
            for key share;
          end if;
        end if;
        exit when found;
        -- A new contact has no message that could be replied to.
        exit when s.reply_to_message_id is not null;
        insert into contacts as c (account_id, id, phone, bsuid, name)
        values (s.account_id, s.contact_id, s.phone, s.bsuid, s.name)
        on conflict do nothing
        returning c.id, c.bsuid into contact_id, bsuid;
        if found then
          contact_created := true;
          exit;
        end if;
        -- Somebody else has just created it; that transaction is over, or the insert would still wait.
      end loop;

      if s.reply_to_message_id is not null then
        select m.wamid into reply_wamid
        from messages m
        where m.account_id = s.account_id
          and m.id = s.reply_to_message_id
          and m.contact_id = begin_sends.contact_id;
        outcome := case
          when not found then 'reply_not_found'
          when reply_wamid is null then 'reply_without_wamid'
          else 'created'
        end;
      end if;
    end if;

    if outcome <> 'created' then
      -- Nothing else was written so far.
      if v_reserved then
        delete from idempotency_keys k
        where k.account_id = s.account_id
          and k.endpoint = s.endpoint
          and k.key = s.idempotency_key
          and k.message_id = s.message_id;
      end if;
      return next;
      continue;
    end if;

    if not contact_created then
      update conversations c
      set last_message_text = s.preview,
        last_message_at = v_now,
        unread_count = 0,
        updated_at = v_now
      where c.account_id = s.account_id and c.contact_id = begin_sends.contact_id
      returning c.id, c.last_inbound_at into conversation_id, v_last_inbound_at;
    end if;
    if conversation_id is null then
      insert into conversations as c (account_id, id, contact_id, last_message_text, last_message_at)
      values (s.account_id, s.conversation_id, begin_sends.contact_id, s.preview, v_now)
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
      s.account_id, s.message_id, begin_sends.conversation_id, begin_sends.contact_id, 'outbound', s.type, 'pending',
      coalesce(s.phone, s.bsuid), s.body, s.media_url, s.filename, s.template, s.reply_to_message_id,
      v_now + s.lease_ms * interval '1 millisecond', s.api_key_id, s.request_id, s.idempotency_key, v_now
    );

    if v_takes_over or v_reserved and contact_created then
      update idempotency_keys k
      set fingerprint = s.body_digest,
        message_id = s.message_id,
        contact_created = begin_sends.contact_created,
        created_at = v_now
      where k.account_id = s.account_id and k.endpoint = s.endpoint and k.key = s.idempotency_key;
    end if;

    window_open := coalesce(v_last_inbound_at > v_now - interval '24 hours', false);
    return next;
  end loop;
end
$$;
