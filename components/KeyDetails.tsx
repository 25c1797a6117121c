/** The facts about one API key. */
import type { ComponentChildren, VNode } from "preact";
import { adminUrl } from "./admin_url.ts";
import { DescriptionList } from "./DescriptionList.tsx";
import { KeyLastUsed } from "./KeyLastUsed.tsx";
import { Time } from "./Time.tsx";
import type { ManagedKeyRow } from "@/db/managed_keys.ts";
import type { Mode } from "@/lib/keys/key_format.ts";

/** `apiKey` with the key that it replaces, if there is one. */
export function KeyDetails({ apiKey, replaced, requestsInLast24h, mode, now }: {
  apiKey: ManagedKeyRow;
  replaced: ManagedKeyRow | null;
  requestsInLast24h: number;
  mode: Mode;
  now: Date;
}): VNode {
  const items: [string, ComponentChildren][] = [
    ["Key", <span key="prefix" class="font-mono">{apiKey.prefix}…</span>],
    ["Id", <span key="id" class="font-mono text-xs">{apiKey.id}</span>],
    [
      "Created",
      <span key="created">
        <Time at={apiKey.created_at} format="datetime" /> by{" "}
        {apiKey.created_by_email ?? "the command line"}
      </span>,
    ],
    ["Last used", <KeyLastUsed key="used" at={apiKey.last_used_at} now={now} />],
    ["Requests in 24 hours", requestsInLast24h.toLocaleString("en")],
    [
      "Rate limit",
      apiKey.rate_limit === 0
        ? "No limit"
        : `${apiKey.rate_limit.toLocaleString("en")} requests a minute`,
    ],
    [
      "Expires",
      apiKey.expires_at === null ? "Never" : (
        <>
          <Time at={apiKey.expires_at} format="datetime" /> (<Time at={apiKey.expires_at} />)
        </>
      ),
    ],
  ];
  if (apiKey.revoked_at !== null) {
    items.push([
      "Revoked",
      <span key="revoked">
        <Time at={apiKey.revoked_at} format="datetime" /> by{" "}
        {apiKey.revoked_by_email ?? "the command line"}
      </span>,
    ]);
  }
  if (replaced !== null) {
    items.push([
      "Replaces",
      <KeyLink key="from" id={replaced.id} mode={mode} name={replaced.prefix} />,
    ]);
  }
  if (apiKey.rotated_to !== null) {
    items.push([
      "Replaced by",
      <KeyLink key="to" id={apiKey.rotated_to} mode={mode} name="the new key" />,
    ]);
  }
  return <DescriptionList items={items} />;
}

function KeyLink({ id, name, mode }: { id: string; name: string; mode: Mode }): VNode {
  return <a class="link" href={adminUrl(`/keys/${id}`, mode)}>{name}</a>;
}
