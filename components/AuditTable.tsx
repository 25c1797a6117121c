/** The audit log: a sentence for each thing that somebody did. */
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { Badge } from "./Badge.tsx";
import { Card } from "./Card.tsx";
import { EmptyState } from "./EmptyState.tsx";
import { HistoryIcon } from "./icons.ts";
import { Table, Td, Tr } from "./Table.tsx";
import { Time } from "./Time.tsx";

/** One line. */
export interface AuditLine {
  id: string;
  at: Date;
  person: string;
  /** What the person did, going on after "ann@example.com". */
  sentence: string;
  mode: Mode;
}

/** The lines as a table, or a word about why there are none. */
export function AuditTable({ entries }: { entries: readonly AuditLine[] }): VNode {
  return (
    <Card padded={false}>
      {entries.length === 0
        ? (
          <EmptyState
            icon={<HistoryIcon />}
            title="Nothing here"
            text="What people do in this admin UI is written down: sign-ins, keys, the WhatsApp integration, the team."
          />
        )
        : (
          <Table caption="Audit log" columns={["What happened", "When"]}>
            {entries.map((entry) => (
              <Tr key={entry.id}>
                <Td>
                  <span class="wrap-anywhere">
                    <span class="font-medium">{entry.person}</span> {entry.sentence}
                  </span>
                  {entry.mode === "test" && (
                    <span class="ml-2">
                      <Badge tone="warn">Test mode</Badge>
                    </span>
                  )}
                </Td>
                <Td label="When" muted nowrap>
                  <Time at={entry.at} format="datetime" />
                </Td>
              </Tr>
            ))}
          </Table>
        )}
    </Card>
  );
}
