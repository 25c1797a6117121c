-- Erasing a person: the contact stays as a row without anything that says who it was, and so do the messages, so that
-- every count stays true. Older code runs on beside it: it never erases, and the functions that it calls are these.

alter table messages
  add column erased_at timestamptz(3),
  -- Of an erased message, instead of its wamid, which has the person's number in it: what Meta tells of it later is
  -- recognised by this, and nobody learns the number from it.
  add column wamid_hash bytea;
create unique index messages_wamid_hash on messages (account_id, wamid_hash) where wamid_hash is not null;

create index contacts_merged_into on contacts (account_id, merged_into) where merged_into is not null;
-- Not checked for rows from before: nothing here has erased any.
alter table contacts add constraint contacts_erased_check check (
  erased_at is null
    or num_nonnulls(phone, wa_id, bsuid, username, name, profile_name, email, company) = 0
) not valid;

-- What is left to do for people whose erasure has begun. Who they are is known here until it is done, and no longer.
create table erasures (
  account_id uuid not null references accounts (id),
  contact_id uuid not null,
  -- In this order. "settling" waits for sends under way and for their lines of the request log.
  stage text not null default 'messages' check (stage in ('messages', 'settling', 'requests', 'events', 'done')),
  -- Digits and user ids by which the person's events are found.
  identities jsonb not null default '[]',
  -- The last message that was erased, in the order of the conversation from its newest.
  message_at timestamptz(3),
  message_id uuid,
  -- The last row of the log that was looked at in this stage.
  log_id uuid,
  -- Events that came later are another contact's.
  settled_at timestamptz(3),
  requested_at timestamptz(3) not null default clock_timestamp(),
  due_at timestamptz(3) not null default clock_timestamp(),
  finished_at timestamptz(3),
  primary key (account_id, contact_id),
  check ((stage = 'done') = (finished_at is not null)),
  check (stage <> 'done' or identities = '[]')
);
create index erasures_due on erasures (due_at) where stage <> 'done';

create function hash_wamid(account_id uuid, wamid text) returns bytea
language sql stable parallel safe
return sha256(convert_to(account_id::text || wamid, 'UTF8'));

-- Takes out of messages what says something of a person. Kind, status, times, and what is needed to send one that is
-- under way a second time safely, stay. Done again to one that was erased, it takes out what has come since.
create function erase_messages(p_account_id uuid, p_ids uuid[]) returns void
language plpgsql as $$
begin
  update messages m
  set recipient = case when m.direction = 'outbound' then 'erased' else m.recipient end,
    sender = case when m.sender is not null then 'erased' end,
    body = null,
    media_url = null,
    filename = null,
    template = case
      when m.template is not null
        then jsonb_build_object('name', m.template -> 'name', 'language', m.template -> 'language')
    end,
    media = null,
    content = null,
    wamid = null,
    wamid_hash = coalesce(hash_wamid(m.account_id, m.wamid), m.wamid_hash),
    error = case
      when m.error is not null then jsonb_build_object(
        'code', m.error -> 'code', 'title', null, 'message', 'Removed with the data of the person',
        'hint', m.error -> 'hint'
      )
    end,
    -- A send under way that fails has to find its key to release it.
    idempotency_key = case when m.status = 'pending' then m.idempotency_key end,
    -- Those that callers made up may say anything.
    request_id = case when m.request_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then m.request_id end,
    erased_at = coalesce(m.erased_at, clock_timestamp())
  where m.account_id = p_account_id and m.id = any (p_ids);
end
$$;

-- Whoever writes to an erased message, such as a send that began before, leaves nothing behind. After the update, and
-- not before: a trigger before it would make every update of every message lock its row twice.
create function keep_message_erased() returns trigger
language plpgsql as $$
begin
  if num_nonnulls(new.wamid, new.body, new.media_url, new.filename, new.media, new.content) > 0
    or new.error ->> 'message' <> 'Removed with the data of the person'
    or (new.idempotency_key is not null and new.status <> 'pending')
  then
    perform erase_messages(new.account_id, array[new.id]);
  end if;
  return null;
end
$$;
-- The condition is short, because every update of every message reads it anew.
create trigger messages_stay_erased
after update on messages
for each row when (new.erased_at is not null)
execute function keep_message_erased();

-- Tells live pages of a message without a change of its status: one less and one more, for the counters.
create function announce_message(p_account_id uuid, p_message_id uuid) returns void
language plpgsql as $$
begin
  insert into message_changes (
    account_id, message_id, conversation_id, direction, from_status, to_status, message_created_at
  )
  select account_id, id, conversation_id, direction, status, status, created_at
  from messages
  where account_id = p_account_id and id = p_message_id;
end
$$;

