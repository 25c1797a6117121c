-- The schema that db/migrations/ makes, for reading and reviewing; it is not run.
-- Generated: "deno task schema" writes it again after a new migration.

create table accounts (
  id uuid not null,
  name text not null,
  mode text not null,
  live_account_id uuid,
  created_at timestamp(3) with time zone default now() not null,
  updated_at timestamp(3) with time zone default now() not null,
  constraint accounts_pkey PRIMARY KEY (id),
  constraint accounts_live_account_id_key UNIQUE (live_account_id),
  constraint accounts_live_account_id_fkey FOREIGN KEY (live_account_id) REFERENCES accounts(id),
  constraint accounts_check CHECK (((mode = 'test'::text) = (live_account_id IS NOT NULL))),
  constraint accounts_mode_check CHECK ((mode = ANY (ARRAY['live'::text, 'test'::text]))),
  constraint accounts_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80)))
);

create table api_keys (
  id uuid not null,
  account_id uuid not null,
  name text not null,
  key_hash bytea not null,
  prefix text not null,
  scopes text[] default '{}'::text[] not null,
  rate_limit integer default 120 not null,
  expires_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  last_used_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default now() not null,
  created_by uuid,
  created_by_email text,
  revoked_by uuid,
  revoked_by_email text,
  rotated_from uuid,
  form_token uuid,
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_key_hash_key UNIQUE (key_hash),
  constraint api_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint api_keys_rotated_from_fkey FOREIGN KEY (rotated_from) REFERENCES api_keys(id),
  constraint api_keys_created_by CHECK (((created_by IS NULL) = (created_by_email IS NULL))),
  constraint api_keys_key_hash_check CHECK ((length(key_hash) = 32)),
  constraint api_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
  constraint api_keys_rate_limit_check CHECK (((rate_limit >= 0) AND (rate_limit <= 1000000))),
  constraint api_keys_revoked_by CHECK ((((revoked_by IS NULL) = (revoked_by_email IS NULL)) AND ((revoked_by IS NULL) OR (revoked_at IS NOT NULL))))
);
CREATE INDEX api_keys_by_account ON public.api_keys USING btree (account_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX api_keys_form_token ON public.api_keys USING btree (account_id, form_token) WHERE (form_token IS NOT NULL);
CREATE UNIQUE INDEX api_keys_rotated_from ON public.api_keys USING btree (rotated_from) WHERE (rotated_from IS NOT NULL);

create table api_requests (
  account_id uuid not null,
  id uuid not null,
  api_key_id uuid,
  request_id text not null,
  method text not null,
  route text not null,
  status integer not null,
  error_code text,
  error_message text,
  duration_ms real not null,
  message_id uuid,
  recipient_masked text,
  created_at timestamp(3) with time zone not null,
  constraint api_requests_pkey PRIMARY KEY (account_id, id)
);
CREATE INDEX api_requests_by_account ON public.api_requests USING btree (account_id, created_at DESC, id DESC);
CREATE INDEX api_requests_by_key ON public.api_requests USING btree (account_id, COALESCE(api_key_id, '00000000-0000-0000-0000-000000000000'::uuid), method, route, status, COALESCE(error_code, ''::text), created_at DESC, id DESC);
CREATE INDEX api_requests_by_kind ON public.api_requests USING btree (account_id, method, route, status, COALESCE(error_code, ''::text), created_at DESC, id DESC);
CREATE INDEX api_requests_by_request_id ON public.api_requests USING btree (account_id, request_id, created_at DESC, id DESC);

create table audit_log (
  account_id uuid not null,
  id uuid not null,
  user_id uuid,
  user_email text,
  action text not null,
  target_type text not null,
  target_id text not null,
  mode text not null,
  details jsonb default '{}'::jsonb not null,
  created_at timestamp(3) with time zone default now() not null,
  constraint audit_log_pkey PRIMARY KEY (account_id, id),
  constraint audit_log_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint audit_log_action_check CHECK (((length(action) >= 1) AND (length(action) <= 80))),
  constraint audit_log_mode_check CHECK ((mode = ANY (ARRAY['live'::text, 'test'::text]))),
  constraint audit_log_target_type_check CHECK (((length(target_type) >= 1) AND (length(target_type) <= 80)))
);
CREATE INDEX audit_log_by_time ON public.audit_log USING btree (account_id, created_at DESC, id DESC);

create table contacts (
  account_id uuid not null,
  id uuid not null,
  phone text,
  phone_key text generated always as (phone_key(phone)) stored,
  wa_id text,
  bsuid text,
  username text,
  name text,
  profile_name text,
  email text,
  company text,
  erased_at timestamp(3) with time zone,
  merged_into uuid,
  created_at timestamp(3) with time zone default now() not null,
  updated_at timestamp(3) with time zone default now() not null,
  identified_at timestamp(3) with time zone,
  constraint contacts_pkey PRIMARY KEY (account_id, id),
  constraint contacts_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint contacts_check CHECK ((num_nonnulls(phone, wa_id, bsuid, erased_at, merged_into) > 0)),
  constraint contacts_erased_check CHECK (((erased_at IS NULL) OR (num_nonnulls(phone, wa_id, bsuid, username, name, profile_name, email, company) = 0))) NOT VALID,
  constraint contacts_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{5,16}$'::text))
);
CREATE UNIQUE INDEX contacts_bsuid ON public.contacts USING btree (account_id, bsuid) WHERE (bsuid IS NOT NULL);
CREATE INDEX contacts_by_account ON public.contacts USING btree (account_id, created_at DESC, id DESC) WHERE ((merged_into IS NULL) AND (erased_at IS NULL));
CREATE INDEX contacts_merged_into ON public.contacts USING btree (account_id, merged_into) WHERE (merged_into IS NOT NULL);
CREATE UNIQUE INDEX contacts_phone_key ON public.contacts USING btree (account_id, phone_key);
CREATE UNIQUE INDEX contacts_wa_id ON public.contacts USING btree (account_id, wa_id) WHERE (wa_id IS NOT NULL);

create table conversations (
  account_id uuid not null,
  id uuid not null,
  contact_id uuid not null,
  status text default 'open'::text not null,
  last_message_text text,
  last_message_at timestamp(3) with time zone,
  last_inbound_at timestamp(3) with time zone,
  unread_count integer default 0 not null,
  merged_into uuid,
  created_at timestamp(3) with time zone default now() not null,
  updated_at timestamp(3) with time zone default now() not null,
  constraint conversations_pkey PRIMARY KEY (account_id, id),
  constraint conversations_account_id_contact_id_key UNIQUE (account_id, contact_id),
  constraint conversations_account_id_contact_id_fkey FOREIGN KEY (account_id, contact_id) REFERENCES contacts(account_id, id),
  constraint conversations_status_check CHECK ((status = ANY (ARRAY['open'::text, 'pending'::text, 'closed'::text]))),
  constraint conversations_unread_count_check CHECK ((unread_count >= 0))
) with (fillfactor=85);
CREATE INDEX conversations_by_account ON public.conversations USING btree (account_id, created_at DESC, id DESC) WHERE (merged_into IS NULL);
CREATE INDEX conversations_by_status ON public.conversations USING btree (account_id, status, created_at DESC, id DESC) WHERE (merged_into IS NULL);

create table erasures (
  account_id uuid not null,
  contact_id uuid not null,
  stage text default 'messages'::text not null,
  identities jsonb default '[]'::jsonb not null,
  message_at timestamp(3) with time zone,
  message_id uuid,
  log_id uuid,
  settled_at timestamp(3) with time zone,
  requested_at timestamp(3) with time zone default clock_timestamp() not null,
  due_at timestamp(3) with time zone default clock_timestamp() not null,
  finished_at timestamp(3) with time zone,
  constraint erasures_pkey PRIMARY KEY (account_id, contact_id),
  constraint erasures_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint erasures_check CHECK (((stage = 'done'::text) = (finished_at IS NOT NULL))),
  constraint erasures_check1 CHECK (((stage <> 'done'::text) OR (identities = '[]'::jsonb))),
  constraint erasures_stage_check CHECK ((stage = ANY (ARRAY['messages'::text, 'settling'::text, 'requests'::text, 'events'::text, 'done'::text])))
);
CREATE INDEX erasures_due ON public.erasures USING btree (due_at) WHERE (stage <> 'done'::text);

create table idempotency_keys (
  account_id uuid not null,
  endpoint text not null,
  key text not null,
  fingerprint bytea not null,
  message_id uuid not null,
  contact_created boolean default false not null,
  created_at timestamp(3) with time zone default now() not null,
  constraint idempotency_keys_pkey PRIMARY KEY (account_id, endpoint, key),
  constraint idempotency_keys_fingerprint_check CHECK ((length(fingerprint) = 32)),
  constraint idempotency_keys_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255)))
);
CREATE INDEX idempotency_keys_by_age ON public.idempotency_keys USING btree (created_at);

