-- The mission's tables: the WhatsApp integration, contacts, conversations, messages, idempotency keys and the
-- request log. Tenant tables have account_id first in every unique index, so that they can be sharded by it.

create table whatsapp_integrations (
  id uuid primary key,
  account_id uuid not null unique references accounts (id),
  -- Freed (null) when the integration is disconnected.
  phone_number_id text unique,
  waba_id text,
  -- Encrypted; deleted when the integration is disconnected.
  access_token text,
  app_secret text,
  verify_token text,
  -- 'unverified': stored without asking Meta; sends work.
  status text not null check (status in ('connected', 'unverified', 'disconnected')),
  display_phone_number text,
  verified_name text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (
    case
      when status = 'disconnected' then num_nonnulls(phone_number_id, access_token, app_secret, verify_token) = 0
      else num_nulls(phone_number_id, waba_id, access_token, app_secret, verify_token) = 0
    end
  )
);

-- The form of a phone number under which WhatsApp's own rewritings are equal; for comparing, never for sending.
-- Source: Meta, "Phone numbers" (the added prefix of Brazilian and Mexican numbers may change).
create function phone_key(phone text) returns text
language sql immutable strict parallel safe
return case
  when phone ~ '^\+55[0-9]{2}9[6-9][0-9]{7}$' then substr(phone, 1, 5) || substr(phone, 7)
  when phone ~ '^\+521[0-9]{10}$' then '+52' || substr(phone, 5)
  when phone ~ '^\+549[0-9]{10}$' then '+54' || substr(phone, 5)
  else phone
end;

create table contacts (
  account_id uuid not null references accounts (id),
  id uuid not null,
  phone text check (phone ~ '^\+[1-9][0-9]{5,16}$'),
  phone_key text generated always as (phone_key(phone)) stored,
  -- Identities that Meta tells: the WhatsApp id (digits) and the business-scoped user id.
  wa_id text,
  bsuid text,
  username text,
  name text,
  profile_name text,
  email text,
  company text,
  erased_at timestamptz(3),
  merged_into uuid,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (account_id, id),
  check (num_nonnulls(phone, wa_id, bsuid, erased_at, merged_into) > 0)
);

create unique index contacts_phone_key on contacts (account_id, phone_key);
create unique index contacts_wa_id on contacts (account_id, wa_id);
create unique index contacts_bsuid on contacts (account_id, bsuid);

create table conversations (
  account_id uuid not null,
  id uuid not null,
  contact_id uuid not null,
  status text not null default 'open' check (status in ('open', 'pending', 'closed')),
  last_message_text text,
  last_message_at timestamptz(3),
  -- Opens the 24-hour customer service window.
  last_inbound_at timestamptz(3),
  unread_count integer not null default 0 check (unread_count >= 0),
  merged_into uuid,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (account_id, id),
  unique (account_id, contact_id),
  foreign key (account_id, contact_id) references contacts (account_id, id)
);

create table messages (
  account_id uuid not null,
  id uuid not null,
  conversation_id uuid not null,
  contact_id uuid not null,
  direction text not null check (direction in ('inbound', 'outbound')),
  type text not null,
  status text not null check (
    status in ('pending', 'unknown', 'sent', 'failed', 'delivered', 'read', 'received')
  ),
  -- As the caller gave them: "+" and digits, or a business-scoped user id.
  recipient text not null,
  sender text,
  body text,
  media_url text,
  filename text,
  template jsonb,
  -- Of inbound media: Meta's id and what Meta says of the file.
  media jsonb,
  -- Meta's own object, for kinds that have no column here.
  content jsonb,
  reply_to_message_id uuid,
  wamid text,
  error jsonb,
  -- While 'pending': the process that sends holds the row until then; afterwards the sweep makes it 'unknown'.
  lease_until timestamptz(3),
  api_key_id uuid,
  request_id text,
  idempotency_key text,
  created_at timestamptz(3) not null default now(),
  sent_at timestamptz(3),
  delivered_at timestamptz(3),
  read_at timestamptz(3),
  failed_at timestamptz(3),
  edited_at timestamptz(3),
  revoked_at timestamptz(3),
  primary key (account_id, id),
  foreign key (account_id, conversation_id) references conversations (account_id, id),
  foreign key (account_id, contact_id) references contacts (account_id, id),
  check ((direction = 'inbound') = (status = 'received')),
  check (status <> 'pending' or lease_until is not null)
);

create unique index messages_wamid on messages (account_id, wamid) where wamid is not null;
create index messages_by_account on messages (account_id, created_at desc, id desc);
create index messages_by_conversation on messages (account_id, conversation_id, created_at desc, id desc);
create index messages_pending on messages (lease_until) where status = 'pending';

-- Which status wins when several writers report on one outbound message; see lib/messages/status.ts.
create function message_status_rank(status text) returns integer
language sql immutable strict parallel safe
return array_position(array['pending', 'unknown', 'sent', 'failed', 'delivered', 'read'], status);

-- The later of two statuses in the order above: every writer applies it, so order and duplicates do not matter.
create function later_message_status(a text, b text) returns text
language sql immutable strict parallel safe
return case when message_status_rank(b) > message_status_rank(a) then b else a end;

-- One row per reserved Idempotency-Key. It stores no outcome: the answer is derived from the message.
create table idempotency_keys (
  account_id uuid not null,
  endpoint text not null,
  key text not null check (length(key) between 1 and 255),
  fingerprint bytea not null check (length(fingerprint) = 32),
  message_id uuid not null,
  contact_created boolean not null default false,
  created_at timestamptz(3) not null default now(),
  primary key (account_id, endpoint, key)
);

create index idempotency_keys_by_age on idempotency_keys (created_at);

-- One row per authenticated API request, written in batches, kept 30 days.
create table api_requests (
  account_id uuid not null,
  id uuid not null,
  api_key_id uuid,
  request_id text not null,
  method text not null,
  -- The route's pattern, never the URL.
  route text not null,
  status integer not null,
  error_code text,
  error_message text,
  duration_ms real not null,
  message_id uuid,
  -- The recipient with all but the country code and the last two digits masked.
  recipient_masked text,
  created_at timestamptz(3) not null,
  primary key (account_id, id)
);

create index api_requests_by_account on api_requests (account_id, created_at desc, id desc);
create index api_requests_by_request_id on api_requests (account_id, request_id);
