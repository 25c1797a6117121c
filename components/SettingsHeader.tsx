/** The head of the settings: what they belong to, and the five pages they consist of. */
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { PageHeader } from "./PageHeader.tsx";
import { Tabs } from "./Tabs.tsx";

const PAGES = [
  ["/settings", "General"],
  ["/settings/team", "Team"],
  ["/settings/sessions", "Security"],
  ["/settings/data", "Data"],
  ["/settings/audit", "Audit log"],
] as const;

/** Title and tabs; `path` is the page that is open. */
export function SettingsHeader({ path, mode }: {
  path: typeof PAGES[number][0];
  mode: Mode;
}): VNode {
  return (
    <>
      <PageHeader title="Settings" description="They hold for live and test mode alike." />
      <Tabs
        label="Settings"
        tabs={PAGES.map(([href, label]) => ({
          href: adminUrl(href, mode),
          label,
          isCurrent: href === path,
        }))}
      />
    </>
  );
}
