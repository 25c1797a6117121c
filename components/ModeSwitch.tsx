/**
 * The switch between live and test mode: a link to the same section in the other mode. It leads to the section and not
 * to the page itself, because what a detail page shows exists in one mode only.
 */
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { SECTIONS } from "./AdminNav.tsx";
import { adminUrl } from "./admin_url.ts";

/** The page that exists in both modes: the section of a path, and each page of the settings. Elsewhere the overview. */
export function sectionPath(path: string): string {
  if (/^\/settings\/[a-z]+$/.test(path)) return path;
  const [, first = ""] = path.split("/");
  return SECTIONS.find((section) => section.path === `/${first}`)?.path ?? "/";
}

/** Looks like a switch, on in test mode. */
export function ModeSwitch({ mode, path }: { mode: Mode; path: string }): VNode {
  const isTest = mode === "test";
  return (
    <a
      href={adminUrl(sectionPath(path), isTest ? "live" : "test")}
      aria-label={isTest ? "Leave test mode" : "Switch to test mode"}
      class="group inline-flex min-h-9 items-center gap-2 rounded-md px-2 text-xs font-medium whitespace-nowrap text-muted hover:text-ink"
    >
      <span aria-hidden="true">Test mode</span>
      <span
        aria-hidden="true"
        class={`flex h-4.5 w-8 items-center rounded-full p-0.5 ${
          isTest ? "justify-end bg-warn" : "bg-control"
        }`}
      >
        <span class="size-3.5 rounded-full bg-surface" />
      </span>
    </a>
  );
}
