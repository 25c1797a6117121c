-- People whom Meta tells of: contacts found by any of their identities, and merged when two turn out to be one person.
-- Older code runs on beside it.

-- When Meta last told who somebody is, by Meta's clock: events come in any order.
alter table contacts add column identified_at timestamptz(3);

-- Moves everything of one contact to another: the person turned out to be the same. The old ids stay as aliases.
create function merge_contacts(p_account_id uuid, p_keep uuid, p_other uuid) returns void
language plpgsql
as $$
declare
  o contacts;
  v_keep_conversation uuid;
  c conversations;
begin
  select * into o from contacts where account_id = p_account_id and id = p_other;
  update contacts
  set phone = null, wa_id = null, bsuid = null, merged_into = p_keep, updated_at = clock_timestamp()
  where account_id = p_account_id and id = p_other;
  update contacts set merged_into = p_keep where account_id = p_account_id and merged_into = p_other;
  update contacts
  set phone = coalesce(phone, o.phone),
    wa_id = coalesce(wa_id, o.wa_id),
    bsuid = coalesce(bsuid, o.bsuid),
    username = coalesce(username, o.username),
    name = coalesce(name, o.name),
    profile_name = coalesce(profile_name, o.profile_name),
    email = coalesce(email, o.email),
    company = coalesce(company, o.company),
    identified_at = greatest(identified_at, o.identified_at),
    updated_at = clock_timestamp()
  where account_id = p_account_id and id = p_keep;

  select * into c from conversations where account_id = p_account_id and contact_id = p_other;
  if not found then
    return;
  end if;
  select id into v_keep_conversation
  from conversations
  where account_id = p_account_id and contact_id = p_keep;
  if not found then
    update conversations
    set contact_id = p_keep, updated_at = clock_timestamp()
    where account_id = p_account_id and id = c.id;
    update messages
    set contact_id = p_keep
    where account_id = p_account_id and conversation_id = c.id;
    return;
  end if;
  update messages
  set conversation_id = v_keep_conversation, contact_id = p_keep
  where account_id = p_account_id and conversation_id = c.id;
  update conversations k
  set last_message_text = case
      when c.last_message_at > k.last_message_at or k.last_message_at is null then c.last_message_text
      else k.last_message_text
    end,
    last_message_at = greatest(k.last_message_at, c.last_message_at),
    last_inbound_at = greatest(k.last_inbound_at, c.last_inbound_at),
    unread_count = k.unread_count + c.unread_count,
    status = case when 'open' in (k.status, c.status) then 'open' else k.status end,
    updated_at = clock_timestamp()
  where k.account_id = p_account_id and k.id = v_keep_conversation;
  update conversations
  set merged_into = v_keep_conversation, unread_count = 0, updated_at = clock_timestamp()
  where account_id = p_account_id and (id = c.id or merged_into = c.id);
end
$$;

-- The contacts that have one of a person's identities, the most certain first: those of the old identities before those
-- of the ones that replace them.
create function find_contacts_of_person(
  p_account_id uuid,
  p_wa_id text,
  p_bsuid text,
  p_new_wa_id text,
  p_new_bsuid text
) returns uuid[]
language sql stable
as $$
  select coalesce(array_agg(id order by certainty), '{}')
  from (
    select id, min(certainty) as certainty
    from (
      select id, 1 as certainty from contacts where account_id = p_account_id and bsuid = p_bsuid
      union all
      select id, 2 from contacts where account_id = p_account_id and wa_id = p_wa_id
      union all
      select id, 3 from contacts where account_id = p_account_id and phone_key = phone_key('+' || p_wa_id)
      union all
      select id, 4 from contacts where account_id = p_account_id and bsuid = p_new_bsuid
      union all
      select id, 5 from contacts where account_id = p_account_id and wa_id = p_new_wa_id
      union all
      select id, 6 from contacts where account_id = p_account_id and phone_key = phone_key('+' || p_new_wa_id)
    ) found
    group by id
  ) ranked
$$;

