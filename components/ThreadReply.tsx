/**
 * What can be said in a conversation: a free text while WhatsApp's 24-hour window is open, else a template. In test mode
 * also a form that lets the other person write.
 */
import type { VNode } from "preact";
import type { ConversationRow } from "@/db/conversations.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Alert } from "./Alert.tsx";
import { Button } from "./Button.tsx";
import { Field } from "./Field.tsx";
import { FlaskIcon, SendIcon } from "./icons.ts";
import { ModeField } from "./ModeField.tsx";
import { TextArea } from "./TextArea.tsx";
import { TextInput } from "./TextInput.tsx";
import { Time } from "./Time.tsx";

/** What the form holds when it is shown again. */
export interface ReplyForm {
  text: string;
  idempotencyKey: string;
  errors: Record<string, string>;
}

/** The reply box, or why there is none. */
export function ThreadReply({ conversation, mode, form }: {
  conversation: ConversationRow;
  mode: Mode;
  form: ReplyForm;
}): VNode {
  const path = adminUrl(`/conversations/${conversation.id}`, mode);
  const problem = form.errors[""] ?? form.errors.idempotency_key;
  if (!conversation.window_open) {
    return (
      <WindowClosed conversation={conversation} mode={mode} problem={problem} text={form.text} />
    );
  }
  return (
    <form method="post" action={path} class="space-y-3">
      <ModeField mode={mode} />
      <input type="hidden" name="idempotency_key" value={form.idempotencyKey} />
      {problem !== undefined && <Alert tone="bad" title="Not sent" announce>{problem}</Alert>}
      <Field label="Reply" name="text" error={form.errors.text}>
        <TextArea name="text" value={form.text} required maxLength={4096} rows={3} />
      </Field>
      <div class="flex flex-wrap items-center justify-between gap-3">
        {conversation.window_expires_at !== null && (
          <p class="text-xs text-muted">
            You can write freely until{" "}
            <Time at={conversation.window_expires_at} format="datetime" />.
          </p>
        )}
        <Button variant="primary" icon={<SendIcon />}>
          {mode === "test" ? "Send in test mode" : "Send to WhatsApp"}
        </Button>
      </div>
    </form>
  );
}

function WindowClosed({ conversation, mode, problem, text }: {
  conversation: ConversationRow;
  mode: Mode;
  problem: string | undefined;
  /** What was not sent. */
  text: string;
}): VNode {
  const { contact, window_expires_at: expiredAt } = conversation;
  const to = contact.phone ?? (contact.wa_id === null ? contact.bsuid : `+${contact.wa_id}`);
  return (
    <div class="space-y-3">
      {problem !== undefined && (
        <Alert tone="bad" title="Not sent" announce>
          <p>{problem}</p>
          {text !== "" && <p class="mt-2 whitespace-pre-wrap wrap-anywhere">{text}</p>}
        </Alert>
      )}
      <Alert
        tone="info"
        title="Only a template can be sent now"
        actions={
          <Button size="sm" href={adminUrl("/playground", mode, { to, type: "template" })}>
            Send a template
          </Button>
        }
      >
        WhatsApp lets businesses write freely for 24 hours after a person's last message.{" "}
        {expiredAt === null ? "This person has not written yet." : (
          <>
            That ended <Time at={expiredAt} />.
          </>
        )}
      </Alert>
    </div>
  );
}

/** Test mode: lets the contact write. */
export function SimulateReply(
  { conversationId, error, text }: { conversationId: string; error?: string; text: string },
): VNode {
  return (
    <form
      method="post"
      action={adminUrl(`/conversations/${conversationId}/simulate`, "test")}
      class="flex flex-wrap items-end gap-3"
    >
      <ModeField mode="test" />
      <div class="min-w-0 flex-1 basis-56">
        <Field
          label="Simulate a reply"
          name="text"
          id="simulated-text"
          hint="Arrives as if the contact had written it: signed, by the webhook."
          error={error}
        >
          <TextInput name="text" value={text} required maxLength={4096} placeholder="Hello!" />
        </Field>
      </div>
      <div class="pb-5.5">
        <Button icon={<FlaskIcon />}>Receive</Button>
      </div>
    </form>
  );
}