create table latency_hours (
  account_id uuid not null,
  hour timestamp(3) with time zone not null,
  bucket smallint not null,
  requests bigint not null,
  constraint latency_hours_pkey PRIMARY KEY (account_id, hour, bucket)
);

create table links (
  token_hash bytea not null,
  id uuid not null,
  kind text not null,
  account_id uuid,
  email text,
  created_by uuid,
  created_at timestamp(3) with time zone default now() not null,
  expires_at timestamp(3) with time zone not null,
  used_at timestamp(3) with time zone,
  constraint links_pkey PRIMARY KEY (token_hash),
  constraint links_id_key UNIQUE (id),
  constraint links_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint links_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id) ON DELETE CASCADE,
  constraint links_check CHECK (
CASE kind
    WHEN 'setup'::text THEN (num_nonnulls(account_id, email, created_by) = 0)
    ELSE (num_nulls(account_id, email, created_by) = 0)
END),
  constraint links_email_check CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254)))),
  constraint links_kind_check CHECK ((kind = ANY (ARRAY['setup'::text, 'invitation'::text]))),
  constraint links_token_hash_check CHECK ((length(token_hash) = 32))
);
CREATE INDEX links_by_creator ON public.links USING btree (created_by);
CREATE UNIQUE INDEX links_one_invitation ON public.links USING btree (account_id, email) WHERE ((kind = 'invitation'::text) AND (used_at IS NULL));
CREATE UNIQUE INDEX links_one_setup ON public.links USING btree (kind) WHERE (kind = 'setup'::text);

create table message_changes (
  account_id uuid not null,
  id bigint generated always as identity not null,
  message_id uuid not null,
  conversation_id uuid not null,
  direction text not null,
  from_status text,
  to_status text not null,
  message_created_at timestamp(3) with time zone not null,
  changed_at timestamp with time zone default clock_timestamp() not null,
  constraint message_changes_pkey PRIMARY KEY (account_id, id)
);

create table message_hours (
  account_id uuid not null,
  hour timestamp(3) with time zone not null,
  direction text not null,
  status text not null,
  messages bigint not null,
  constraint message_hours_pkey PRIMARY KEY (account_id, hour, direction, status)
);

create table messages (
  account_id uuid not null,
  id uuid not null,
  conversation_id uuid not null,
  contact_id uuid not null,
  direction text not null,
  type text not null,
  status text not null,
  recipient text not null,
  sender text,
  body text,
  media_url text,
  filename text,
  template jsonb,
  media jsonb,
  content jsonb,
  reply_to_message_id uuid,
  wamid text,
  error jsonb,
  lease_until timestamp(3) with time zone,
  api_key_id uuid,
  request_id text,
  idempotency_key text,
  created_at timestamp(3) with time zone default now() not null,
  sent_at timestamp(3) with time zone,
  delivered_at timestamp(3) with time zone,
  read_at timestamp(3) with time zone,
  failed_at timestamp(3) with time zone,
  edited_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  erased_at timestamp(3) with time zone,
  wamid_hash bytea,
  constraint messages_pkey PRIMARY KEY (account_id, id),
  constraint messages_account_id_contact_id_fkey FOREIGN KEY (account_id, contact_id) REFERENCES contacts(account_id, id),
  constraint messages_account_id_conversation_id_fkey FOREIGN KEY (account_id, conversation_id) REFERENCES conversations(account_id, id),
  constraint messages_check CHECK (((direction = 'inbound'::text) = (status = 'received'::text))),
  constraint messages_check1 CHECK (((status <> 'pending'::text) OR (lease_until IS NOT NULL))),
  constraint messages_direction_check CHECK ((direction = ANY (ARRAY['inbound'::text, 'outbound'::text]))),
  constraint messages_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'unknown'::text, 'sent'::text, 'failed'::text, 'delivered'::text, 'read'::text, 'received'::text])))
);
CREATE INDEX messages_by_account ON public.messages USING btree (account_id, created_at DESC, id DESC);
CREATE INDEX messages_by_conversation ON public.messages USING btree (account_id, conversation_id, created_at DESC, id DESC);
CREATE INDEX messages_by_error ON public.messages USING btree (account_id, ((error ->> 'code'::text)), status, type, created_at DESC, id DESC) WHERE (error IS NOT NULL);
CREATE INDEX messages_by_kind ON public.messages USING btree (account_id, status, type, created_at DESC, id DESC);
CREATE INDEX messages_inbound ON public.messages USING btree (account_id, created_at DESC, id DESC) WHERE (direction = 'inbound'::text);
CREATE INDEX messages_pending ON public.messages USING btree (lease_until) WHERE (status = 'pending'::text);
CREATE INDEX messages_reactions ON public.messages USING btree (account_id, reply_to_message_id) WHERE (type = 'reaction'::text);
CREATE INDEX messages_undelivered ON public.messages USING btree (account_id, status, created_at DESC, id DESC) WHERE (status = ANY (ARRAY['unknown'::text, 'failed'::text]));
CREATE UNIQUE INDEX messages_wamid ON public.messages USING btree (account_id, wamid) WHERE (wamid IS NOT NULL);
CREATE UNIQUE INDEX messages_wamid_hash ON public.messages USING btree (account_id, wamid_hash) WHERE (wamid_hash IS NOT NULL);
CREATE TRIGGER messages_created AFTER INSERT ON public.messages FOR EACH ROW EXECUTE FUNCTION record_message_change();
CREATE TRIGGER messages_status_changed AFTER UPDATE OF status ON public.messages FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION record_message_change();
CREATE TRIGGER messages_stay_erased AFTER UPDATE ON public.messages FOR EACH ROW WHEN ((new.erased_at IS NOT NULL)) EXECUTE FUNCTION keep_message_erased();

