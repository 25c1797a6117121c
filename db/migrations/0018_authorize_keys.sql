-- API keys of requests that come at the same time, looked at in one statement. authorize_key of 0001 stays for processes
-- of the version before.

-- Each element of p_key_hashes is a key that p_times requests have, and has a row if there is such a key. All of its
-- requests are taken from its rate limit in one step. Those that wait for a lock longer than p_lock_timeout_ms fail
-- together (55P03); without it they wait.
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
  -- Neither revoked nor expired.
  usable boolean,
  -- The rest is of limited and usable keys only. How many of the requests may pass,
  granted integer,
  -- how many more the burst allowed after the first of them,
  remaining integer,
  -- when (Unix time in seconds) the full burst is back after the first of them, and how much later after each further one,
  full_at double precision,
  step double precision,
  -- and how long the requests that may not pass should wait.
  retry_after_seconds integer
)
language plpgsql
as $$
#variable_conflict use_column
declare
  v_last_used_at timestamptz;
  v_interval interval;
  v_burst interval;
  v_now timestamptz;
  v_full_at timestamptz;
  v_room numeric;
  v_step numeric;
begin
  if p_lock_timeout_ms is not null then
    perform set_config('lock_timeout', p_lock_timeout_ms::text, true);
  end if;

  for i in 1..cardinality(p_key_hashes) loop
    item := i;
    select
      k.id, k.name, k.prefix, k.scopes, k.rate_limit, k.expires_at, a.id, a.name, a.mode,
      k.revoked_at is null and (k.expires_at is null or k.expires_at > now()), k.last_used_at
    into
      key_id, key_name, prefix, scopes, rate_limit, expires_at, account_id, account_name, account_mode, usable,
      v_last_used_at
    from api_keys k
    join accounts a on a.id = k.account_id
    where k.key_hash = p_key_hashes[i];
    continue when not found;

    granted := null;
    remaining := null;
    full_at := null;
    step := null;
    retry_after_seconds := null;
    if usable and rate_limit > 0 then
      -- No answer promises that a request was counted: after a crash of the server some of the last moment may be lost.
      perform set_config('synchronous_commit', 'off', true);
      insert into rate_limit_states (key_id, full_at)
      values (authorize_keys.key_id, clock_timestamp())
      on conflict do nothing;
      select s.full_at into v_full_at
      from rate_limit_states s
      where s.key_id = authorize_keys.key_id
      for update;

      v_now := clock_timestamp();
      v_interval := interval '60 seconds' / rate_limit;
      -- Not simply a minute: the interval is rounded to microseconds, and the burst has to hold the limit exactly.
      v_burst := v_interval * rate_limit;
      v_full_at := greatest(v_full_at, v_now);
      v_step := extract(epoch from v_interval);
      v_room := div(extract(epoch from v_now + v_burst - v_full_at), v_step);
      granted := greatest(0, least(v_room, p_times[i]));
      remaining := greatest(0, v_room - 1);
      full_at := extract(epoch from v_full_at + least(granted, 1) * v_interval);
      step := v_step;
      v_full_at := v_full_at + granted * v_interval;
      if granted > 0 then
        update rate_limit_states s set full_at = v_full_at where s.key_id = authorize_keys.key_id;
      end if;
      retry_after_seconds := greatest(1, ceil(extract(epoch from v_full_at + v_interval - v_burst - v_now)));
    end if;

    -- At most one write a minute and key.
    if usable and (v_last_used_at is null or v_last_used_at < now() - interval '1 minute') then
      update api_keys k
      set last_used_at = now()
      where k.id = authorize_keys.key_id and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute');
    end if;
    return next;
  end loop;
end
$$;
