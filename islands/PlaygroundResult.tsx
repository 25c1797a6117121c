/**
 * The answer to the last send, and the ticks of its message as they arrive. A status may come before the answer does,
 * so what came is remembered from the start.
 */
import { type Signal, useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { PlaygroundAnswerView } from "@/components/PlaygroundAnswerView.tsx";
import { StatusBadge } from "@/components/StatusBadge.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { PlaygroundAnswer } from "@/lib/playground/answer.ts";
import { onLiveMessage } from "./live.ts";

export default function PlaygroundResult(
  { answer, mode }: { answer: Signal<PlaygroundAnswer | null>; mode: Mode },
): VNode {
  const statuses = useSignal<Readonly<Record<string, string>>>({});
  const box = useRef<HTMLDivElement>(null);
  const first = useRef(answer.peek());
  useEffect(
    () =>
      onLiveMessage(({ id, status, direction }) => {
        if (direction === "outbound") statuses.value = { ...statuses.value, [id]: status };
      }),
    [],
  );
  useEffect(() => {
    if (answer.value === null || answer.value === first.current) return;
    // Below the form, it may be out of sight.
    box.current?.focus();
  }, [answer.value]);
  const shown = answer.value;
  const status = shown?.messageId ? statuses.value[shown.messageId] ?? initialStatus(shown) : null;
  return (
    <div
      ref={box}
      tabIndex={-1}
      role="group"
      aria-label="Answer"
      class="min-w-0 scroll-mt-20 outline-none"
    >
      {shown === null
        ? (
          <p class="text-sm text-muted">
            Status, headers and body of the answer appear here when you send.
          </p>
        )
        : (
          <PlaygroundAnswerView
            answer={shown}
            mode={mode}
            state={status && <span role="status">{<StatusBadge status={status} />}</span>}
          />
        )}
    </div>
  );
}

/** What the answer itself says about its message. */
function initialStatus({ status, error }: PlaygroundAnswer): string | null {
  if (status === 201) return "sent";
  return error?.code === "outcome_unknown" ? "unknown" : "failed";
}