create table meta_events (
  account_id uuid not null,
  id uuid not null,
  integration_id uuid not null,
  kind text not null,
  field text not null,
  payload text not null,
  state text not null,
  attempts integer default 0 not null,
  due_at timestamp(3) with time zone not null,
  error text,
  received_at timestamp(3) with time zone not null,
  processed_at timestamp(3) with time zone,
  constraint meta_events_pkey PRIMARY KEY (account_id, id),
  constraint meta_events_kind_check CHECK ((kind = ANY (ARRAY['status'::text, 'message'::text, 'user_id_update'::text, 'other'::text]))),
  constraint meta_events_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'processed'::text, 'ignored'::text, 'unmatched'::text, 'failed'::text])))
);
CREATE INDEX meta_events_by_age ON public.meta_events USING btree (account_id, received_at);
CREATE INDEX meta_events_due ON public.meta_events USING btree (due_at) WHERE (state = 'pending'::text);

create unlogged table rate_limit_states (
  key_id uuid not null,
  full_at timestamp with time zone not null,
  constraint rate_limit_states_pkey PRIMARY KEY (key_id),
  constraint rate_limit_states_key_id_fkey FOREIGN KEY (key_id) REFERENCES api_keys(id) ON DELETE CASCADE
);

create table request_hours (
  account_id uuid not null,
  hour timestamp(3) with time zone not null,
  api_key_id uuid not null,
  requests bigint not null,
  errors bigint not null,
  constraint request_hours_pkey PRIMARY KEY (account_id, hour, api_key_id)
);

create table retention_settings (
  account_id uuid not null,
  message_days integer,
  event_days integer default 30 not null,
  request_days integer default 30 not null,
  audit_days integer,
  updated_at timestamp(3) with time zone default now() not null,
  constraint retention_settings_pkey PRIMARY KEY (account_id),
  constraint retention_settings_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint retention_settings_audit_days_check CHECK (((audit_days >= 1) AND (audit_days <= 3650))),
  constraint retention_settings_event_days_check CHECK (((event_days >= 1) AND (event_days <= 3650))),
  constraint retention_settings_message_days_check CHECK (((message_days >= 1) AND (message_days <= 3650))),
  constraint retention_settings_request_days_check CHECK (((request_days >= 1) AND (request_days <= 3650)))
);

create table sandbox_webhooks (
  account_id uuid not null,
  id uuid not null,
  body text not null,
  due_at timestamp(3) with time zone not null,
  constraint sandbox_webhooks_pkey PRIMARY KEY (account_id, id)
);
CREATE INDEX sandbox_webhooks_due ON public.sandbox_webhooks USING btree (due_at);

create table schema_migrations (
  name text not null,
  checksum text not null,
  applied_at timestamp(3) with time zone default now() not null,
  constraint schema_migrations_pkey PRIMARY KEY (name)
);

create table sessions (
  token_hash bytea not null,
  user_id uuid not null,
  user_agent text,
  created_at timestamp(3) with time zone default now() not null,
  last_seen_at timestamp(3) with time zone default now() not null,
  expires_at timestamp(3) with time zone not null,
  id uuid not null,
  client_address text,
  constraint sessions_pkey PRIMARY KEY (token_hash),
  constraint sessions_id_key UNIQUE (id),
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE,
  constraint sessions_token_hash_check CHECK ((length(token_hash) = 32))
);
CREATE INDEX sessions_by_user ON public.sessions USING btree (user_id);

create unlogged table sign_in_attempts (
  key bytea not null,
  attempts integer not null,
  attempted_at timestamp(3) with time zone not null,
  blocked_until timestamp(3) with time zone,
  constraint sign_in_attempts_pkey PRIMARY KEY (key),
  constraint sign_in_attempts_attempts_check CHECK ((attempts >= 0)),
  constraint sign_in_attempts_key_check CHECK ((length(key) = 32))
);
CREATE INDEX sign_in_attempts_by_time ON public.sign_in_attempts USING btree (attempted_at);

create table users (
  id uuid not null,
  account_id uuid not null,
  email text not null,
  password_hash text not null,
  owner boolean default false not null,
  created_at timestamp(3) with time zone default now() not null,
  updated_at timestamp(3) with time zone default now() not null,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_email_key UNIQUE (email),
  constraint users_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint users_email_check CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254))))
);

create table webhook_health (
  account_id uuid not null,
  integration_id uuid not null,
  last_handshake_at timestamp(3) with time zone,
  last_handshake_ok boolean,
  last_handshake_error text,
  last_event_at timestamp(3) with time zone,
  signature_failures bigint default 0 not null,
  last_signature_failure_at timestamp(3) with time zone,
  constraint webhook_health_pkey PRIMARY KEY (account_id, integration_id),
  constraint webhook_health_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES whatsapp_integrations(id)
);

