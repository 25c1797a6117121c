/** The rows of the message log: who, what, how far it got, when. */
import type { VNode } from "preact";
import type { MessageLogRow } from "@/db/message_log.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { ArrowDownLeftIcon, ArrowUpRightIcon } from "./icons.ts";
import { messageKind, summarizeMessage } from "./message_kinds.ts";
import { StatusBadge } from "./StatusBadge.tsx";
import { RowLink, Table, Td, Tr } from "./Table.tsx";
import { Time } from "./Time.tsx";

/** A table of messages; each row leads to its message. */
export function MessageTable(
  { mode, rows }: { mode: Mode; rows: readonly MessageLogRow[] },
): VNode {
  return (
    <Table caption="Messages" columns={["Person", "Message", "Status", "Time"]}>
      {rows.map((row) => (
        <Tr key={row.id} id={`message-${row.id}`}>
          <Td>
            <Person row={row} mode={mode} />
          </Td>
          <Td>
            <Summary row={row} />
          </Td>
          <Td label="Status" nowrap>
            <span class="inline-flex flex-col items-start gap-1 max-sm:items-end">
              <StatusBadge status={row.status} />
              {row.status === "failed" && (row.error_code !== null || row.error_title !== null) && (
                <span class="max-w-44 truncate text-xs xl:max-w-60 text-muted">
                  {[row.error_code, row.error_title].filter((part) => part !== null).join(" · ")}
                </span>
              )}
            </span>
          </Td>
          <Td label="Time" nowrap muted>
            <Time at={row.created_at} />
          </Td>
        </Tr>
      ))}
    </Table>
  );
}

function Person({ row, mode }: { row: MessageLogRow; mode: Mode }): VNode {
  const isInbound = row.direction === "inbound";
  const address = isInbound ? row.sender ?? "Unknown sender" : row.recipient;
  return (
    <span class="flex items-start gap-2.5">
      <span class={`mt-0.5 shrink-0 ${isInbound ? "text-info" : "text-muted"}`}>
        {isInbound ? <ArrowDownLeftIcon /> : <ArrowUpRightIcon />}
      </span>
      <span class="min-w-0">
        <RowLink href={adminUrl(`/messages/${row.id}`, mode)}>
          <span class="sr-only">{isInbound ? "From " : "To "}</span>
          <span class="wrap-anywhere">{address}</span>
        </RowLink>
        {row.contact_name !== null && (
          <span class="block max-w-48 truncate text-xs text-muted">{row.contact_name}</span>
        )}
      </span>
    </span>
  );
}

function Summary({ row }: { row: MessageLogRow }): VNode {
  const { label, icon: KindIcon } = messageKind(row.type);
  return (
    <span class="flex min-w-0 items-center gap-2">
      <span class="shrink-0 text-muted" title={label}>
        <KindIcon size={15} />
      </span>
      <span class="sr-only">{label}:</span>
      <span class="block max-w-[70vw] truncate sm:max-w-48 md:max-w-72 xl:max-w-96">
        {summarizeMessage(row)}
      </span>
    </span>
  );
}
