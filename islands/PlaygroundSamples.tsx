/** The request that the form makes, as code to take along; follows the draft as it is typed. */
import { type Signal, useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { CodeSnippets } from "@/components/CodeSnippets.tsx";
import { type CodeSampleId, codeSamples } from "@/lib/code_samples.ts";
import { draftToBody, type PlaygroundDraft } from "@/lib/playground/draft.ts";

/** `baseUrl` is where the API is reached. */
export default function PlaygroundSamples(
  { draft, baseUrl }: { draft: Signal<PlaygroundDraft>; baseUrl: string },
): VNode {
  const current = useSignal<CodeSampleId>("curl");
  const samples = codeSamples({
    baseUrl,
    apiKey: null,
    body: draftToBody(draft.value),
    idempotencyKey: draft.value.idempotencyKey,
  });
  return (
    <CodeSnippets
      samples={samples}
      current={current.value}
      onSelect={(id) => current.value = id}
    />
  );
}