create table whatsapp_drafts (
  account_id uuid not null,
  access_token text,
  app_secret text,
  created_at timestamp(3) with time zone default now() not null,
  updated_at timestamp(3) with time zone default now() not null,
  constraint whatsapp_drafts_pkey PRIMARY KEY (account_id),
  constraint whatsapp_drafts_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint whatsapp_drafts_check CHECK ((num_nonnulls(access_token, app_secret) > 0))
);

create table whatsapp_integrations (
  id uuid not null,
  account_id uuid not null,
  phone_number_id text,
  waba_id text,
  access_token text,
  app_secret text,
  verify_token text,
  status text not null,
  display_phone_number text,
  verified_name text,
  created_at timestamp(3) with time zone default now() not null,
  updated_at timestamp(3) with time zone default now() not null,
  access_token_set_at timestamp(3) with time zone default now(),
  app_secret_set_at timestamp(3) with time zone default now(),
  verify_token_set_at timestamp(3) with time zone default now(),
  app_id text,
  app_name text,
  token_expires_at timestamp(3) with time zone,
  token_failed_at timestamp(3) with time zone,
  token_failure text,
  checks jsonb default '[]'::jsonb not null,
  sending_only_at timestamp(3) with time zone,
  proof_message_id uuid,
  constraint whatsapp_integrations_pkey PRIMARY KEY (id),
  constraint whatsapp_integrations_account_id_key UNIQUE (account_id),
  constraint whatsapp_integrations_phone_number_id_key UNIQUE (phone_number_id),
  constraint whatsapp_integrations_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint whatsapp_integrations_check CHECK (
CASE
    WHEN (status = 'disconnected'::text) THEN (num_nonnulls(phone_number_id, access_token, app_secret, verify_token) = 0)
    ELSE (num_nulls(phone_number_id, waba_id, access_token, app_secret, verify_token) = 0)
END),
  constraint whatsapp_integrations_status_check CHECK ((status = ANY (ARRAY['connected'::text, 'unverified'::text, 'disconnected'::text])))
);

