/** The API keys of an account, a line each; the whole line leads to the key. */
import type { VNode } from "preact";
import { adminUrl } from "./admin_url.ts";
import { KeyLastUsed } from "./KeyLastUsed.tsx";
import { KeyStateBadge } from "./KeyStateBadge.tsx";
import { RowLink, Table, Td, Tr } from "./Table.tsx";
import { Time } from "./Time.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { KeyState } from "@/lib/keys/key_state.ts";

/** One line. */
export interface KeyLine {
  id: string;
  name: string;
  prefix: string;
  /** "Send only" and the like. */
  permissions: string;
  createdAt: Date;
  /** Null: made on the command line. */
  createdBy: string | null;
  lastUsedAt: Date | null;
  requestsInLast24h: number;
  expiresAt: Date | null;
  revokedAt: Date | null;
  state: KeyState;
}

const COLUMNS = [
  "Name",
  "Permissions",
  "State",
  "Last used",
  { label: "Requests, 24 h", align: "right" as const },
  "Created",
];

/** `isHistory`: the keys have ended, and the list says when instead of how much they are used. */
export function KeyTable({ lines, isHistory, mode, now }: {
  lines: readonly KeyLine[];
  isHistory: boolean;
  mode: Mode;
  now: Date;
}): VNode {
  return (
    <Table
      caption={isHistory ? "Revoked API keys" : "API keys"}
      columns={[...COLUMNS, isHistory ? "Ended" : "Expires"]}
    >
      {lines.map((line) => (
        <Tr key={line.id}>
          <Td>
            <RowLink href={adminUrl(`/keys/${line.id}`, mode)}>{line.name}</RowLink>
            <span class="block font-mono text-xs text-muted">{line.prefix}…</span>
          </Td>
          <Td label="Permissions">{line.permissions}</Td>
          <Td label="State">
            <KeyStateBadge state={line.state} />
          </Td>
          <Td label="Last used" nowrap>
            <KeyLastUsed at={line.lastUsedAt} now={now} />
          </Td>
          <Td label="Requests, 24 h" align="right">
            {line.requestsInLast24h.toLocaleString("en")}
          </Td>
          <Td label="Created">
            <span class="block">
              <Time at={line.createdAt} format="date" />
            </span>
            <span
              class="block max-w-44 truncate text-xs text-muted"
              title={line.createdBy ?? undefined}
            >
              {line.createdBy ?? "Command line"}
            </span>
          </Td>
          <Td label={isHistory ? "Ended" : "Expires"} nowrap muted>
            <EndOf line={line} />
          </Td>
        </Tr>
      ))}
    </Table>
  );
}

function EndOf({ line }: { line: KeyLine }): VNode {
  const at = line.revokedAt ?? line.expiresAt;
  return at === null ? <>Never</> : <Time at={at} />;
}