-- The one contact of a person whom an event names: found, merged from several, or created as p_new_id. Null: nobody has
-- these identities and there is no p_new_id.
create function resolve_contact(
  p_account_id uuid,
  p_new_id uuid,
  p_wa_id text,
  p_bsuid text,
  p_username text,
  p_profile_name text,
  -- What replaces the identities above, if the event says so.
  p_new_wa_id text,
  p_new_bsuid text,
  -- When Meta says it was so.
  p_at timestamptz
) returns uuid
language plpgsql
as $$
declare
  v_wa_id text := coalesce(p_new_wa_id, p_wa_id);
  v_bsuid text := coalesce(p_new_bsuid, p_bsuid);
  v_ids uuid[];
  v_keep uuid;
  v_other uuid;
begin
  loop
    v_ids := find_contacts_of_person(p_account_id, p_wa_id, p_bsuid, p_new_wa_id, p_new_bsuid);
    if cardinality(v_ids) > 0 then
      -- By rising id, so that two events about the same people wait for each other and never in a circle.
      perform from contacts where account_id = p_account_id and id = any (v_ids) order by id for update;
      -- Somebody else may have merged them while this one waited for the locks.
      exit when v_ids = find_contacts_of_person(p_account_id, p_wa_id, p_bsuid, p_new_wa_id, p_new_bsuid);
      continue;
    end if;
    if p_new_id is null then
      return null;
    end if;
    insert into contacts (account_id, id, phone, wa_id, bsuid, username, profile_name, name, identified_at)
    values (
      p_account_id, p_new_id, '+' || v_wa_id, v_wa_id, v_bsuid, p_username, p_profile_name, p_profile_name, p_at
    )
    on conflict do nothing;
    if found then
      return p_new_id;
    end if;
  end loop;

  v_keep := v_ids[1];
  foreach v_other in array v_ids[2:] loop
    perform merge_contacts(p_account_id, v_keep, v_other);
  end loop;
  -- Meta's latest word on identities and profile counts, by Meta's clock: an event that comes late only fills gaps.
  -- A known contact keeps its phone unless the number has changed. The name belongs to the account's people.
  update contacts c
  set wa_id = n.wa_id,
    bsuid = n.bsuid,
    phone = n.phone,
    username = n.username,
    profile_name = n.profile_name,
    name = n.name,
    identified_at = greatest(c.identified_at, p_at),
    updated_at = case
      when (c.wa_id, c.bsuid, c.phone, c.username, c.profile_name, c.name)
        is distinct from (n.wa_id, n.bsuid, n.phone, n.username, n.profile_name, n.name)
      then clock_timestamp()
      else c.updated_at
    end
  from (
    select
      k.id,
      case when late then coalesce(k.wa_id, v_wa_id) else coalesce(v_wa_id, k.wa_id) end as wa_id,
      case when late then coalesce(k.bsuid, v_bsuid) else coalesce(v_bsuid, k.bsuid) end as bsuid,
      case
        when k.phone is null then '+' || v_wa_id
        when not late
          and p_new_wa_id is distinct from k.wa_id
          and phone_key('+' || p_new_wa_id) <> phone_key(k.phone)
        then '+' || p_new_wa_id
        else k.phone
      end as phone,
      case when late then coalesce(k.username, p_username) else coalesce(p_username, k.username) end as username,
      case
        when late then coalesce(k.profile_name, p_profile_name) else coalesce(p_profile_name, k.profile_name)
      end as profile_name,
      coalesce(k.name, p_profile_name) as name
    from (
      select *, coalesce(p_at < identified_at, false) as late
      from contacts
      where account_id = p_account_id and id = v_keep
    ) k
  ) n
  where c.account_id = p_account_id
    and c.id = n.id
    and (c.wa_id, c.bsuid, c.phone, c.username, c.profile_name, c.name, c.identified_at)
      is distinct from
      (n.wa_id, n.bsuid, n.phone, n.username, n.profile_name, n.name, greatest(c.identified_at, p_at));
  return v_keep;
end
$$;
