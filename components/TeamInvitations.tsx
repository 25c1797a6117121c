/** Inviting somebody: the form, the link it leads to (once), and the invitations that nobody has used yet. */
import type { VNode } from "preact";
import type { InvitationRow } from "@/db/links.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Alert } from "./Alert.tsx";
import { Badge } from "./Badge.tsx";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";
import { CopyBox } from "./CopyBox.tsx";
import { Field } from "./Field.tsx";
import { ModeField } from "./ModeField.tsx";
import { Table, Td, Tr } from "./Table.tsx";
import { TextInput } from "./TextInput.tsx";
import { Time } from "./Time.tsx";

const COLUMNS = ["E-mail", "Invited by", "Expires", { label: "Actions", isHidden: true }];

/** A card to invite with, and one with open invitations if there are any. */
export function TeamInvitations({ invitations, made, email, error, mode }: {
  invitations: readonly InvitationRow[];
  made: { email: string; link: string } | null;
  email: string;
  error: string;
  mode: Mode;
}): VNode {
  const action = adminUrl("/settings/team", mode);
  return (
    <>
      <Card
        id="invite"
        title="Invite somebody"
        description="You get a link to pass on. It works once, for 24 hours, and lets that person choose a password."
      >
        {made !== null && <MadeInvitation {...made} />}
        <form method="post" action={action} class="flex flex-wrap items-end gap-3">
          <ModeField mode={mode} />
          <input type="hidden" name="action" value="invite" />
          <div class="w-full max-w-sm">
            <Field label="E-mail" name="email" error={error}>
              <TextInput
                name="email"
                type="email"
                value={email}
                autocomplete="off"
                placeholder="ann@example.com"
                required
              />
            </Field>
          </div>
          <Button variant={made === null ? "primary" : "secondary"}>Create link</Button>
        </form>
      </Card>
      {invitations.length > 0 && (
        <Card title="Open invitations" padded={false}>
          <Table caption="Open invitations" columns={COLUMNS}>
            {invitations.map((invitation) => (
              <Tr key={invitation.id}>
                <Td>
                  <span class="font-medium wrap-anywhere">{invitation.email}</span>
                </Td>
                <Td label="Invited by" muted>{invitation.invited_by}</Td>
                <Td label="Expires" muted>
                  {invitation.is_expired
                    ? <Badge tone="warn">Expired</Badge>
                    : <Time at={invitation.expires_at} />}
                </Td>
                <Td align="right">
                  <form method="post" action={action}>
                    <ModeField mode={mode} />
                    <input type="hidden" name="action" value="withdraw" />
                    <input type="hidden" name="id" value={invitation.id} />
                    <Button size="sm" label={`Withdraw the invitation of ${invitation.email}`}>
                      Withdraw
                    </Button>
                  </form>
                </Td>
              </Tr>
            ))}
          </Table>
        </Card>
      )}
    </>
  );
}

function MadeInvitation({ email, link }: { email: string; link: string }): VNode {
  return (
    <div class="mb-6">
      <Alert tone="good" announce title={`Send this link to ${email}`}>
        <p class="mb-3">It is shown only now. Whoever has it can join: pass it on in private.</p>
        <CopyBox value={link} label="Invitation link" isLabelHidden />
      </Alert>
    </div>
  );
}
