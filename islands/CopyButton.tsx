/**
 * Copies a text and says so. Before the script runs it cannot do anything, so it is invisible until then, with its
 * place kept. Browsers offer the clipboard on https and localhost only; elsewhere the older command has to do.
 */
import { useEffect, useState } from "preact/hooks";
import type { VNode } from "preact";
import { buttonClass } from "@/components/Button.tsx";
import { CheckIcon, CopyIcon } from "@/components/icons.ts";

const SHOWN_MS = 2_000;

/** A small button; `label` completes "Copy …" for those who cannot see what stands beside it. */
export default function CopyButton({ value, label }: { value: string; label: string }): VNode {
  const [state, setState] = useState<"loading" | "ready" | "copied" | "failed">("loading");
  useEffect(() => {
    if (state === "ready") return;
    const timer = setTimeout(() => setState("ready"), state === "loading" ? 0 : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);

  const copy = async () => setState(await copyText(value) ? "copied" : "failed");
  const text = { loading: "Copy", ready: "Copy", copied: "Copied", failed: "Press Ctrl+C" }[state];
  return (
    <button
      type="button"
      onClick={copy}
      // Begins with what can be seen, for those who steer by voice.
      aria-label={`${text} ${label}`}
      class={`${buttonClass("secondary", "sm")} shrink-0 ${state === "loading" ? "invisible" : ""}`}
    >
      {state === "copied" ? <CheckIcon size={14} /> : <CopyIcon size={14} />}
      <span aria-hidden="true">{text}</span>
      <span class="sr-only" role="status">{state === "copied" ? `Copied ${label}` : ""}</span>
    </button>
  );
}

async function copyText(text: string): Promise<boolean> {
  if (globalThis.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (error) {
      // The admin has refused it, or the page is not in front: the older way may still do.
      if (!(error instanceof DOMException)) throw error;
    }
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr-only";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
