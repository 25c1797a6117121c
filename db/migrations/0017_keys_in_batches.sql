-- API keys of requests that come at the same time, looked at in one statement.

-- Each element of p_key_hashes is a key that p_times requests have. Each of these takes one from the key's rate limit and
-- has a row; for an unlimited key, of which nothing is taken, there is one row for all of them, and for an unknown key
-- none. Those that wait for a lock longer than p_lock_timeout_ms fail together (55P03); without it they wait.
create function authorize_keys(p_key_hashes bytea[], p_times integer[], p_lock_timeout_ms integer)
returns table (
  -- The index of the key, from 1.
  item integer,
  key_id uuid,
  key_name text,
  prefix text,
  scopes text[],
  rate_limit integer,
  expires_at timestamptz,
  account_id uuid,
  account_name text,
  account_mode text,
  usable boolean,
  allowed boolean,
  remaining integer,
  reset_at bigint,
  retry_after_seconds integer
)
language plpgsql
as $$
#variable_conflict use_column
declare
  k record;
begin
  if p_lock_timeout_ms is not null then
    perform set_config('lock_timeout', p_lock_timeout_ms::text, true);
  end if;
  for i in 1..cardinality(p_key_hashes) loop
    for n in 1..p_times[i] loop
      select * into k from authorize_key(p_key_hashes[i]);
      exit when not found;
      item := i;
      key_id := k.key_id;
      key_name := k.key_name;
      prefix := k.prefix;
      scopes := k.scopes;
      rate_limit := k.rate_limit;
      expires_at := k.expires_at;
      account_id := k.account_id;
      account_name := k.account_name;
      account_mode := k.account_mode;
      usable := k.usable;
      allowed := k.allowed;
      remaining := k.remaining;
      reset_at := k.reset_at;
      retry_after_seconds := k.retry_after_seconds;
      return next;
      exit when k.rate_limit = 0 or not k.usable;
    end loop;
  end loop;
end
$$;
