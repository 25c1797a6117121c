-- How long an account keeps what. Older code runs on beside it and keeps events and requests 30 days, as by default.

-- Of the live account; they hold for its test twin too. No row: the defaults. Null: for ever.
create table retention_settings (
  account_id uuid primary key references accounts (id),
  message_days integer check (message_days between 1 and 3650),
  event_days integer not null default 30 check (event_days between 1 and 3650),
  request_days integer not null default 30 check (request_days between 1 and 3650),
  audit_days integer check (audit_days between 1 and 3650),
  updated_at timestamptz(3) not null default now()
);
