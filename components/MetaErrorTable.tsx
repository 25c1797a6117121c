/** Error codes of Meta: what each means, what to do about it, and which answer of the API carries it. */
import type { VNode } from "preact";
import type { ErrorCode } from "@/lib/api/errors.ts";
import type { MetaErrorClass, MetaErrorRow } from "@/lib/meta/error_table.ts";
import { Badge } from "./Badge.tsx";
import { Table, Td, Tr } from "./Table.tsx";

/** What the API answers when Meta refuses a send with a code of this class. */
const ANSWERS: Record<MetaErrorClass, ErrorCode> = {
  permanent: "meta_error",
  throttled: "meta_unavailable",
  pair_limited: "meta_unavailable",
  ambiguous: "outcome_unknown",
};

/** One part of the table. Its rows have ids such as "meta-131047" and "meta-138000-138999". */
export function MetaErrorTable({ title, rows }: {
  title: string;
  rows: readonly MetaErrorRow[];
}): VNode {
  return (
    <Table caption={title} columns={["Code", "What it means and what to do", "Answer"]}>
      {rows.map(({ from, to, entry }) => {
        const id = from === to ? `meta-${from}` : `meta-${from}-${to}`;
        return (
          <Tr key={id} id={id}>
            <Td nowrap>
              <a href={`#${id}`} class="font-mono font-semibold hover:underline">
                {from === to ? from : `${from}–${to}`}
              </a>
            </Td>
            <Td>
              <p class="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
                {entry.title}
                {entry.sender && <Badge tone="warn">Every send fails</Badge>}
              </p>
              <p class="mt-0.5 text-muted">{entry.hint}</p>
            </Td>
            <Td nowrap>
              <a href={`#${ANSWERS[entry.class]}`} class="link font-mono text-xs">
                {ANSWERS[entry.class]}
              </a>
            </Td>
          </Tr>
        );
      })}
    </Table>
  );
}
