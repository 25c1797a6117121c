/**
 * What came of the form that was just sent. It is in the page that answers, so it shows without a script; with one it
 * can be closed, and good news leaves by itself, unless the pointer or the keyboard is on it.
 */
import { useEffect, useState } from "preact/hooks";
import type { VNode } from "preact";
import { CheckCircleIcon, ErrorCircleIcon, XIcon } from "@/components/icons.ts";

const SHOWN_MS = 8_000;

/** A note in the corner; errors stay until they are closed. */
export default function DismissibleToast(
  { kind, text }: { kind: "success" | "error"; text: string },
): VNode | null {
  const [isOpen, setOpen] = useState(true);
  const [isHeld, setHeld] = useState(false);
  const [canClose, setCanClose] = useState(false);
  useEffect(() => setCanClose(true), []);
  useEffect(() => {
    if (kind === "error" || isHeld) return;
    const timer = setTimeout(() => setOpen(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isHeld]);

  if (!isOpen) return null;
  const isGood = kind === "success";
  return (
    <div
      role={isGood ? "status" : "alert"}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocusIn={() => setHeld(true)}
      onFocusOut={() => setHeld(false)}
      class="fixed inset-x-4 bottom-4 z-50 flex items-start gap-3 rounded-lg border border-line bg-surface px-4 py-3 text-sm shadow-float sm:left-auto sm:w-96"
    >
      <span class={`mt-0.5 shrink-0 ${isGood ? "text-good" : "text-bad"}`}>
        {isGood ? <CheckCircleIcon /> : <ErrorCircleIcon />}
      </span>
      <p class="min-w-0 flex-1">{text}</p>
      <button
        type="button"
        aria-label="Close"
        onClick={() => setOpen(false)}
        class={`-m-1 rounded-sm p-1 text-muted hover:text-ink ${canClose ? "" : "invisible"}`}
      >
        <XIcon />
      </button>
    </div>
  );
}
