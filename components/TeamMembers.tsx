/** The people who can sign in to an account, each but the owner and the reader with a way to remove them. */
import type { VNode } from "preact";
import ConfirmDialog from "@/islands/ConfirmDialog.tsx";
import type { MemberRow } from "@/db/team.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Badge } from "./Badge.tsx";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";
import { ModeField } from "./ModeField.tsx";
import { Table, Td, Tr } from "./Table.tsx";
import { Time } from "./Time.tsx";

const COLUMNS = ["E-mail", "Joined", "Last seen", { label: "Actions", isHidden: true }];

/** The team as a table. */
export function TeamMembers({ members, userId, mode }: {
  members: readonly MemberRow[];
  /** Who looks at it. */
  userId: string;
  mode: Mode;
}): VNode {
  return (
    <Card
      title="People"
      description="Everybody here can do everything, except remove the owner."
      padded={false}
    >
      <Table caption="People who can sign in" columns={COLUMNS}>
        {members.map((member) => (
          <Tr key={member.id}>
            <Td>
              <span class="inline-flex flex-wrap items-center gap-x-2 gap-y-1 wrap-anywhere">
                <span class="font-medium">{member.email}</span>
                {member.owner && <Badge tone="info">Owner</Badge>}
                {member.id === userId && <Badge>You</Badge>}
              </span>
            </Td>
            <Td label="Joined" muted>
              <Time at={member.created_at} format="date" />
            </Td>
            <Td label="Last seen" muted>
              {member.last_seen_at === null ? "Signed out" : <Time at={member.last_seen_at} />}
            </Td>
            <Td align="right">
              {!member.owner && member.id !== userId && (
                <RemoveMember
                  member={member}
                  mode={mode}
                />
              )}
            </Td>
          </Tr>
        ))}
      </Table>
    </Card>
  );
}

function RemoveMember({ member, mode }: { member: MemberRow; mode: Mode }): VNode {
  return (
    <ConfirmDialog
      id={`remove-${member.id}`}
      triggerLabel="Remove"
      triggerVariant="secondary"
      triggerSize="sm"
      title={`Remove ${member.email}?`}
    >
      <p>
        They are signed out everywhere at once, and invitations they made stop working. API keys
        they created go on working.
      </p>
      <form method="post" action={adminUrl("/settings/team", mode)} class="mt-4">
        <ModeField mode={mode} />
        <input type="hidden" name="action" value="remove" />
        <input type="hidden" name="id" value={member.id} />
        <Button variant="danger" class="w-full">Remove from the team</Button>
      </form>
    </ConfirmDialog>
  );
}