CREATE OR REPLACE FUNCTION public.announce_message(p_account_id uuid, p_message_id uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into message_changes (
    account_id, message_id, conversation_id, direction, from_status, to_status, message_created_at
  )
  select account_id, id, conversation_id, direction, status, status, created_at
  from messages
  where account_id = p_account_id and id = p_message_id;
end
$function$;

CREATE OR REPLACE FUNCTION public.apply_message(p_account_id uuid, p_event_id uuid, p_message_id uuid, p_contact_id uuid, p_conversation_id uuid, p_wa_id text, p_bsuid text, p_username text, p_profile_name text, p_new_wa_id text, p_new_bsuid text, p_business_number text, p_type text, p_body text, p_media jsonb, p_content jsonb, p_preview text, p_wamid text, p_target_wamid text, p_waits_for_target boolean, p_at timestamp with time zone, p_by_person boolean)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_contact_id uuid;
  v_conversation_id uuid;
  v_target_id uuid;
begin
  select id into v_target_id from messages where account_id = p_account_id and wamid = p_target_wamid;
  if not found and p_target_wamid is not null and p_waits_for_target then
    return 'unmatched';
  end if;
  if not take_meta_event(p_account_id, p_event_id) then
    return 'done';
  end if;
  -- Meta repeats events for days: what an old one says of its sender is no news.
  if exists (select from messages where account_id = p_account_id and wamid = p_wamid) then
    return 'processed';
  end if;
  if exists (
    select from messages where account_id = p_account_id and wamid_hash = hash_wamid(p_account_id, p_wamid)
  ) then
    perform forget_meta_event(p_account_id, p_event_id);
    return 'processed';
  end if;
  v_contact_id := resolve_contact(
    p_account_id, p_contact_id, p_wa_id, p_bsuid, p_username, p_profile_name, p_new_wa_id, p_new_bsuid, p_at
  );

  insert into conversations (account_id, id, contact_id)
  values (p_account_id, p_conversation_id, v_contact_id)
  on conflict (account_id, contact_id) do nothing;
  select id into v_conversation_id
  from conversations
  where account_id = p_account_id and contact_id = v_contact_id
  for update;

  insert into messages (
    account_id, id, conversation_id, contact_id, direction, type, status, recipient, sender, body, media, content,
    reply_to_message_id, wamid, created_at
  )
  values (
    p_account_id, p_message_id, v_conversation_id, v_contact_id, 'inbound', p_type, 'received', p_business_number,
    coalesce('+' || p_wa_id, p_bsuid), p_body, p_media, p_content, v_target_id, p_wamid, p_at
  )
  on conflict (account_id, wamid) where wamid is not null do nothing;
  if not found then
    return 'processed';
  end if;

  update conversations
  set last_message_text = case
      when last_message_at is null or p_at >= last_message_at then p_preview else last_message_text
    end,
    last_message_at = greatest(last_message_at, p_at),
    last_inbound_at = case when p_by_person then greatest(last_inbound_at, p_at) else last_inbound_at end,
    unread_count = unread_count + case when p_by_person then 1 else 0 end,
    status = case when p_by_person then 'open' else status end,
    updated_at = clock_timestamp()
  where account_id = p_account_id and id = v_conversation_id;
  return 'processed';
end
$function$;

CREATE OR REPLACE FUNCTION public.apply_message_change(p_account_id uuid, p_event_id uuid, p_target_wamid text, p_body text, p_media jsonb, p_content jsonb, p_edited_at timestamp with time zone, p_revoked_at timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_id uuid;
  v_erased boolean;
begin
  select id into v_id
  from messages
  where account_id = p_account_id and wamid = p_target_wamid and direction = 'inbound';
  if not found then
    select id into v_id
    from messages
    where account_id = p_account_id
      and wamid_hash = hash_wamid(p_account_id, p_target_wamid)
      and direction = 'inbound';
  end if;
  if not found then
    return 'unmatched';
  end if;
  if not take_meta_event(p_account_id, p_event_id) then
    return 'done';
  end if;
  update messages
  set
    -- An older edit that comes late does not undo a newer one.
    body = case when p_edited_at >= coalesce(edited_at, '-infinity') then p_body else body end,
    media = case when p_edited_at >= coalesce(edited_at, '-infinity') then coalesce(p_media, media) else media end,
    content = case
      when p_edited_at >= coalesce(edited_at, '-infinity') then coalesce(p_content, content) else content
    end,
    edited_at = greatest(edited_at, p_edited_at),
    revoked_at = least(revoked_at, p_revoked_at)
  where account_id = p_account_id and id = v_id
  returning erased_at is not null into v_erased;
  if v_erased then
    perform forget_meta_event(p_account_id, p_event_id);
  end if;
  return 'processed';
end
$function$;

CREATE OR REPLACE FUNCTION public.apply_status(p_account_id uuid, p_event_id uuid, p_wamid text, p_message_id uuid, p_status text, p_at timestamp with time zone, p_error jsonb, p_wa_id text, p_bsuid text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_id uuid;
  v_contact_id uuid;
  v_erased boolean;
begin
  select id into v_id
  from messages
  where account_id = p_account_id and wamid = p_wamid and direction = 'outbound';
  if not found then
    select id into v_id
    from messages
    where account_id = p_account_id
      and wamid_hash = hash_wamid(p_account_id, p_wamid)
      and direction = 'outbound';
  end if;
  if not found and p_message_id is not null then
    select id into v_id
    from messages
    where account_id = p_account_id
      and id = p_message_id
      and direction = 'outbound'
      and wamid is null
      and wamid_hash is null;
  end if;
  if v_id is null then
    return 'unmatched';
  end if;
  if not take_meta_event(p_account_id, p_event_id) then
    return 'done';
  end if;

  update messages m
  set status = later_message_status(m.status, p_status),
    wamid = coalesce(m.wamid, p_wamid),
    error = case
      when later_message_status(m.status, p_status) <> 'failed' then null
      when p_status = 'failed' then p_error
      else m.error
    end,
    -- Meta's times are whole seconds: not before the message was made. The earliest counts, whatever the order.
    sent_at = case
      when p_status = 'sent' then least(m.sent_at, greatest(p_at, m.created_at)) else m.sent_at
    end,
    delivered_at = case
      when p_status = 'delivered' then least(m.delivered_at, greatest(p_at, m.created_at)) else m.delivered_at
    end,
    read_at = case
      when p_status = 'read' then least(m.read_at, greatest(p_at, m.created_at)) else m.read_at
    end,
    failed_at = case
      when p_status = 'failed' then least(m.failed_at, greatest(p_at, m.created_at)) else m.failed_at
    end,
    lease_until = null
  where m.account_id = p_account_id and m.id = v_id
  returning m.contact_id, m.erased_at is not null into v_contact_id, v_erased;
  if v_erased then
    perform forget_meta_event(p_account_id, p_event_id);
    return 'processed';
  end if;

  if not learn_identities(p_account_id, v_contact_id, p_wa_id, p_bsuid) then
    return 'identity_taken';
  end if;
  return 'processed';
end
$function$;

CREATE OR REPLACE FUNCTION public.apply_user_id_update(p_account_id uuid, p_event_id uuid, p_wa_id text, p_previous_bsuid text, p_current_bsuid text, p_at timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
begin
  if not take_meta_event(p_account_id, p_event_id) then
    return 'done';
  end if;
  perform resolve_contact(
    p_account_id, null, p_wa_id, p_previous_bsuid, null, null, null, p_current_bsuid, p_at
  );
  return 'processed';
end
$function$;

CREATE OR REPLACE FUNCTION public.authorize_key(p_key_hash bytea)
 RETURNS TABLE(key_id uuid, key_name text, prefix text, scopes text[], rate_limit integer, expires_at timestamp with time zone, account_id uuid, account_name text, account_mode text, usable boolean, allowed boolean, remaining integer, reset_at bigint, retry_after_seconds integer)
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.authorize_keys(p_key_hashes bytea[], p_times integer[], p_lock_timeout_ms integer)
 RETURNS TABLE(item integer, key_id uuid, key_name text, prefix text, scopes text[], rate_limit integer, expires_at timestamp with time zone, account_id uuid, account_name text, account_mode text, usable boolean, granted integer, remaining integer, full_at double precision, step double precision, retry_after_seconds integer)
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.begin_erasure(p_account_id uuid, p_contact_id uuid)
 RETURNS TABLE(contact_id uuid, is_new boolean, requested_at timestamp with time zone)
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.begin_send(p_account_id uuid, p_message_id uuid, p_contact_id uuid, p_conversation_id uuid, p_phone text, p_bsuid text, p_name text, p_type text, p_body text, p_media_url text, p_filename text, p_template jsonb, p_preview text, p_reply_to_message_id uuid, p_endpoint text, p_idempotency_key text, p_fingerprint bytea, p_lease_ms integer, p_api_key_id uuid, p_request_id text, p_key_hash bytea)
 RETURNS TABLE(outcome text, message_id uuid, conversation_id uuid, contact_id uuid, contact_created boolean, wamid text, reply_wamid text, integration_id uuid, phone_number_id text, access_token text, token_failed boolean, wa_id text, bsuid text, window_open boolean)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_now timestamptz := clock_timestamp();
  v_phone_key text := phone_key(p_phone);
  v_known record;
  v_last_used_at timestamptz;
  v_last_inbound_at timestamptz;
begin
  if p_key_hash is not null then
    select k.last_used_at into v_last_used_at
    from api_keys k
    where k.key_hash = p_key_hash
      and k.id = p_api_key_id
      and k.account_id = p_account_id
      and k.rate_limit = 0
      and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > v_now)
      and 'messages:send' = any (k.scopes);
    if not found then
      outcome := 'key_refused';
      return next;
      return;
    end if;
    -- At most one write a minute and key, as in authorize_key.
    if v_last_used_at is null or v_last_used_at < v_now - interval '1 minute' then
      update api_keys k
      set last_used_at = v_now
      where k.id = p_api_key_id and (k.last_used_at is null or k.last_used_at < v_now - interval '1 minute');
    end if;
  end if;

  if p_idempotency_key is not null then
    loop
      insert into idempotency_keys as k (account_id, endpoint, key, fingerprint, message_id, created_at)
      values (p_account_id, p_endpoint, p_idempotency_key, p_fingerprint, p_message_id, v_now)
      on conflict (account_id, endpoint, key) do update
        set fingerprint = excluded.fingerprint,
          message_id = excluded.message_id,
          contact_created = false,
          created_at = excluded.created_at
        where k.created_at <= v_now - interval '24 hours';
      exit when found;

      select k.fingerprint, k.message_id, k.contact_created, m.conversation_id, m.contact_id, m.status, m.wamid
      into v_known
      from idempotency_keys k
      left join messages m on m.account_id = k.account_id and m.id = k.message_id
      where k.account_id = p_account_id and k.endpoint = p_endpoint and k.key = p_idempotency_key;
      -- Not found: it was released between the two statements, so try to reserve it again.
      if found then
        outcome := case
          when v_known.fingerprint <> p_fingerprint then 'mismatch'
          when v_known.wamid is not null then 'replayed'
          when v_known.status = 'pending' then 'in_progress'
          else 'outcome_unknown'
        end;
        message_id := v_known.message_id;
        conversation_id := v_known.conversation_id;
        contact_id := v_known.contact_id;
        contact_created := v_known.contact_created;
        wamid := v_known.wamid;
        return next;
        return;
      end if;
    end loop;
  end if;

  select i.id, i.phone_number_id, i.access_token, i.token_failed_at is not null
  into integration_id, phone_number_id, access_token, token_failed
  from whatsapp_integrations i
  where i.account_id = p_account_id and i.status <> 'disconnected';
  if not found then
    raise exception 'The account has no WhatsApp integration' using errcode = 'WA001';
  end if;

  contact_created := false;
  loop
    -- Held to the end, so that the contact cannot be merged into another below this message. Waits for a merge under
    -- way, after which the identities are another contact's. Contact before conversation, as inbound messages lock them.
    if p_bsuid is not null then
      select c.id, c.wa_id, c.bsuid into contact_id, wa_id, bsuid
      from contacts c
      where c.account_id = p_account_id and c.bsuid = p_bsuid and c.merged_into is null
      for key share;
    else
      select c.id, c.wa_id, c.bsuid into contact_id, wa_id, bsuid
      from contacts c
      where c.account_id = p_account_id and c.phone_key = v_phone_key and c.merged_into is null
      for key share;
      if not found then
        select c.id, c.wa_id, c.bsuid into contact_id, wa_id, bsuid
        from contacts c
        where c.account_id = p_account_id and c.wa_id = substr(p_phone, 2) and c.merged_into is null
        for key share;
      end if;
    end if;
    exit when found;
    -- A new contact has no message that could be replied to.
    exit when p_reply_to_message_id is not null;
    insert into contacts as c (account_id, id, phone, bsuid, name)
    values (p_account_id, p_contact_id, p_phone, p_bsuid, p_name)
    on conflict do nothing
    returning c.id, c.bsuid into contact_id, bsuid;
    if found then
      contact_created := true;
      exit;
    end if;
    -- Somebody else has just created it; that transaction is over, or the insert would still wait.
  end loop;

  if p_reply_to_message_id is not null then
    select m.wamid into reply_wamid
    from messages m
    where m.account_id = p_account_id and m.id = p_reply_to_message_id and m.contact_id = begin_send.contact_id;
    if not found then
      raise exception 'The reply target is not a message of this conversation' using errcode = 'WA002';
    end if;
    if reply_wamid is null then
      raise exception 'The reply target has no WhatsApp message id' using errcode = 'WA003';
    end if;
  end if;

  if not contact_created then
    update conversations c
    set last_message_text = p_preview,
      last_message_at = v_now,
      unread_count = 0,
      updated_at = v_now
    where c.account_id = p_account_id and c.contact_id = begin_send.contact_id
    returning c.id, c.last_inbound_at into conversation_id, v_last_inbound_at;
  end if;
  if conversation_id is null then
    insert into conversations as c (account_id, id, contact_id, last_message_text, last_message_at)
    values (p_account_id, p_conversation_id, begin_send.contact_id, p_preview, v_now)
    on conflict (account_id, contact_id) do update
      set last_message_text = excluded.last_message_text,
        last_message_at = excluded.last_message_at,
        unread_count = 0,
        updated_at = excluded.last_message_at
    returning c.id, c.last_inbound_at into conversation_id, v_last_inbound_at;
  end if;

  insert into messages (
    account_id, id, conversation_id, contact_id, direction, type, status, recipient, body, media_url, filename,
    template, reply_to_message_id, lease_until, api_key_id, request_id, idempotency_key, created_at
  )
  values (
    p_account_id, p_message_id, begin_send.conversation_id, begin_send.contact_id, 'outbound', p_type, 'pending',
    coalesce(p_phone, p_bsuid), p_body, p_media_url, p_filename, p_template, p_reply_to_message_id,
    v_now + p_lease_ms * interval '1 millisecond', p_api_key_id, p_request_id, p_idempotency_key, v_now
  );

  if contact_created and p_idempotency_key is not null then
    update idempotency_keys k
    set contact_created = true
    where k.account_id = p_account_id and k.endpoint = p_endpoint and k.key = p_idempotency_key;
  end if;

  outcome := 'created';
  message_id := p_message_id;
  window_open := coalesce(v_last_inbound_at > v_now - interval '24 hours', false);
  return next;
end
$function$;

CREATE OR REPLACE FUNCTION public.begin_sends(p_sends jsonb, p_lock_timeout_ms integer)
 RETURNS TABLE(item integer, outcome text, message_id uuid, conversation_id uuid, contact_id uuid, contact_created boolean, wamid text, reply_wamid text, integration_id uuid, phone_number_id text, access_token text, token_failed boolean, wa_id text, bsuid text, window_open boolean)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  s record;
  v_now timestamptz;
  v_known record;
  -- The idempotency key is new, or one that has expired.
  v_reserved boolean;
  v_takes_over boolean;
  v_last_used_at timestamptz;
  v_last_inbound_at timestamptz;
  -- What was found for the send before: most have the same account and key.
  v_account_id uuid;
  v_configured boolean;
  v_key_account_id uuid;
  v_key_hash bytea;
begin
  if p_lock_timeout_ms is not null then
    perform set_config('lock_timeout', p_lock_timeout_ms::text, true);
  end if;

  -- In the order of the people, so that two batches do not wait for each other in a circle; those to one person in the
  -- order in which they came.
  for s in
    select
      sends.*, phone_key(sends.phone) as phone_key, decode(sends.key_hash, 'hex') as key_digest,
      decode(sends.fingerprint, 'hex') as body_digest
    from jsonb_to_recordset(p_sends) as sends(
      item integer, account_id uuid, message_id uuid, contact_id uuid, conversation_id uuid, phone text, bsuid text,
      name text, type text, body text, media_url text, filename text, template jsonb, preview text,
      reply_to_message_id uuid, endpoint text, idempotency_key text, fingerprint text, lease_ms integer,
      api_key_id uuid, request_id text, key_hash text
    )
    order by sends.account_id, phone_key(sends.phone), sends.bsuid, sends.item
  loop
    v_now := clock_timestamp();
    item := s.item;
    outcome := 'created';
    message_id := s.message_id;
    conversation_id := null;
    contact_id := null;
    contact_created := false;
    wamid := null;
    reply_wamid := null;
    wa_id := null;
    bsuid := null;
    window_open := false;

    if s.key_digest is not null and (
      v_key_hash is distinct from s.key_digest or v_key_account_id is distinct from s.account_id
    ) then
      select k.last_used_at into v_last_used_at
      from api_keys k
      where k.key_hash = s.key_digest
        and k.id = s.api_key_id
        and k.account_id = s.account_id
        and k.rate_limit = 0
        and k.revoked_at is null
        and (k.expires_at is null or k.expires_at > v_now)
        and 'messages:send' = any (k.scopes);
      if not found then
        outcome := 'key_refused';
        return next;
        continue;
      end if;
      v_key_hash := s.key_digest;
      v_key_account_id := s.account_id;
      -- At most one write a minute and key, as in authorize_key.
      if v_last_used_at is null or v_last_used_at < v_now - interval '1 minute' then
        update api_keys k
        set last_used_at = v_now
        where k.id = s.api_key_id and (k.last_used_at is null or k.last_used_at < v_now - interval '1 minute');
      end if;
    end if;

    v_reserved := false;
    v_takes_over := false;
    if s.idempotency_key is not null then
      loop
        insert into idempotency_keys (account_id, endpoint, key, fingerprint, message_id, created_at)
        values (s.account_id, s.endpoint, s.idempotency_key, s.body_digest, s.message_id, v_now)
        on conflict (account_id, endpoint, key) do nothing;
        v_reserved := found;
        exit when v_reserved;

        select
          k.fingerprint, k.message_id, k.contact_created, k.created_at, m.conversation_id, m.contact_id, m.status,
          m.wamid
        into v_known
        from idempotency_keys k
        left join messages m on m.account_id = k.account_id and m.id = k.message_id
        where k.account_id = s.account_id and k.endpoint = s.endpoint and k.key = s.idempotency_key
        for update of k;
        -- Not found: it was released between the two statements, so try to reserve it again.
        if found then
          v_takes_over := v_known.created_at <= v_now - interval '24 hours';
          exit when v_takes_over;
          outcome := case
            when v_known.fingerprint <> s.body_digest then 'mismatch'
            when v_known.wamid is not null then 'replayed'
            when v_known.status = 'pending' then 'in_progress'
            else 'outcome_unknown'
          end;
          message_id := v_known.message_id;
          conversation_id := v_known.conversation_id;
          contact_id := v_known.contact_id;
          contact_created := v_known.contact_created;
          wamid := v_known.wamid;
          exit;
        end if;
      end loop;
      if outcome <> 'created' then
        return next;
        continue;
      end if;
    end if;

    if v_account_id is distinct from s.account_id then
      select i.id, i.phone_number_id, i.access_token, i.token_failed_at is not null
      into integration_id, phone_number_id, access_token, token_failed
      from whatsapp_integrations i
      where i.account_id = s.account_id and i.status <> 'disconnected';
      v_account_id := s.account_id;
      v_configured := found;
    end if;

    if not v_configured then
      outcome := 'not_configured';
    else
      loop
        -- Held to the end, so that the contact cannot be merged into another below this message. Waits for a merge
        -- under way, after which the identities are another contact's. Contact before conversation, as inbound messages
        -- lock them.
        if s.bsuid is not null then
          select c.id, c.wa_id, c.bsuid into contact_id, wa_id, bsuid
          from contacts c
          where c.account_id = s.account_id and c.bsuid = s.bsuid and c.merged_into is null
          for key share;
        else
          select c.id, c.wa_id, c.bsuid into contact_id, wa_id, bsuid
          from contacts c
          where c.account_id = s.account_id and c.phone_key = s.phone_key and c.merged_into is null
          for key share;
          if not found then
            select c.id, c.wa_id, c.bsuid into contact_id, wa_id, bsuid
            from contacts c
            where c.account_id = s.account_id and c.wa_id = substr(s.phone, 2) and c.merged_into is null
            for key share;
          end if;
        end if;
        exit when found;
        -- A new contact has no message that could be replied to.
        exit when s.reply_to_message_id is not null;
        insert into contacts as c (account_id, id, phone, bsuid, name)
        values (s.account_id, s.contact_id, s.phone, s.bsuid, s.name)
        on conflict do nothing
        returning c.id, c.bsuid into contact_id, bsuid;
        if found then
          contact_created := true;
          exit;
        end if;
        -- Somebody else has just created it; that transaction is over, or the insert would still wait.
      end loop;

      if s.reply_to_message_id is not null then
        select m.wamid into reply_wamid
        from messages m
        where m.account_id = s.account_id
          and m.id = s.reply_to_message_id
          and m.contact_id = begin_sends.contact_id;
        outcome := case
          when not found then 'reply_not_found'
          when reply_wamid is null then 'reply_without_wamid'
          else 'created'
        end;
      end if;
    end if;

    if outcome <> 'created' then
      -- Nothing else was written so far.
      if v_reserved then
        delete from idempotency_keys k
        where k.account_id = s.account_id
          and k.endpoint = s.endpoint
          and k.key = s.idempotency_key
          and k.message_id = s.message_id;
      end if;
      return next;
      continue;
    end if;

    if not contact_created then
      update conversations c
      set last_message_text = s.preview,
        last_message_at = v_now,
        unread_count = 0,
        updated_at = v_now
      where c.account_id = s.account_id and c.contact_id = begin_sends.contact_id
      returning c.id, c.last_inbound_at into conversation_id, v_last_inbound_at;
    end if;
    if conversation_id is null then
      insert into conversations as c (account_id, id, contact_id, last_message_text, last_message_at)
      values (s.account_id, s.conversation_id, begin_sends.contact_id, s.preview, v_now)
      on conflict (account_id, contact_id) do update
        set last_message_text = excluded.last_message_text,
          last_message_at = excluded.last_message_at,
          unread_count = 0,
          updated_at = excluded.last_message_at
      returning c.id, c.last_inbound_at into conversation_id, v_last_inbound_at;
    end if;

    insert into messages (
      account_id, id, conversation_id, contact_id, direction, type, status, recipient, body, media_url, filename,
      template, reply_to_message_id, lease_until, api_key_id, request_id, idempotency_key, created_at
    )
    values (
      s.account_id, s.message_id, begin_sends.conversation_id, begin_sends.contact_id, 'outbound', s.type, 'pending',
      coalesce(s.phone, s.bsuid), s.body, s.media_url, s.filename, s.template, s.reply_to_message_id,
      v_now + s.lease_ms * interval '1 millisecond', s.api_key_id, s.request_id, s.idempotency_key, v_now
    );

    if v_takes_over or v_reserved and contact_created then
      update idempotency_keys k
      set fingerprint = s.body_digest,
        message_id = s.message_id,
        contact_created = begin_sends.contact_created,
        created_at = v_now
      where k.account_id = s.account_id and k.endpoint = s.endpoint and k.key = s.idempotency_key;
    end if;

    window_open := coalesce(v_last_inbound_at > v_now - interval '24 hours', false);
    return next;
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION public.count_sign_in_attempt(p_key bytea, p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.erase_messages(p_account_id uuid, p_ids uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.erase_next_messages(p_account_id uuid, p_contact_id uuid, p_endpoint text, p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.find_contact(p_account_id uuid, p_phone text, p_bsuid text)
 RETURNS uuid
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  v_phone_key text := phone_key(p_phone);
  v_id uuid;
begin
  if p_bsuid is not null then
    select id into v_id from contacts where account_id = p_account_id and bsuid = p_bsuid;
    return v_id;
  end if;
  select id into v_id from contacts where account_id = p_account_id and phone_key = v_phone_key;
  if not found then
    select id into v_id from contacts where account_id = p_account_id and wa_id = substr(p_phone, 2);
  end if;
  return v_id;
end
$function$;

CREATE OR REPLACE FUNCTION public.find_contacts_of_person(p_account_id uuid, p_wa_id text, p_bsuid text, p_new_wa_id text, p_new_bsuid text)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.finish_send(p_account_id uuid, p_message_id uuid, p_endpoint text, p_status text, p_wamid text, p_error jsonb, p_wa_id text, p_bsuid text, p_token_failed boolean)
 RETURNS TABLE(status text, wamid text, identity_taken boolean)
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.finish_sends(p_sends jsonb, p_lock_timeout_ms integer)
 RETURNS TABLE(item integer, status text, wamid text, identity_taken boolean)
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.forget_meta_event(p_account_id uuid, p_event_id uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  update meta_events
  set payload = '{"erased":true}', error = null
  where account_id = p_account_id and id = p_event_id;
end
$function$;

CREATE OR REPLACE FUNCTION public.hash_wamid(account_id uuid, wamid text)
 RETURNS bytea
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN sha256(convert_to(((account_id)::text || wamid), 'UTF8'::name));

CREATE OR REPLACE FUNCTION public.is_erasure_settled(p_account_id uuid, p_contact_id uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.keep_message_erased()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if num_nonnulls(new.wamid, new.body, new.media_url, new.filename, new.media, new.content) > 0
    or new.error ->> 'message' <> 'Removed with the data of the person'
    or (new.idempotency_key is not null and new.status <> 'pending')
  then
    perform erase_messages(new.account_id, array[new.id]);
  end if;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.latency_bucket(duration_ms double precision)
 RETURNS smallint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (floor((ln(GREATEST(duration_ms, (0.1)::double precision)) / ln((1.2)::double precision))))::smallint;

CREATE OR REPLACE FUNCTION public.later_message_status(a text, b text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (message_status_rank(b) > message_status_rank(a)) THEN b ELSE a END;

CREATE OR REPLACE FUNCTION public.learn_identities(p_account_id uuid, p_contact_id uuid, p_wa_id text, p_bsuid text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  c contacts;
  v_all boolean := true;
begin
  -- The caller holds its message, for which a merge of contacts may be waiting: so this never waits for the contact.
  -- Whoever has it locked mostly learns the same; if not, the next status or message tells it again.
  select * into c
  from contacts
  where account_id = p_account_id
    and id = p_contact_id
    and erased_at is null
    and ((wa_id is null and p_wa_id is not null) or (bsuid is null and p_bsuid is not null))
  for update skip locked;
  if not found then
    return true;
  end if;
  if c.wa_id is null and p_wa_id is not null then
    begin
      update contacts
      set wa_id = p_wa_id, updated_at = clock_timestamp()
      where account_id = p_account_id and id = p_contact_id and wa_id is null;
    exception when unique_violation then
      v_all := false;
    end;
  end if;
  if c.bsuid is null and p_bsuid is not null then
    begin
      update contacts
      set bsuid = p_bsuid, updated_at = clock_timestamp()
      where account_id = p_account_id and id = p_contact_id and bsuid is null;
    exception when unique_violation then
      v_all := false;
    end;
  end if;
  return v_all;
end
$function$;

CREATE OR REPLACE FUNCTION public.merge_contacts(p_account_id uuid, p_keep uuid, p_other uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.message_status_rank(status text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN array_position(ARRAY['pending'::text, 'unknown'::text, 'sent'::text, 'failed'::text, 'delivered'::text, 'read'::text], status);

CREATE OR REPLACE FUNCTION public.phone_key(phone text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (phone ~ '^\+55[0-9]{2}9[6-9][0-9]{7}$'::text) THEN (substr(phone, 1, 5) || substr(phone, 7)) WHEN (phone ~ '^\+521[0-9]{10}$'::text) THEN ('+52'::text || substr(phone, 5)) WHEN (phone ~ '^\+549[0-9]{10}$'::text) THEN ('+54'::text || substr(phone, 5)) ELSE phone END;

CREATE OR REPLACE FUNCTION public.record_message_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.resolve_contact(p_account_id uuid, p_new_id uuid, p_wa_id text, p_bsuid text, p_username text, p_profile_name text, p_new_wa_id text, p_new_bsuid text, p_at timestamp with time zone)
 RETURNS uuid
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.take_meta_event(p_account_id uuid, p_event_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  update meta_events
  set state = 'processed', processed_at = clock_timestamp()
  where account_id = p_account_id and id = p_event_id and state = 'pending';
  return found;
end
$function$;

CREATE OR REPLACE FUNCTION public.take_sign_in_attempt(p_address bytea, p_address_limit integer, p_email bytea, p_email_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_seconds integer := count_sign_in_attempt(p_address, p_address_limit);
begin
  if v_seconds > 0 then
    return v_seconds;
  end if;
  return count_sign_in_attempt(p_email, p_email_limit);
end
$function$;
