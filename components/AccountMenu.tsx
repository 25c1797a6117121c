/** Who is signed in, and the way out. Signing out is a form, as a link must not change anything. */
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { type Icon, LogOutIcon, MonitorIcon, SettingsIcon, UsersIcon } from "./icons.ts";

const ROW =
  "flex min-h-9 w-full items-center gap-2.5 rounded-md px-2.5 text-left text-sm hover:bg-raised";

/** A round button with the admin's first letter, and the menu behind it. */
export function AccountMenu(
  { mode, email, accountName }: { mode: Mode; email: string; accountName: string },
): VNode {
  return (
    <>
      <button
        type="button"
        popovertarget="account-menu"
        class="flex size-8 shrink-0 items-center justify-center rounded-full border border-line bg-accent-soft text-xs font-semibold text-accent uppercase hover:border-accent"
      >
        {email.slice(0, 1)}
        <span class="sr-only normal-case">{` · Account menu of ${email}`}</span>
      </button>
      <div
        id="account-menu"
        popover="auto"
        class="fixed inset-auto top-14 right-4 m-0 w-64 rounded-lg border border-line bg-surface p-1.5 text-ink shadow-float sm:right-8"
      >
        <div class="border-b border-line px-2.5 pt-1 pb-2.5">
          <p class="truncate text-sm font-medium">{accountName}</p>
          <p class="truncate text-xs text-muted">{email}</p>
        </div>
        <div class="py-1.5">
          <MenuLink href={adminUrl("/settings", mode)} label="Settings" icon={SettingsIcon} />
          <MenuLink href={adminUrl("/settings/team", mode)} label="Team" icon={UsersIcon} />
          <MenuLink
            href={adminUrl("/settings/sessions", mode)}
            label="Password and sessions"
            icon={MonitorIcon}
          />
        </div>
        <form method="post" action="/logout" class="border-t border-line pt-1.5">
          <button type="submit" class={ROW}>
            <span class="text-muted">
              <LogOutIcon />
            </span>
            Sign out
          </button>
        </form>
      </div>
    </>
  );
}

function MenuLink(
  { href, label, icon: LinkIcon }: { href: string; label: string; icon: Icon },
): VNode {
  return (
    <a href={href} class={ROW}>
      <span class="text-muted">
        <LinkIcon />
      </span>
      {label}
    </a>
  );
}
