/** A way that is gone once, step by step: the set-up, the first-message checklist. */
import type { ComponentChildren, VNode } from "preact";
import { CheckIcon } from "./icons.ts";

/** One step; what is to do in it is its content. */
export interface Step {
  title: string;
  state: "done" | "current" | "todo";
  description?: ComponentChildren;
  /** Leads to the step, or back to it when it is done. */
  href?: string | undefined;
  content?: ComponentChildren;
}

const MARKS = {
  done: "border-transparent bg-accent text-accent-ink",
  current: "border-accent bg-surface text-accent",
  todo: "border-line bg-surface text-muted",
};
const SPOKEN = { done: "done", current: "current step", todo: "to do" };

/** Steps from first to last with their number, or a tick when done. */
export function Steps({ steps }: { steps: readonly Step[] }): VNode {
  return (
    <ol>
      {steps.map((step, index) => (
        <li
          key={step.title}
          aria-current={step.state === "current" ? "step" : undefined}
          class="group relative flex gap-3.5 pb-6 last:pb-0"
        >
          <span
            aria-hidden="true"
            class={`absolute top-8 bottom-1 left-[13px] w-px group-last:hidden ${
              step.state === "done" ? "bg-accent" : "bg-line"
            }`}
          />
          <span
            aria-hidden="true"
            class={`flex size-7 shrink-0 items-center justify-center rounded-full border text-xs font-semibold ${
              MARKS[step.state]
            }`}
          >
            {step.state === "done" ? <CheckIcon size={14} strokeWidth={2.5} /> : index + 1}
          </span>
          <div class="min-w-0 flex-1 pt-0.5">
            <h2 class={`text-sm font-medium ${step.state === "todo" ? "text-muted" : ""}`}>
              {step.href === undefined
                ? step.title
                : <a href={step.href} class="hover:underline">{step.title}</a>}
              <span class="sr-only">, {SPOKEN[step.state]}</span>
            </h2>
            {step.description && <div class="mt-0.5 text-sm text-muted">{step.description}</div>}
            {step.content && <div class="mt-4">{step.content}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}
