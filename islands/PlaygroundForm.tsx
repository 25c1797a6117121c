/**
 * The playground's form. Every input writes the whole form into the signal `draft`, from which the preview and the
 * code beside it are made; a moment later the server says what the API would object to. Sending fills `answer`.
 * Without a script it is an ordinary form.
 */
import type { Signal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import type { TargetedEvent, VNode } from "preact";
import { useRef } from "preact/hooks";
import { adminUrl } from "@/components/admin_url.ts";
import { ModeField } from "@/components/ModeField.tsx";
import { draftUrl } from "@/components/playground_url.ts";
import { PlaygroundFields } from "@/components/PlaygroundFields.tsx";
import { PlaygroundOptions } from "@/components/PlaygroundOptions.tsx";
import {
  PlaygroundRecipients,
  type SuggestedRecipient,
} from "@/components/PlaygroundRecipients.tsx";
import { PlaygroundSendBar } from "@/components/PlaygroundSendBar.tsx";
import { PlaygroundTypes } from "@/components/PlaygroundTypes.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { MessageType } from "@/lib/messages/message_request.ts";
import type { PlaygroundAnswer } from "@/lib/playground/answer.ts";
import { type PlaygroundDraft, readDraft } from "@/lib/playground/draft.ts";
import { sendDraft } from "./playground_calls.ts";
import { useDraftCheck } from "./playground_check.ts";

/** What the page gives the form. */
export interface PlaygroundFormProps {
  draft: Signal<PlaygroundDraft>;
  answer: Signal<PlaygroundAnswer | null>;
  mode: Mode;
  /** The idempotency key of the next send, if the draft has none of its own. */
  sendKey: string;
  /** The number that live messages come from, if it is known. */
  sender: string | null;
  /** Test mode's recipients that fail on purpose; none in live mode. */
  recipients: SuggestedRecipient[];
}

export default function PlaygroundForm(props: PlaygroundFormProps): VNode {
  const { draft, answer, mode } = props;
  const form = useRef<HTMLFormElement>(null);
  const sendKey = useSignal(props.sendKey);
  const progress = useSignal<"idle" | "sending" | "failed">("idle");
  const check = useDraftCheck(draft, { mode, first: answer.peek() });
  const hrefOf = (change: Partial<PlaygroundDraft>) =>
    draftUrl({ ...draft.value, ...change }, mode);

  const read = () => {
    if (form.current === null) return;
    const fields = new FormData(form.current);
    draft.value = readDraft((name) => fields.getAll(name).map(String));
  };
  const send = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (progress.value === "sending") return;
    progress.value = "sending";
    const reply = await sendDraft(draft.value, { mode, sendKey: sendKey.value });
    progress.value = reply === null ? "failed" : "idle";
    if (reply === null) return;
    sendKey.value = reply.sendKey;
    check.send(reply.answer);
    answer.value = reply.answer;
  };
  const choose = (type: MessageType) => {
    if (type !== draft.value.type) check.restart();
    draft.value = { ...draft.value, type };
  };
  return (
    <form
      ref={form}
      method="post"
      action={adminUrl("/playground", mode)}
      onInput={read}
      onChange={(event) => check.leave((event.target as HTMLElement).id.replace(/^field-/, ""))}
      onSubmit={send}
      class="space-y-5"
    >
      <ModeField mode={mode} />
      <input type="hidden" name="send_key" value={sendKey.value} autocomplete="off" />
      <input type="hidden" name="type" value={draft.value.type} autocomplete="off" />
      <PlaygroundTypes
        current={draft.value.type}
        hrefOf={(type) => hrefOf({ type })}
        onSelect={choose}
      />
      <PlaygroundFields draft={draft.value} issues={check.issues} />
      {props.recipients.length > 0 && (
        <PlaygroundRecipients
          recipients={props.recipients}
          hrefOf={(to) => hrefOf({ to })}
          onSelect={(to) => draft.value = { ...draft.value, to }}
        />
      )}
      <PlaygroundOptions draft={draft.value} issues={check.issues} />
      <PlaygroundSendBar
        mode={mode}
        sender={props.sender}
        progress={progress.value}
        problem={check.issues[""]}
        warnings={check.warnings}
        link={hrefOf({})}
      />
    </form>
  );
}
