/**
 * Asks before something that cannot be taken back. What is asked, with the form that does it, are the children, which
 * the server renders. Browsers open the dialog by themselves (`command`, Chromium 135, Firefox 144, Safari 26.2),
 * with or without scripts; this script opens it in older ones.
 */
import { useRef } from "preact/hooks";
import type { ComponentChildren, VNode } from "preact";
import { buttonClass, type ButtonVariant } from "@/components/Button.tsx";

/** A button that opens a dialog. */
export default function ConfirmDialog(
  { id, triggerLabel, triggerVariant, triggerSize, title, fallbackHref, children }: {
    /** Of the dialog; unique on the page. */
    id: string;
    triggerLabel: string;
    triggerVariant?: ButtonVariant | undefined;
    triggerSize?: "sm" | "md" | undefined;
    title: string;
    /** A page that asks the same, for browsers that can open no dialog without a script. */
    fallbackHref?: string | undefined;
    /** What will happen, and a form with the button that does it. */
    children?: ComponentChildren;
  },
): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = (event: MouseEvent) => {
    event.preventDefault();
    dialog.current?.showModal();
  };
  const look = buttonClass(triggerVariant ?? "danger", triggerSize ?? "md");
  const command = { commandfor: id, command: "show-modal" };
  return (
    <>
      {fallbackHref === undefined
        ? (
          <button type="button" class={look} onClick={open} {...command}>
            {triggerLabel}
          </button>
        )
        : <a href={fallbackHref} class={look} onClick={open}>{triggerLabel}</a>}
      <dialog
        id={id}
        ref={dialog}
        aria-labelledby={`${id}-title`}
        class="w-[calc(100%-2rem)] max-w-md rounded-lg border border-line bg-surface p-5 text-left text-ink whitespace-normal shadow-float sm:p-6"
      >
        <h2 id={`${id}-title`} class="text-base font-semibold">{title}</h2>
        <div class="mt-2 text-sm">{children}</div>
        <form method="dialog" class="mt-3">
          <button type="submit" class={`${buttonClass("secondary")} w-full`}>Cancel</button>
        </form>
      </dialog>
    </>
  );
}
