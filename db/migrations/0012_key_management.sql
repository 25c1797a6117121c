-- What people who manage keys need to know of them: who made and revoked a key, and which one replaced it. Older code
-- can still run: every column may be null, and it reads none of them.

alter table api_keys
  -- The user, with the address as it was then, which outlives the user. Null: made on the command line.
  add column created_by uuid,
  add column created_by_email text,
  add column revoked_by uuid,
  add column revoked_by_email text,
  -- The key that this one replaces, which may go on working for a while.
  add column rotated_from uuid references api_keys (id),
  -- Names the form that asked for the key, so that sending the form again makes no second one.
  add column form_token uuid,
  add constraint api_keys_created_by check ((created_by is null) = (created_by_email is null)),
  add constraint api_keys_revoked_by check (
    (revoked_by is null) = (revoked_by_email is null)
      and (revoked_by is null or revoked_at is not null)
  );

-- A key is replaced at most once, however many people press the button.
create unique index api_keys_rotated_from on api_keys (rotated_from) where rotated_from is not null;

create unique index api_keys_form_token on api_keys (account_id, form_token)
where form_token is not null;
