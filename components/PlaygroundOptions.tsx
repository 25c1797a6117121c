/** What every type of message may have besides: the message it answers, the contact's name, an idempotency key. */
import type { VNode } from "preact";
import { Field } from "./Field.tsx";
import { PlaygroundDetails } from "./PlaygroundDetails.tsx";
import type { PlaygroundFieldsProps } from "./PlaygroundFields.tsx";
import { TextInput } from "./TextInput.tsx";

const NAMES = ["reply_to_message_id", "contact_name", "idempotency_key"];

/** The optional fields. */
export function PlaygroundOptions({ draft, issues }: PlaygroundFieldsProps): VNode {
  return (
    <PlaygroundDetails
      label="Reply, contact name, Idempotency-Key"
      isOpen={[draft.replyTo, draft.contactName, draft.idempotencyKey].some((value) =>
        value !== ""
      ) || NAMES.some((name) => name in issues)}
    >
      <Field
        label="Reply to message"
        name="reply_to_message_id"
        optional
        error={issues.reply_to_message_id}
        hint="The id of a message of the same conversation that this one quotes."
      >
        <TextInput name="reply_to_message_id" value={draft.replyTo} mono />
      </Field>
      <Field
        label="Contact name"
        name="contact_name"
        optional
        error={issues.contact_name}
        hint="Used only if this message creates the contact."
      >
        <TextInput name="contact_name" value={draft.contactName} autocomplete="off" />
      </Field>
      <Field
        label="Idempotency-Key"
        name="idempotency_key"
        optional
        error={issues.idempotency_key}
        hint="The same key with the same message never sends twice. Left empty, this page makes one for each send, so that a double click is safe."
      >
        <TextInput name="idempotency_key" value={draft.idempotencyKey} mono />
      </Field>
    </PlaygroundDetails>
  );
}
