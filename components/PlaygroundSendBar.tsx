/** The end of the form: where the message will go, the button that sends it, and a link to come back to it. */
import type { VNode } from "preact";
import { Alert } from "./Alert.tsx";
import { Badge } from "./Badge.tsx";
import { Button } from "./Button.tsx";
import { FlaskIcon, SendIcon } from "./icons.ts";
import type { Mode } from "@/lib/keys/key_format.ts";

/** `problem` is about the message as a whole; `link` is the page with the draft in it. */
export function PlaygroundSendBar(props: {
  mode: Mode;
  sender: string | null;
  progress: "idle" | "sending" | "failed";
  problem?: string | undefined;
  warnings: readonly { code: string; message: string }[];
  link: string;
}): VNode {
  const { mode, sender, progress } = props;
  const isTest = mode === "test";
  const label = isTest ? "Send in test mode" : "Send to WhatsApp";
  return (
    <div class="space-y-3 border-t border-line pt-5">
      {props.problem !== undefined && <Alert tone="bad">{props.problem}</Alert>}
      {props.warnings.map(({ code, message }) => <Alert key={code} tone="warn">{message}</Alert>)}
      {progress === "failed" && (
        <Alert tone="bad" announce title="No answer came">
          Send it again: if the first one did arrive, it is not sent twice. If this goes on, reload
          the page.
        </Alert>
      )}
      <div class="flex flex-wrap items-center gap-x-4 gap-y-3">
        <Button
          variant="primary"
          disabled={progress === "sending"}
          icon={isTest ? <FlaskIcon /> : <SendIcon />}
        >
          {progress === "sending" ? "Sending…" : label}
        </Button>
        {isTest
          ? <Badge tone="warn">Nothing reaches WhatsApp</Badge>
          : (
            <p class="text-xs text-muted">
              Sends a real message{sender === null ? "" : ` from ${sender}`}.
            </p>
          )}
        <a class="link ml-auto text-xs" href={props.link}>Link to this message</a>
      </div>
    </div>
  );
}
