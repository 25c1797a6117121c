/** One error code of the API, explained: what it means and what to do, beside an example of such an answer. */
import type { ComponentChildren, VNode } from "preact";
import type { ErrorCode, ErrorDefinition } from "@/lib/api/errors.ts";
import { Badge } from "./Badge.tsx";
import { CodeBlock } from "./CodeBlock.tsx";

/** A section whose id is the code, for `doc_url`. */
export function ErrorCodeSection({ code, error, example, children }: {
  code: ErrorCode;
  error: ErrorDefinition;
  /** An answer with this code. */
  example: string;
  children?: ComponentChildren;
}): VNode {
  const { status, retryable, meaning, fix } = error;
  return (
    <section
      id={code}
      class="-mx-4 grid grid-cols-1 gap-x-10 gap-y-4 px-4 py-8 target:bg-accent-soft/50 sm:-mx-6 sm:px-6 lg:grid-cols-2"
    >
      <div class="min-w-0">
        <h3 class="flex flex-wrap items-center gap-2">
          <a href={`#${code}`} class="font-mono text-base font-semibold hover:underline">{code}</a>
          <Badge>{status}</Badge>
          <Badge tone={retryable ? "good" : "neutral"}>
            {retryable ? "Retryable" : "Not retryable"}
          </Badge>
        </h3>
        <p class="mt-3">{meaning}</p>
        <p class="mt-2 text-muted">
          <strong class="font-medium text-ink">What to do:</strong> {fix}
        </p>
        {children}
      </div>
      <CodeBlock code={example} language={`Example of ${code}`} copy={false} />
    </section>
  );
}
