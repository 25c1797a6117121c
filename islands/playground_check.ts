/**
 * The API's opinion of a draft while it is being typed: asked for when nothing has changed for a moment. What is still
 * being typed is not called wrong; what was left, or sent, is.
 */
import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { PlaygroundAnswer, PlaygroundCheck } from "@/lib/playground/answer.ts";
import type { PlaygroundDraft } from "@/lib/playground/draft.ts";
import { checkDraft } from "./playground_calls.ts";

const WAIT_MS = 250;

/** What is known of the draft, and what the form has to tell. */
export interface DraftCheck extends PlaygroundCheck {
  /** A field was left. */
  leave(field: string): void;
  /** The whole draft was sent, with this answer. */
  send(answer: PlaygroundAnswer): void;
  /** Another type was chosen: its fields are new. */
  restart(): void;
}

/** `first` is the answer that the page was made with. */
export function useDraftCheck(
  draft: Signal<PlaygroundDraft>,
  options: { mode: Mode; first: PlaygroundAnswer | null },
): DraftCheck {
  const { mode, first } = options;
  const found = useSignal<PlaygroundCheck>({ issues: first?.issues ?? {}, warnings: [] });
  const shown = useSignal<"all" | readonly string[]>(first === null ? [] : "all");
  const checked = useRef(draft.peek());
  useSignalEffect(() => {
    const now = draft.value;
    if (now === checked.current) return;
    checked.current = now;
    const outdated = new AbortController();
    const timer = setTimeout(async () => {
      const answer = await checkDraft(now, { mode, signal: outdated.signal });
      if (answer !== null && !outdated.signal.aborted) found.value = answer;
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      outdated.abort();
    };
  });
  const fields = shown.value;
  const issues = Object.entries(found.value.issues)
    .filter(([name]) => fields === "all" || fields.includes(name));
  return {
    issues: Object.fromEntries(issues),
    warnings: found.value.warnings,
    leave: (field) => {
      if (shown.value !== "all") shown.value = [...shown.value, field];
    },
    send: (answer) => {
      found.value = { issues: answer.issues, warnings: [] };
      shown.value = "all";
    },
    restart: () => {
      shown.value = [];
    },
  };
}
