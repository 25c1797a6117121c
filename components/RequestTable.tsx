/** The rows of the request log: what was asked, by which key, and how it was answered. */
import type { VNode } from "preact";
import type { RequestLogRow } from "@/db/request_log.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Badge, type Tone } from "./Badge.tsx";
import { RowLink, Table, Td, Tr } from "./Table.tsx";
import { Time } from "./Time.tsx";

/** The colour of an HTTP status. */
export function toneOfStatus(status: number): Tone {
  if (status < 400) return "good";
  return status < 500 ? "warn" : "bad";
}

/** How long something took, in a unit that suits it. */
export function formatDuration(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(0)} s`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(1)} ms`;
}

/** A table with a line for each request. */
export function RequestTable({ mode, rows }: {
  mode: Mode;
  rows: readonly RequestLogRow[];
}): VNode {
  return (
    <Table
      caption="API requests"
      columns={["Request", "Answer", "Key", { label: "Took", align: "right" }, "When"]}
    >
      {rows.map((row) => (
        <Tr key={row.id}>
          <Td>
            <RowLink href={adminUrl(`/requests/${row.id}`, mode)}>
              <span class="font-mono text-xs wrap-anywhere">{row.method} {row.route}</span>
            </RowLink>
          </Td>
          <Td label="Answer">
            <Badge tone={toneOfStatus(row.status)}>{row.status}</Badge>{" "}
            {row.error_code !== null && (
              <span class="font-mono text-xs text-muted">{row.error_code}</span>
            )}
          </Td>
          <Td label="Key" muted>{keyLabel(row)}</Td>
          <Td label="Took" align="right" nowrap muted>{formatDuration(row.duration_ms)}</Td>
          <Td label="When" nowrap muted>
            <Time at={row.created_at} />
          </Td>
        </Tr>
      ))}
    </Table>
  );
}

/** The key's name as it is now. */
export function keyLabel(row: Pick<RequestLogRow, "api_key_id" | "key_name">): string {
  return row.api_key_id === null ? "Admin UI" : row.key_name ?? "Unknown key";
}