-- Begins an erasure: from its commit on, nobody finds this person's contact any more, and whoever writes from or to the
-- number is a new one. The id of the contact, which is another one if this was merged; null: there is none.
create function begin_erasure(p_account_id uuid, p_contact_id uuid)
returns table (contact_id uuid, is_new boolean, requested_at timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  v_id uuid;
  v_ids uuid[];
  v_identities jsonb;
begin
  loop
    with recursive aliases as (
      select c.id, c.merged_into from contacts c where c.account_id = p_account_id and c.id = p_contact_id
      union
      select c.id, c.merged_into
      from aliases a
      join contacts c on c.account_id = p_account_id and c.id = a.merged_into
    )
    select a.id into v_id from aliases a where a.merged_into is null;
    if not found then
      return;
    end if;
    select array_agg(c.id) into v_ids
    from contacts c
    where c.account_id = p_account_id and (c.id = v_id or c.merged_into = v_id);
    -- By rising id, as events lock people. Waits for sends that are about to store a message of theirs.
    perform from contacts c where c.account_id = p_account_id and c.id = any (v_ids) order by c.id for update;
    -- A merge may have come in between.
    exit when not exists (
      select from contacts c
      where c.account_id = p_account_id
        and ((c.id = v_id and c.merged_into is not null) or (c.merged_into = v_id and c.id <> all (v_ids)))
    );
  end loop;

  select coalesce(jsonb_agg(distinct identity), '[]') into v_identities
  from contacts c
  cross join lateral (values (ltrim(c.phone, '+')), (c.wa_id), (c.bsuid)) as known (identity)
  where c.account_id = p_account_id and c.id = any (v_ids) and identity is not null;
  insert into erasures (account_id, contact_id, identities)
  values (p_account_id, v_id, v_identities)
  on conflict do nothing;
  contact_id := v_id;
  is_new := found;
  select e.requested_at into requested_at
  from erasures e
  where e.account_id = p_account_id and e.contact_id = v_id;
  if is_new then
    update contacts c
    set phone = null, wa_id = null, bsuid = null, username = null, name = null, profile_name = null, email = null,
      company = null,
      erased_at = coalesce(c.erased_at, clock_timestamp()),
      updated_at = clock_timestamp()
    where c.account_id = p_account_id and c.id = any (v_ids);
    update conversations c
    set last_message_text = null, unread_count = 0, updated_at = clock_timestamp()
    where c.account_id = p_account_id and c.contact_id = any (v_ids);
    perform announce_message(p_account_id, newest.id)
    from (
      select m.id
      from messages m
      where m.account_id = p_account_id
        and m.conversation_id = (
          select c.id from conversations c where c.account_id = p_account_id and c.contact_id = v_id
        )
      order by m.created_at desc, m.id desc
      limit 1
    ) newest;
  end if;
  return next;
end
$$;

-- Erases the next messages of a person whose erasure has begun; how many there were. No new ones can come: a message
-- belongs to a contact that was found under a lock, and this one is found no more.
create function erase_next_messages(
  p_account_id uuid, p_contact_id uuid, p_endpoint text, p_limit integer
) returns integer
language plpgsql as $$
declare
  e erasures;
  v_conversation_id uuid;
  v_ids uuid[];
begin
  select * into e
  from erasures
  where account_id = p_account_id and contact_id = p_contact_id and stage = 'messages'
  for update;
  if not found then
    return 0;
  end if;
  select id into v_conversation_id
  from conversations
  where account_id = p_account_id and contact_id = p_contact_id;
  select coalesce(array_agg(id order by created_at desc, id desc), '{}') into v_ids
  from (
    select id, created_at
    from messages
    where account_id = p_account_id
      and conversation_id = v_conversation_id
      and (created_at, id) < (
        coalesce(e.message_at, 'infinity'), coalesce(e.message_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      )
    order by created_at desc, id desc
    limit p_limit
  ) page;

  -- Numbers that were the person's before, too.
  select coalesce(jsonb_agg(distinct identity), '[]') into e.identities
  from (
    select jsonb_array_elements_text(e.identities) as identity
    union
    select ltrim(case when direction = 'outbound' then recipient else sender end, '+')
    from messages
    where account_id = p_account_id and id = any (v_ids) and erased_at is null
  ) known
  where identity is not null and identity <> '';
  -- Without its key, a send whose outcome is open could reach the person twice: that one stays its 24 hours.
  delete from idempotency_keys k
  using messages m
  where m.account_id = p_account_id
    and m.id = any (v_ids)
    and m.status not in ('pending', 'unknown')
    and k.account_id = p_account_id
    and k.endpoint = p_endpoint
    and k.key = m.idempotency_key
    and k.message_id = m.id;
  perform erase_messages(p_account_id, v_ids);
  if cardinality(v_ids) > 0 then
    perform announce_message(p_account_id, v_ids[1]);
  end if;
  update erasures
  set identities = e.identities,
    message_id = coalesce(v_ids[cardinality(v_ids)], message_id),
    message_at = coalesce(
      (select created_at from messages where account_id = p_account_id and id = v_ids[cardinality(v_ids)]), message_at
    ),
    stage = case when cardinality(v_ids) < p_limit then 'settling' else stage end
  where account_id = p_account_id and contact_id = p_contact_id;
  return cardinality(v_ids);
end
$$;

-- Whether nobody will write about the person's messages any more: no send is under way, and the request log of those
-- that have just ended was written.
create function is_erasure_settled(p_account_id uuid, p_contact_id uuid) returns boolean
language sql stable as $$
  select not exists (
    select
    from erasures e
    join conversations c on c.account_id = e.account_id and c.contact_id = e.contact_id
    join messages m on m.account_id = c.account_id and m.conversation_id = c.id
    where e.account_id = p_account_id
      and e.contact_id = p_contact_id
      and m.created_at > e.requested_at - interval '10 minutes'
      and m.direction = 'outbound'
      and (
        m.status = 'pending'
        or greatest(m.created_at, m.sent_at, m.failed_at) > clock_timestamp() - interval '3 seconds'
      )
  )
$$;

