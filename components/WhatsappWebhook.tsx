/** The step of the webhook: what to copy into Meta's console, and a line that turns green when Meta has called. */
import type { VNode } from "preact";
import { adminUrl } from "@/components/admin_url.ts";
import { Alert } from "@/components/Alert.tsx";
import { Button } from "@/components/Button.tsx";
import { CopyBox } from "@/components/CopyBox.tsx";
import { ModeField } from "@/components/ModeField.tsx";
import WhatsappLive from "@/islands/WhatsappLive.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { CallbackAddress } from "@/lib/whatsapp/public_address.ts";
import type { LiveState } from "@/lib/whatsapp/webhook_progress.ts";

/** What the step shows. */
export interface WebhookStepProps {
  callback: CallbackAddress;
  verifyToken: string | null;
  /** The end of a token that is not shown. */
  verifyTokenEnd: string | null;
  handshake: LiveState;
  appId: string | null;
  sendingOnly: boolean;
  mode: Mode;
}

/** The step of the webhook. */
export function WhatsappWebhook(props: WebhookStepProps): VNode {
  const { callback, handshake, mode } = props;
  const here = adminUrl("/whatsapp", mode);
  return (
    <div class="max-w-2xl space-y-4">
      {callback.problem !== null && <NoPublicAddress problem={callback.problem} />}
      {handshake.state !== "good" && <Instructions appId={props.appId} />}
      <CopyBox label="Callback URL" value={callback.url} />
      <VerifyToken {...props} />
      <WhatsappLive
        url={adminUrl("/whatsapp/webhook-status", mode)}
        initial={{ lines: [handshake], done: handshake.state === "good" }}
        next={{ href: `${here}#prove`, label: "Continue" }}
        again={{ href: `${here}#webhook`, label: "Look again whether Meta has called" }}
      />
      {handshake.state !== "good" && !props.sendingOnly && <WithoutWebhook mode={mode} />}
    </div>
  );
}

function Instructions({ appId }: { appId: string | null }): VNode {
  const console = appId === null
    ? "https://developers.facebook.com/apps"
    : `https://developers.facebook.com/apps/${appId}/whatsapp-business/wa-settings/`;
  return (
    <ol class="list-decimal space-y-1.5 pl-5 text-sm marker:text-muted">
      <li>
        In{" "}
        <a class="link" href={console} target="_blank" rel="noopener noreferrer">
          Meta's console<span class="sr-only">(opens in a new tab)</span>
        </a>, open <b>WhatsApp &gt; Configuration</b> and edit the webhook.
      </li>
      <li>
        Copy callback URL and verify token there and press <b>Verify and save</b>.
      </li>
      <li>
        Below it, subscribe to the field <b>messages</b>: without that, no reply arrives.
      </li>
    </ol>
  );
}

function VerifyToken({ verifyToken, verifyTokenEnd, handshake, mode }: WebhookStepProps): VNode {
  if (verifyToken !== null) return <CopyBox label="Verify token" value={verifyToken} />;
  return (
    <div class="flex flex-wrap items-center justify-between gap-2 text-sm">
      <p class="text-muted">
        Verify token: stored{verifyTokenEnd !== null && (
          <>
            , ends in <code>{verifyTokenEnd}</code>
          </>
        )}
        {handshake.state === "good" ? "; Meta has used it." : "; it is not shown again."}
      </p>
      <Button size="sm" href={adminUrl("/whatsapp/secrets/verify-token", mode)}>
        Make a new one
      </Button>
    </div>
  );
}

function NoPublicAddress({ problem }: { problem: string }): VNode {
  return (
    <Alert tone="warn" title="Meta cannot reach this server yet">
      <p>{problem}</p>
      <p class="mt-1">
        Put it behind a reverse proxy with a domain and a certificate (Caddy and nginx do), or open
        a tunnel (such as <code>cloudflared tunnel --url http://localhost:8000</code>). Then set
        {" "}
        <code>APP_URL</code>{" "}
        to that https address and start the server anew. Without it you can send, but neither
        delivery statuses nor replies come in.
      </p>
    </Alert>
  );
}

function WithoutWebhook({ mode }: { mode: Mode }): VNode {
  return (
    <form
      method="post"
      action={adminUrl("/whatsapp/sending-only", mode)}
      class="flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line pt-4 text-sm"
    >
      <ModeField mode={mode} />
      <Button size="sm">Finish without a webhook</Button>
      <span class="text-muted">Sending works; you can come back to this at any time.</span>
    </form>
  );
}
