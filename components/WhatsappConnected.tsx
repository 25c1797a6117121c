/** The WhatsApp page once a number is connected: the rest of the set-up, or the health of what was set up. */
import type { VNode } from "preact";
import { adminUrl } from "@/components/admin_url.ts";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { DescriptionList } from "@/components/DescriptionList.tsx";
import { RefreshIcon } from "@/components/icons.ts";
import { ModeField } from "@/components/ModeField.tsx";
import { HealthRow, WhatsappChecks } from "@/components/WhatsappChecks.tsx";
import { WhatsappProof } from "@/components/WhatsappProof.tsx";
import { WhatsappSecrets } from "@/components/WhatsappSecrets.tsx";
import { WhatsappSteps } from "@/components/WhatsappSetUp.tsx";
import { WhatsappWebhook } from "@/components/WhatsappWebhook.tsx";
import ConfirmDialog from "@/islands/ConfirmDialog.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { ConnectedPage } from "@/lib/whatsapp/page_state.ts";

/** The form of the proof, as it is shown again after a problem. */
export interface ProofForm {
  idempotencyKey: string;
  values: Record<string, string>;
  errors: Record<string, string>;
}

interface Props {
  page: ConnectedPage;
  form: ProofForm;
  mode: Mode;
}

/** The whole content of the page. */
export function WhatsappConnected(props: Props): VNode {
  const { page, mode } = props;
  const isSettingUp = page.health.state === "setting_up";
  return (
    <div class="space-y-6">
      {isSettingUp ? <Remaining {...props} /> : <Health {...props} />}
      <Card
        title="Number"
        actions={<Button size="sm" href={adminUrl("/whatsapp/number", mode)}>Change</Button>}
      >
        <NumberDetails page={page} />
      </Card>
      <Card
        title="Secrets"
        description="Stored encrypted and never shown again. Each is changed on its own."
      >
        <WhatsappSecrets
          secrets={page.secrets}
          tokenExpiresAt={page.row.token_expires_at}
          mode={mode}
        />
      </Card>
      <Card title="Disconnect" description="Deletes the secrets; messages and contacts stay.">
        <ConfirmDialog
          id="disconnect"
          triggerLabel="Disconnect WhatsApp"
          title="Disconnect WhatsApp?"
          fallbackHref={adminUrl("/whatsapp/disconnect", mode)}
        >
          <DisconnectForm mode={mode} />
        </ConfirmDialog>
      </Card>
    </div>
  );
}

/** Steps four to six. */
function Remaining(props: Props): VNode {
  const { page, mode } = props;
  const checksAreGood = page.checks.length > 0 &&
    page.checks.every(({ state }) => state !== "fail");
  const webhookIsGood = isReached(page);
  return (
    <WhatsappSteps
      current={checksAreGood ? (webhookIsGood ? 6 : 5) : 4}
      states={{
        4: checksAreGood ? "done" : "current",
        5: webhookIsGood ? "done" : checksAreGood ? "current" : "todo",
      }}
      contents={{
        4: <Checks {...props} />,
        5: (
          <div id="webhook">
            <Webhook {...props} />
          </div>
        ),
        6: (
          <div id="prove">
            <Proof {...props} />
          </div>
        ),
      }}
      mode={mode}
    />
  );
}

/** What was set up, and how it does. */
function Health(props: Props): VNode {
  const { page } = props;
  return (
    <>
      <Card title="Health">
        <Checks {...props} withWebhook />
      </Card>
      <Card id="webhook" title="Webhook">
        <Webhook {...props} />
      </Card>
      <Card
        id="prove"
        title={page.health.state === "live" ? "Proved" : "Prove it"}
        description="A message to your own phone, delivered and answered."
      >
        <Proof {...props} />
      </Card>
    </>
  );
}

function Checks({ page, mode, withWebhook = false }: Props & { withWebhook?: boolean }): VNode {
  return (
    <div class="space-y-4">
      {page.checks.length === 0 && (
        <p class="text-sm text-muted">Meta was not asked about this number yet.</p>
      )}
      <ul class="divide-y divide-line">
        <WhatsappChecks checks={page.checks} mode={mode} />
        {withWebhook && <WebhookRows page={page} />}
      </ul>
      <form method="post" action={adminUrl("/whatsapp/check", mode)}>
        <ModeField mode={mode} />
        <Button size="sm" icon={<RefreshIcon size={14} />}>Check now</Button>
      </form>
    </div>
  );
}

/** Whether Meta was seen calling here, whatever this server knows of its own address. */
function isReached(page: ConnectedPage): boolean {
  return page.handshake.state === "good" || page.events.state === "good";
}

/** What is known of the way back from Meta. An event that came proves all of it. */
function WebhookRows({ page }: { page: ConnectedPage }): VNode {
  const { handshake, events, callback } = page;
  const stateOf = { waiting: "waiting", good: "ok", bad: "fail" } as const;
  const problem = isReached(page) ? null : callback.problem;
  return (
    <>
      <HealthRow
        title="Public address"
        state={problem === null ? "ok" : "warn"}
        detail={problem ?? callback.url}
        fix={problem === null ? null : "Set APP_URL to a public https address."}
      />
      {handshake.state === "waiting" && events.state === "good"
        ? (
          <HealthRow
            title="Webhook handshake"
            state="ok"
            detail="Not seen since the verify token was set, but events come in."
            fix={null}
          />
        )
        : (
          <HealthRow
            title="Webhook handshake"
            state={stateOf[handshake.state]}
            detail={handshake.text}
            fix={handshake.fix}
          />
        )}
      <HealthRow
        title="Events"
        state={stateOf[events.state]}
        detail={events.text}
        fix={events.fix}
      />
    </>
  );
}

function Webhook({ page, mode }: Props): VNode {
  return (
    <WhatsappWebhook
      callback={isReached(page) ? { ...page.callback, problem: null } : page.callback}
      verifyToken={page.verifyToken}
      verifyTokenEnd={page.secrets.verify_token.lastFour}
      handshake={page.handshake}
      appId={page.row.app_id}
      sendingOnly={page.row.sending_only_at !== null}
      mode={mode}
    />
  );
}

function Proof({ page, form, mode }: Props): VNode {
  return (
    <WhatsappProof
      proof={page.proof}
      {...form}
      canReceive={isReached(page)}
      mode={mode}
    />
  );
}

function NumberDetails({ page: { row } }: { page: ConnectedPage }): VNode {
  return (
    <DescriptionList
      items={[
        ["Number", row.display_phone_number],
        ["Name", row.verified_name],
        ["Phone number ID", <code key="number">{row.phone_number_id}</code>],
        ["WhatsApp Business Account ID", <code key="account">{row.waba_id}</code>],
        ["Meta app", row.app_name ?? row.app_id],
      ]}
    />
  );
}

/** What disconnecting means, and the button that does it. */
export function DisconnectForm({ mode }: { mode: Mode }): VNode {
  return (
    <form method="post" action={adminUrl("/whatsapp/disconnect", mode)} class="space-y-4">
      <ModeField mode={mode} />
      <p>
        The secrets are deleted at once and every send of this account is refused until a number is
        connected again. Messages, contacts and keys stay. At Meta nothing changes.
      </p>
      <Button variant="danger" class="w-full">Disconnect</Button>
    </form>
  );
}
