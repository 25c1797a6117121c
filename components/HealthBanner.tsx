/** Says on every page what is wrong with the connection to WhatsApp, and leads to where it is mended. */
import type { VNode } from "preact";
import { AlertTriangleIcon, ErrorCircleIcon } from "./icons.ts";

/** A problem of the live integration: a heading without a full stop, and a sentence. */
export interface HealthProblem {
  tone: "bad" | "warn";
  title: string;
  text: string;
}

/** A bar across the page. The link leads to live mode in any case: a test twin has no connection that could fail. */
export function HealthBanner({ problem }: { problem: HealthProblem }): VNode {
  const isBad = problem.tone === "bad";
  return (
    <div
      role="region"
      aria-label="WhatsApp connection"
      class={`flex items-start gap-2.5 border-b px-4 py-2.5 text-sm sm:px-8 ${
        isBad ? "border-bad/25 bg-bad-soft text-bad" : "border-warn/25 bg-warn-soft text-warn"
      }`}
    >
      <span class="mt-0.5 shrink-0">{isBad ? <ErrorCircleIcon /> : <AlertTriangleIcon />}</span>
      <p class="min-w-0">
        <strong class="font-semibold">{problem.title}.</strong> {problem.text}{" "}
        <a href="/whatsapp" class="font-medium whitespace-nowrap underline underline-offset-2">
          See the connection
        </a>
      </p>
    </div>
  );
}
