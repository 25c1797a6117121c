-- What the admin UI needs to know who is there: sessions that can be listed and ended, links for the first admin and
-- for invitations, a throttle for sign-ins, and the audit log. Older code never wrote a session, so it still runs.

delete from sessions;

-- The id may be shown and named in forms; the token's hash may not.
alter table sessions
  add column id uuid not null unique,
  add column client_address text;

-- One-time links. Only the SHA-256 of the token is stored, so the database alone opens no door.
create table links (
  token_hash bytea primary key check (length(token_hash) = 32),
  id uuid not null unique,
  kind text not null check (kind in ('setup', 'invitation')),
  -- Of an invitation: the live account it leads into, the address that will sign in, and who invited. An invitation
  -- ends when the person who made it is removed.
  account_id uuid references accounts (id),
  email text check (email = lower(email) and length(email) between 3 and 254),
  created_by uuid references users (id) on delete cascade,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  check (
    case kind
      when 'setup' then num_nonnulls(account_id, email, created_by) = 0
      else num_nulls(account_id, email, created_by) = 0
    end
  )
);

-- A new start replaces the set-up link of the start before.
create unique index links_one_setup on links (kind) where kind = 'setup';
-- A new invitation replaces the one for the same address.
create unique index links_one_invitation on links (account_id, email) where kind = 'invitation' and used_at is null;
create index links_by_creator on links (created_by);

-- Failed sign-ins per e-mail address and per client address. The key is a hash: people type passwords into the wrong
-- field. Unlogged: losing it in a crash only gives an address its first attempts back.
create unlogged table sign_in_attempts (
  key bytea primary key check (length(key) = 32),
  attempts integer not null check (attempts >= 0),
  attempted_at timestamptz(3) not null,
  blocked_until timestamptz(3)
);

create index sign_in_attempts_by_time on sign_in_attempts (attempted_at);

-- Counts an attempt before it is judged, so that many at once cannot pass together. Gives 0 when it may go on, else the
-- seconds to wait. From the limit on, each attempt closes the door for 1, 2, 4, 8 and then always 15 minutes; an hour
-- without an attempt forgets all. What is refused counts nothing.
create function count_sign_in_attempt(p_key bytea, p_limit integer) returns integer
language plpgsql
as $$
declare
  v_blocked_until timestamptz;
begin
  insert into sign_in_attempts as a (key, attempts, attempted_at)
  values (p_key, 1, clock_timestamp())
  on conflict (key) do update
    set
      attempts = case
        when a.attempted_at < clock_timestamp() - interval '1 hour' then 1
        else a.attempts + 1
      end,
      attempted_at = clock_timestamp(),
      blocked_until = case
        when a.attempted_at >= clock_timestamp() - interval '1 hour' and a.attempts + 1 >= p_limit
          then clock_timestamp()
            + least(interval '15 minutes', interval '1 minute' * power(2, least(a.attempts + 1 - p_limit, 4)))
      end
    where a.blocked_until is null or a.blocked_until <= clock_timestamp();
  if found then
    return 0;
  end if;
  select a.blocked_until into v_blocked_until from sign_in_attempts a where a.key = p_key;
  -- Stored to the millisecond: what rounding added must not look like another second.
  return greatest(1, ceil(extract(epoch from v_blocked_until - clock_timestamp()) - 0.001));
end
$$;

-- One attempt of a client address at an e-mail address, always locked in this order.
create function take_sign_in_attempt(
  p_address bytea,
  p_address_limit integer,
  p_email bytea,
  p_email_limit integer
) returns integer
language plpgsql
as $$
declare
  v_seconds integer := count_sign_in_attempt(p_address, p_address_limit);
begin
  if v_seconds > 0 then
    return v_seconds;
  end if;
  return count_sign_in_attempt(p_email, p_email_limit);
end
$$;

-- What people did in the admin UI. Belongs to the live account, whichever mode the action was in. The user's address is
-- kept beside the id: entries outlive the person's access.
create table audit_log (
  account_id uuid not null references accounts (id),
  id uuid not null,
  user_id uuid,
  user_email text,
  action text not null check (length(action) between 1 and 80),
  target_type text not null check (length(target_type) between 1 and 80),
  target_id text not null,
  mode text not null check (mode in ('live', 'test')),
  details jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  primary key (account_id, id)
);

create index audit_log_by_time on audit_log (account_id, created_at desc, id desc);
