/** The name of the product beside its mark: a speech bubble with two ticks. The favicon has the same shape. */
import type { VNode } from "preact";

/** The mark alone, in the colour of its text. */
export function Mark({ size = 24 }: { size?: number | undefined }): VNode {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" class="shrink-0">
      <path
        class="fill-accent"
        d="M6 2.5h12A4.5 4.5 0 0 1 22.5 7v6.5A4.5 4.5 0 0 1 18 18h-6.2l-4.4 3.5c-.7.5-1.6.1-1.6-.8V18A4.5 4.5 0 0 1 1.5 13.5V7A4.5 4.5 0 0 1 6 2.5Z"
      />
      <path
        class="stroke-accent-ink"
        fill="none"
        stroke-width="1.9"
        stroke-linecap="round"
        stroke-linejoin="round"
        d="m5.8 10.6 2.9 2.9 5.6-6.2m-1.6 5.2 1 1 5.2-5.8"
      />
    </svg>
  );
}

/** Mark and name; with `narrow: "mark"` the name is only read out on narrow screens. */
export function Wordmark({ narrow = "full" }: { narrow?: "full" | "mark" | undefined }): VNode {
  return (
    <span class="inline-flex items-center gap-2.5 text-[15px] font-semibold tracking-tight text-ink">
      <Mark />
      <span class={narrow === "mark" ? "max-sm:sr-only" : ""}>Messages API</span>
    </span>
  );
}
