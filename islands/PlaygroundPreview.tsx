/** The message as it is being composed, beside the form that shares its draft. */
import type { Signal } from "@preact/signals";
import type { VNode } from "preact";
import { PlaygroundBubble } from "@/components/PlaygroundBubble.tsx";
import type { PlaygroundDraft } from "@/lib/playground/draft.ts";

export default function PlaygroundPreview({ draft }: { draft: Signal<PlaygroundDraft> }): VNode {
  return <PlaygroundBubble draft={draft.value} />;
}
