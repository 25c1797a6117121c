/** An answer of the API in full: status, what it means, the message it is about, body and headers. */
import type { ComponentChildren, VNode } from "preact";
import { adminUrl } from "./admin_url.ts";
import { Alert } from "./Alert.tsx";
import { Badge } from "./Badge.tsx";
import { CodeBlock } from "./CodeBlock.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { PlaygroundAnswer } from "@/lib/playground/answer.ts";

/** `state` is what is known of the message since. */
export function PlaygroundAnswerView({ answer, mode, state }: {
  answer: PlaygroundAnswer;
  mode: Mode;
  state?: ComponentChildren;
}): VNode {
  const { error, messageId, conversationId } = answer;
  return (
    <div class="space-y-4">
      <p class="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-sm">
        <Badge tone={error === null ? "good" : "bad"}>
          {`${answer.status} ${answer.statusText}`}
        </Badge>
        <span class="text-muted tabular-nums">{answer.durationMs} ms</span>
        {state}
        {messageId !== null && (
          <a class="link" href={adminUrl(`/messages/${messageId}`, mode)}>Open the message</a>
        )}
        {conversationId !== null && (
          <a class="link" href={adminUrl(`/conversations/${conversationId}`, mode)}>
            Open the conversation
          </a>
        )}
      </p>
      {error !== null && (
        <Alert tone="bad" title={error.code}>
          <p>{error.message}</p>
          {error.hint !== null && !error.message.includes(error.hint) && (
            <p class="mt-1.5">{error.hint}</p>
          )}
          <p class="mt-1.5">
            {error.fix} <a class="link" href={`/docs/errors#${error.code}`}>About this error</a>
          </p>
        </Alert>
      )}
      {answer.warnings.map(({ code, message }) => (
        <Alert key={code} tone="warn" title={code}>{message}</Alert>
      ))}
      <CodeBlock code={answer.body} language="Body" />
      <CodeBlock
        code={answer.headers.map(([name, value]) => `${name}: ${value}`).join("\n")}
        language="Headers"
        copy={false}
      />
    </div>
  );
}
