/** The sections of the admin UI. A page belongs to the section that its path starts with. */
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import {
  ActivityIcon,
  AlertTriangleIcon,
  BookIcon,
  ChatIcon,
  DashboardIcon,
  type Icon,
  KeyIcon,
  ListIcon,
  PlayIcon,
  PlugIcon,
  SettingsIcon,
} from "./icons.ts";

/** A part of the admin UI. */
export interface Section {
  path: string;
  label: string;
  icon: Icon;
}

/** In the order of the list. */
export const SECTIONS: readonly Section[] = [
  { path: "/", label: "Overview", icon: DashboardIcon },
  { path: "/messages", label: "Messages", icon: ListIcon },
  { path: "/conversations", label: "Conversations", icon: ChatIcon },
  { path: "/playground", label: "Playground", icon: PlayIcon },
  { path: "/keys", label: "API keys", icon: KeyIcon },
  { path: "/whatsapp", label: "WhatsApp", icon: PlugIcon },
  { path: "/requests", label: "Requests", icon: ActivityIcon },
  { path: "/settings", label: "Settings", icon: SettingsIcon },
];

/** The list of sections, the current one marked. `label` tells two of these lists apart. */
export function AdminNav(
  { mode, path, label }: { mode: Mode; path: string; label: string },
): VNode {
  return (
    <nav aria-label={label} class="flex flex-1 flex-col gap-0.5 overflow-y-auto px-3 py-2">
      {SECTIONS.map((section) => (
        <NavLink
          key={section.path}
          href={adminUrl(section.path, mode)}
          label={section.label}
          icon={section.icon}
          isCurrent={isWithin(path, section.path)}
        />
      ))}
      <div class="mt-auto pt-4 pb-2">
        <NavLink href="/docs" label="API reference" icon={BookIcon} isCurrent={false} />
        <NavLink
          href="/docs/errors"
          label="Error codes"
          icon={AlertTriangleIcon}
          isCurrent={false}
        />
      </div>
    </nav>
  );
}

function NavLink({ href, label, icon: SectionIcon, isCurrent }: {
  href: string;
  label: string;
  icon: Icon;
  isCurrent: boolean;
}): VNode {
  return (
    <a
      href={href}
      aria-current={isCurrent ? "page" : undefined}
      class="flex min-h-9 items-center gap-2.5 rounded-md px-2.5 text-sm font-medium text-muted hover:bg-raised hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
    >
      <SectionIcon />
      {label}
    </a>
  );
}

function isWithin(path: string, section: string): boolean {
  return path === section || (section !== "/" && path.startsWith(`${section}/`));
}
