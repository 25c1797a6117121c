/**
 * The frame of the admin pages: navigation, account, mode, and what has to be seen on every page. It works without a
 * script: menus are popovers, which browsers open and close by themselves.
 */
import type { ComponentChildren, VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { AccountMenu } from "./AccountMenu.tsx";
import { adminUrl } from "./admin_url.ts";
import { AdminNav } from "./AdminNav.tsx";
import { HealthBanner, type HealthProblem } from "./HealthBanner.tsx";
import { MobileMenu } from "./MobileMenu.tsx";
import { ModeSwitch } from "./ModeSwitch.tsx";
import { TestModeBar } from "./TestModeBar.tsx";
import { Wordmark } from "./Wordmark.tsx";
import DismissibleToast from "@/islands/DismissibleToast.tsx";
import RelativeTime from "@/islands/RelativeTime.tsx";

/** What the frame shows besides the page itself. */
export interface AdminShellProps {
  mode: Mode;
  /** The path of the page. */
  path: string;
  accountName: string;
  email: string;
  flash: { kind: "success" | "error"; text: string } | null;
  /** What is wrong with the live connection to WhatsApp, or null. */
  healthProblem: HealthProblem | null;
  children: ComponentChildren;
}

/** A page with everything around it. */
export function AdminShell(props: AdminShellProps): VNode {
  const { mode, path, flash, healthProblem } = props;
  const isTest = mode === "test";
  // In test mode a bar of 2rem stays on top of all.
  const top = isTest ? "top-8" : "top-0";
  const home = (
    <a href={adminUrl("/", mode)} class="inline-flex rounded-sm">
      <Wordmark />
    </a>
  );
  return (
    <>
      <a
        href="#main"
        class="sr-only z-50 rounded-md bg-accent px-3 py-2 text-sm font-medium text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      {isTest && <TestModeBar path={path} />}
      <div class="lg:flex">
        {/* The column is as high as the page; what is in it stays in sight. */}
        <aside class="hidden shrink-0 border-r border-line bg-surface lg:block lg:w-60">
          <div
            class={`sticky flex flex-col ${isTest ? "top-8 h-[calc(100dvh-2rem)]" : "top-0 h-dvh"}`}
          >
            <div class="flex h-14 shrink-0 items-center px-5">{home}</div>
            <AdminNav mode={mode} path={path} label="Main" />
          </div>
        </aside>
        <div class="min-w-0 flex-1">
          <header
            class={`sticky z-30 flex h-14 items-center gap-3 border-b border-line bg-surface px-4 sm:px-8 ${top}`}
          >
            <MobileMenu mode={mode} path={path} home={home} />
            <p class="min-w-0 flex-1 truncate text-sm font-medium">{props.accountName}</p>
            <ModeSwitch mode={mode} path={path} />
            <AccountMenu mode={mode} email={props.email} accountName={props.accountName} />
          </header>
          {healthProblem !== null && <HealthBanner problem={healthProblem} />}
          <main
            id="main"
            tabIndex={-1}
            class="mx-auto max-w-6xl px-4 py-6 outline-none sm:px-8 sm:py-8"
          >
            {props.children}
          </main>
        </div>
      </div>
      {flash !== null && <DismissibleToast kind={flash.kind} text={flash.text} />}
      <RelativeTime />
    </>
  );
}
