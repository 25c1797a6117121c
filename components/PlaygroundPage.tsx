/** The playground's page: the form, and beside it what it makes. All parts share the draft and the answer as signals. */
import type { Signal } from "@preact/signals";
import type { VNode } from "preact";
import { adminUrl } from "./admin_url.ts";
import { Alert } from "./Alert.tsx";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";
import { PageHeader } from "./PageHeader.tsx";
import type { SuggestedRecipient } from "./PlaygroundRecipients.tsx";
import LiveUpdates from "@/islands/LiveUpdates.tsx";
import PlaygroundForm from "@/islands/PlaygroundForm.tsx";
import PlaygroundPreview from "@/islands/PlaygroundPreview.tsx";
import PlaygroundResult from "@/islands/PlaygroundResult.tsx";
import PlaygroundSamples from "@/islands/PlaygroundSamples.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { PlaygroundAnswer } from "@/lib/playground/answer.ts";
import type { PlaygroundDraft } from "@/lib/playground/draft.ts";

/** `setting` is what the page has to know of the account. */
export function PlaygroundPage({ draft, answer, mode, sendKey, baseUrl, setting }: {
  draft: Signal<PlaygroundDraft>;
  answer: Signal<PlaygroundAnswer | null>;
  mode: Mode;
  sendKey: string;
  baseUrl: string;
  setting: { isConnected: boolean; sender: string | null; recipients: SuggestedRecipient[] };
}): VNode {
  return (
    <>
      <LiveUpdates mode={mode} />
      <PageHeader
        title="Playground"
        description="Compose a message, see the request that sends it, and send it. You need no API key here."
      />
      {!setting.isConnected && (
        <div class="mb-6">
          <Alert
            tone="warn"
            title="No WhatsApp number is connected"
            actions={
              <>
                <Button size="sm" href={adminUrl("/whatsapp", mode)}>Connect WhatsApp</Button>
                <Button size="sm" variant="ghost" href={adminUrl("/playground", "test")}>
                  Try it in test mode
                </Button>
              </>
            }
          >
            You can compose and check a message, but sending it will be refused.
          </Alert>
        </div>
      )}
      <div class="grid items-start gap-6 lg:grid-cols-2">
        <div class="min-w-0 space-y-6">
          <Card title="Message">
            <PlaygroundForm
              draft={draft}
              answer={answer}
              mode={mode}
              sendKey={sendKey}
              sender={setting.sender}
              recipients={setting.recipients}
            />
          </Card>
          <Card title="Answer">
            <PlaygroundResult answer={answer} mode={mode} />
          </Card>
        </div>
        <div class="min-w-0 space-y-6 lg:sticky lg:top-26">
          <Card title="Preview">
            <PlaygroundPreview draft={draft} />
          </Card>
          <Card
            title="Request"
            description={
              <>
                <code>$API_KEY</code> stands for{" "}
                <a class="link" href={adminUrl("/keys", mode)}>a key</a> that may send messages.
              </>
            }
          >
            <PlaygroundSamples draft={draft} baseUrl={baseUrl} />
          </Card>
        </div>
      </div>
    </>
  );
}
