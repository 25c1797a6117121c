-- The last statement of a send for several sends at once, as 0016 has the first; finish_send of 0015 stays for processes
-- of the version before.

-- Nobody calls it any more.
drop function finish_send(uuid, uuid, text, text, text, jsonb, text, text);

-- The last statement: what became of the send, for every element of p_sends. An element whose message is not there has
-- no row. p_lock_timeout_ms as for begin_sends.
create function finish_sends(p_sends jsonb, p_lock_timeout_ms integer)
returns table (
  -- The index of the element.
  item integer,
  status text,
  wamid text,
  -- The identity that Meta named belongs to another contact of the account and was left out.
  identity_taken boolean
)
language plpgsql
as $$
#variable_conflict use_column
declare
  s record;
  v_contact_id uuid;
  v_idempotency_key text;
begin
  if p_lock_timeout_ms is not null then
    perform set_config('lock_timeout', p_lock_timeout_ms::text, true);
  end if;

  for s in
    select sends.*
    from jsonb_to_recordset(p_sends) as sends(
      item integer, account_id uuid, message_id uuid, endpoint text, status text, wamid text, error jsonb,
      wa_id text, bsuid text, token_failed boolean
    )
    order by sends.account_id, sends.message_id
  loop
    update messages m
    set status = later_message_status(m.status, s.status),
      wamid = coalesce(m.wamid, s.wamid),
      -- The reason belongs to the status that wins.
      error = case
        when later_message_status(m.status, s.status) not in ('unknown', 'failed') then null
        when message_status_rank(s.status) >= message_status_rank(m.status) then coalesce(s.error, m.error)
        else m.error
      end,
      sent_at = case when s.status = 'sent' then coalesce(m.sent_at, clock_timestamp()) else m.sent_at end,
      failed_at = case when s.status = 'failed' then coalesce(m.failed_at, clock_timestamp()) else m.failed_at end,
      lease_until = null
    where m.account_id = s.account_id and m.id = s.message_id
    returning m.status, m.wamid, m.contact_id, m.idempotency_key
    into status, wamid, v_contact_id, v_idempotency_key;
    continue when not found;

    if status = 'failed' and wamid is null and v_idempotency_key is not null then
      delete from idempotency_keys k
      where k.account_id = s.account_id
        and k.endpoint = s.endpoint
        and k.key = v_idempotency_key
        and k.message_id = s.message_id;
    end if;

    identity_taken := false;
    if s.wa_id is not null or s.bsuid is not null then
      identity_taken := not learn_identities(s.account_id, v_contact_id, s.wa_id, s.bsuid);
    end if;

    if s.status = 'sent' then
      if s.token_failed then
        update whatsapp_integrations i
        set token_failed_at = null, token_failure = null
        where i.account_id = s.account_id and i.token_failed_at is not null;
      end if;
    elsif s.status = 'failed' and s.error ->> 'code' = '190' then
      update whatsapp_integrations i
      set token_failed_at = clock_timestamp(), token_failure = s.error ->> 'message'
      where i.account_id = s.account_id and i.token_failed_at is null;
    end if;
    item := s.item;
    return next;
  end loop;
end
$$;
