/** Where somebody is signed in. The session that shows the list is marked, and ended by signing out. */
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Badge } from "./Badge.tsx";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";
import { ModeField } from "./ModeField.tsx";
import { Table, Td, Tr } from "./Table.tsx";
import { Time } from "./Time.tsx";

/** A session with its browser in words. */
export interface ShownSession {
  id: string;
  device: string;
  client_address: string | null;
  created_at: Date;
  last_seen_at: Date;
}

const COLUMNS = ["Browser", "Address", "Signed in", "Last seen", {
  label: "Actions",
  isHidden: true,
}];

/** The sessions as a table. */
export function SessionsCard({ sessions, currentId, mode }: {
  sessions: readonly ShownSession[];
  currentId: string;
  mode: Mode;
}): VNode {
  return (
    <Card
      title="Sessions"
      description="A session ends after 12 hours without use, and after 14 days in any case."
      actions={sessions.length > 1 && <EndForm mode={mode}>Sign out everywhere else</EndForm>}
      padded={false}
    >
      <Table caption="Where you are signed in" columns={COLUMNS}>
        {sessions.map((session) => (
          <Tr key={session.id}>
            <Td>
              <span class="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
                <span class="font-medium">{session.device}</span>
                {session.id === currentId && <Badge tone="good">This session</Badge>}
              </span>
            </Td>
            <Td label="Address" muted>{session.client_address ?? "–"}</Td>
            <Td label="Signed in" muted>
              <Time at={session.created_at} format="datetime" />
            </Td>
            <Td label="Last seen" muted>
              <Time at={session.last_seen_at} />
            </Td>
            <Td align="right">
              {session.id !== currentId && (
                <EndForm mode={mode} id={session.id} label={`End the session: ${session.device}`}>
                  End
                </EndForm>
              )}
            </Td>
          </Tr>
        ))}
      </Table>
    </Card>
  );
}

/** Ends the session with that id, or without one all others. */
function EndForm({ mode, id, label, children }: {
  mode: Mode;
  id?: string;
  label?: string;
  children: string;
}): VNode {
  return (
    <form method="post" action={adminUrl("/settings/sessions", mode)}>
      <ModeField mode={mode} />
      <input type="hidden" name="action" value={id === undefined ? "end_others" : "end"} />
      {id !== undefined && <input type="hidden" name="id" value={id} />}
      <Button size="sm" label={label}>{children}</Button>
    </form>
  );
}
