-- What the admin pages need to stay quick with millions of rows: a short-lived feed of message changes, hourly counters
-- made from it, hourly counters of API requests, and the indexes of the two logs. Older code can still run: its sends
-- are counted (a trigger does it), its API requests are in the request log but in no counter.

-- One row per new message and per change of a status, for live pages and for the counters below. Rows are rolled up and
-- deleted after about a minute. Ids are handed out in order but become visible in the order of commits.
create table message_changes (
  account_id uuid not null,
  id bigint generated always as identity,
  message_id uuid not null,
  conversation_id uuid not null,
  direction text not null,
  -- Null for a new message.
  from_status text,
  to_status text not null,
  message_created_at timestamptz(3) not null,
  changed_at timestamptz not null default clock_timestamp(),
  -- The only index: every send writes here, and each reader goes by account.
  primary key (account_id, id)
);

create function record_message_change() returns trigger
language plpgsql
as $$
begin
  insert into message_changes (
    account_id, message_id, conversation_id, direction, from_status, to_status, message_created_at
  )
  values (
    -- "old" is null when a message is inserted.
    new.account_id, new.id, new.conversation_id, new.direction, old.status, new.status, new.created_at
  );
  return null;
end
$$;

-- Triggers, so that no writer of messages can forget it. Creating them also keeps writers out until the counters below
-- have what is there already.
create trigger messages_created after insert on messages
for each row execute function record_message_change();
create trigger messages_status_changed after update of status on messages
for each row when (old.status is distinct from new.status) execute function record_message_change();

-- How many of the messages that were created in an hour (UTC) have a status now. A status change moves one from counter
-- to counter; batches may arrive in any order, so a counter may be below zero for a moment.
create table message_hours (
  account_id uuid not null,
  hour timestamptz(3) not null,
  direction text not null,
  status text not null,
  messages bigint not null,
  primary key (account_id, hour, direction, status)
);

insert into message_hours (account_id, hour, direction, status, messages)
select account_id, date_trunc('hour', created_at, 'UTC'), direction, status, count(*)
from messages
group by 1, 2, 3, 4;

-- API requests by hour (UTC) and key; the nil UUID stands for requests without a key. Errors are answers from 400 on.
create table request_hours (
  account_id uuid not null,
  hour timestamptz(3) not null,
  api_key_id uuid not null,
  requests bigint not null,
  errors bigint not null,
  primary key (account_id, hour, api_key_id)
);

-- The bucket of a duration: bucket n holds from 1.2^n to 1.2^(n+1) milliseconds, and everything under 0.1 ms is in the
-- lowest. The middle of a bucket is at most 10 % from anything in it.
create function latency_bucket(duration_ms double precision) returns smallint
language sql immutable strict parallel safe
return floor(ln(greatest(duration_ms, 0.1::double precision)) / ln(1.2::double precision))::smallint;

-- How long API requests took, by hour (UTC) and bucket.
create table latency_hours (
  account_id uuid not null,
  hour timestamptz(3) not null,
  bucket smallint not null,
  requests bigint not null,
  primary key (account_id, hour, bucket)
);

lock table api_requests in share row exclusive mode;

insert into request_hours (account_id, hour, api_key_id, requests, errors)
select
  account_id, date_trunc('hour', created_at, 'UTC'),
  coalesce(api_key_id, '00000000-0000-0000-0000-000000000000'),
  count(*), count(*) filter (where status >= 400)
from api_requests
group by 1, 2, 3;

insert into latency_hours (account_id, hour, bucket, requests)
select account_id, date_trunc('hour', created_at, 'UTC'), latency_bucket(duration_ms), count(*)
from api_requests
group by 1, 2, 3;

-- The message log with any choice of status, type, direction (inbound = 'received') and dates: each pair of status and
-- type is one range in the order of the pages, and a page is merged from the first rows of the ranges that are wanted.
-- The only index that is new to every send: it costs one entry per message and per status change.
create index messages_by_kind on messages (account_id, status, type, created_at desc, id desc);

-- The same for an error code; a send that succeeds has no entry. (A number's messages are those of its conversation.)
create index messages_by_error on messages (
  account_id, (error ->> 'code'), status, type, created_at desc, id desc
)
where error is not null;

-- The request log with any choice of route, status, error code and dates, in the same manner, and with a key as well. No
-- key and no error code are values here, because ranges begin and end with values.
create index api_requests_by_kind on api_requests (
  account_id, method, route, status, coalesce(error_code, ''), created_at desc, id desc
);
create index api_requests_by_key on api_requests (
  account_id, coalesce(api_key_id, '00000000-0000-0000-0000-000000000000'), method, route, status,
  coalesce(error_code, ''), created_at desc, id desc
);

-- A caller may give many requests the same id.
drop index api_requests_by_request_id;
create index api_requests_by_request_id on api_requests (account_id, request_id, created_at desc, id desc);

-- Reactions are shown at the message that they answer.
create index messages_reactions on messages (account_id, reply_to_message_id) where type = 'reaction';

-- On a table without statistics (a new database, until the first analyze) Postgres finds every index that holds the
-- account and the id equally cheap and takes the youngest: messages_by_kind, of which it would read all that the account
-- has. So the primary key has to be the youngest one.
alter table messages drop constraint messages_pkey, add primary key (account_id, id);
