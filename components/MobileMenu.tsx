/** The navigation on narrow screens: a drawer that the browser itself opens and closes, script or not. */
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { AdminNav } from "./AdminNav.tsx";
import { MenuIcon } from "./icons.ts";

/** The button and the drawer; `home` is the wordmark as a link. */
export function MobileMenu(
  { mode, path, home }: { mode: Mode; path: string; home: VNode },
): VNode {
  return (
    <>
      <button
        type="button"
        popovertarget="menu"
        aria-label="Open the menu"
        class="-ml-2 rounded-md p-2 text-muted hover:bg-raised hover:text-ink lg:hidden"
      >
        <MenuIcon size={20} />
      </button>
      <div
        id="menu"
        popover="auto"
        class="fixed inset-y-0 right-auto left-0 m-0 h-dvh max-h-none w-72 max-w-[85vw] flex-col border-r border-line bg-surface text-ink shadow-float backdrop:bg-black/40 open:flex"
      >
        <div class="flex h-14 shrink-0 items-center px-5">{home}</div>
        <AdminNav mode={mode} path={path} label="Menu" />
      </div>
    </>
  );
}
