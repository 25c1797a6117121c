/** Code as it would be typed or received, scrolling inside its own box. */
import type { VNode } from "preact";
import CopyButton from "@/islands/CopyButton.tsx";

/** A block of code with what it is above it, and a button that copies all of it unless told. */
export function CodeBlock({ code, language, copy = true }: {
  code: string;
  /** Such as "curl" or "JSON"; shown above the code. */
  language?: string | undefined;
  copy?: boolean | undefined;
}): VNode {
  const name = language ?? "Code";
  return (
    <div class="min-w-0 overflow-hidden rounded-lg border border-line bg-raised">
      {(copy || language !== undefined) && (
        <div class="flex min-h-10 items-center justify-between gap-3 border-b border-line py-1 pr-1.5 pl-3.5">
          <span class="text-xs font-medium text-muted">{name}</span>
          {copy && <CopyButton value={code} label={name} />}
        </div>
      )}
      <pre
        tabIndex={0}
        role="region"
        aria-label={name}
        class="overflow-x-auto px-3.5 py-3 font-mono text-xs leading-5 focus-visible:-outline-offset-2"
      ><code>{code}</code></pre>
    </div>
  );
}
