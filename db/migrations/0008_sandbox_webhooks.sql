-- Test mode: the webhooks that the sandbox is going to send, as rows, so that a restart loses none. Older code runs on
-- beside it.

create table sandbox_webhooks (
  account_id uuid not null,
  id uuid not null,
  -- The body, as Meta would send it.
  body text not null,
  due_at timestamptz(3) not null,
  primary key (account_id, id)
);

create index sandbox_webhooks_due on sandbox_webhooks (due_at);
