/**
 * A request in several languages, one shown at a time: on the page of a new key and in the playground. Radio buttons and
 * the style sheet do it, since links would leave the only page that shows the key, and so that it works without scripts.
 */
import type { VNode } from "preact";
import { CodeBlock } from "./CodeBlock.tsx";
import type { CodeSample, CodeSampleId } from "@/lib/code_samples.ts";

// Written out, since the style sheet is made from the class names that are found in the source.
const SHOWN: Record<CodeSampleId, string> = {
  curl: "group-has-[#snippet-curl:checked]/snippets:block",
  typescript: "group-has-[#snippet-typescript:checked]/snippets:block",
  python: "group-has-[#snippet-python:checked]/snippets:block",
  n8n: "group-has-[#snippet-n8n:checked]/snippets:block",
};

/** Samples to choose from by their language; the first one is shown, or in islands the `current` one. */
export function CodeSnippets({ samples, current = samples[0]?.id, onSelect }: {
  samples: readonly CodeSample[];
  current?: CodeSampleId | undefined;
  onSelect?: ((id: CodeSampleId) => void) | undefined;
}): VNode {
  return (
    <div class="group/snippets min-w-0">
      <fieldset>
        <legend class="sr-only">Language of the example</legend>
        <div class="flex gap-1 overflow-x-auto p-1">
          {samples.map(({ id, label }) => (
            <label
              key={id}
              for={`snippet-${id}`}
              class="relative rounded-md px-2.5 py-1 text-xs font-medium whitespace-nowrap text-muted hover:text-ink has-checked:bg-raised has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                id={`snippet-${id}`}
                name="snippet"
                value={id}
                checked={id === current}
                onChange={() => onSelect?.(id)}
                class="sr-only"
              />
              {label}
            </label>
          ))}
        </div>
      </fieldset>
      {samples.map(({ id, label, code }) => (
        <div key={id} class={`mt-2 hidden ${SHOWN[id]}`}>
          <CodeBlock code={code} language={label} />
        </div>
      ))}
    </div>
  );
}
