-- Who may call and as whom: accounts (a live one and its test twin), people, API keys and their rate limit.
-- First migration: there is no older code that could run against it.

create table accounts (
  id uuid primary key,
  name text not null check (length(name) between 1 and 80),
  mode text not null check (mode in ('live', 'test')),
  -- Set on the test twin alone: the live account it belongs to.
  live_account_id uuid unique references accounts (id),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check ((mode = 'test') = (live_account_id is not null))
);

create table users (
  id uuid primary key,
  account_id uuid not null references accounts (id),
  -- Lower-cased; unique over the whole server.
  email text not null unique check (email = lower(email) and length(email) between 3 and 254),
  password_hash text not null,
  owner boolean not null default false,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

create table sessions (
  token_hash bytea primary key check (length(token_hash) = 32),
  user_id uuid not null references users (id) on delete cascade,
  user_agent text,
  created_at timestamptz(3) not null default now(),
  last_seen_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null
);

create index sessions_by_user on sessions (user_id);

create table api_keys (
  id uuid primary key,
  account_id uuid not null references accounts (id),
  name text not null check (length(name) between 1 and 80),
  -- SHA-256 of the whole key; the key itself is never stored.
  key_hash bytea not null unique check (length(key_hash) = 32),
  prefix text not null,
  scopes text[] not null default '{}',
  -- Requests a minute; 0 is unlimited.
  rate_limit integer not null default 120 check (rate_limit between 0 and 1000000),
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3),
  created_at timestamptz(3) not null default now()
);

create index api_keys_by_account on api_keys (account_id, created_at desc, id desc);

-- State of the rate limiter (GCRA). Unlogged: losing it in a crash only gives a key its full burst back,
-- and a commit that touches nothing else never waits for the disk.
create unlogged table rate_limit_states (
  key_id uuid primary key references api_keys (id) on delete cascade,
  -- The theoretical arrival time: when the full burst is available again.
  full_at timestamptz not null
);

-- Finds a key by its hash and takes one request from its rate limit, in one round trip.
-- No row: no such key. A revoked or expired key is returned, so that the refusal can be logged, and takes nothing.
create function authorize_key(p_key_hash bytea)
returns table (
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
  v_interval interval;
  v_burst interval;
  v_full_at timestamptz;
begin
  select
    api_keys.*, accounts.name as account_name, accounts.mode as account_mode,
    api_keys.revoked_at is null
      and (api_keys.expires_at is null or api_keys.expires_at > now()) as usable
  into k
  from api_keys
  join accounts on accounts.id = api_keys.account_id
  where api_keys.key_hash = p_key_hash;
  if not found then
    return;
  end if;

  allowed := true;
  if k.usable and k.rate_limit > 0 then
    v_interval := interval '60 seconds' / k.rate_limit;
    -- Not simply a minute: the interval is rounded to microseconds, and the burst has to hold the limit exactly.
    v_burst := v_interval * k.rate_limit;
    insert into rate_limit_states as s (key_id, full_at)
    values (k.id, clock_timestamp() + v_interval)
    on conflict (key_id) do update
      set full_at = greatest(s.full_at, clock_timestamp()) + v_interval
      where greatest(s.full_at, clock_timestamp()) + v_interval <= clock_timestamp() + v_burst
    returning s.full_at into v_full_at;
    if not found then
      allowed := false;
      select s.full_at into v_full_at from rate_limit_states s where s.key_id = k.id;
      retry_after_seconds := greatest(
        1,
        ceil(extract(epoch from v_full_at + v_interval - v_burst - clock_timestamp()))
      );
    end if;
    remaining := case
      when allowed then greatest(
        0,
        floor(
          extract(epoch from clock_timestamp() + v_burst - v_full_at)
            / extract(epoch from v_interval)
        )
      )
      else 0
    end;
    reset_at := ceil(extract(epoch from v_full_at));
  end if;

  -- At most one write a minute and key: this commit waits for the disk.
  if k.usable and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute') then
    update api_keys
    set last_used_at = now()
    where api_keys.id = k.id
      and (api_keys.last_used_at is null or api_keys.last_used_at < now() - interval '1 minute');
  end if;

  key_id := k.id;
  key_name := k.name;
  prefix := k.prefix;
  scopes := k.scopes;
  rate_limit := k.rate_limit;
  expires_at := k.expires_at;
  account_id := k.account_id;
  account_name := k.account_name;
  account_mode := k.account_mode;
  usable := k.usable;
  return next;
end
$$;
