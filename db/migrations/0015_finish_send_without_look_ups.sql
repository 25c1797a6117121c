-- The last statement of a send with less work for the same promises, as 0014 has the first; the form of 0013 stays for
-- processes of the version before.

-- See 0013. New: what begin_send has told need not be looked up again. Identities are given only if they are news, and
-- p_token_failed says that a success is news.
create function finish_send(
  p_account_id uuid,
  p_message_id uuid,
  p_endpoint text,
  p_status text,
  p_wamid text,
  p_error jsonb,
  p_wa_id text,
  p_bsuid text,
  p_token_failed boolean
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
    if p_token_failed then
      update whatsapp_integrations i
      set token_failed_at = null, token_failure = null
      where i.account_id = p_account_id and i.token_failed_at is not null;
    end if;
  elsif p_status = 'failed' and p_error ->> 'code' = '190' then
    update whatsapp_integrations i
    set token_failed_at = clock_timestamp(), token_failure = p_error ->> 'message'
    where i.account_id = p_account_id and i.token_failed_at is null;
  end if;
  return next;
end
$$;
