/** The one page that shows a key: its text, a request to try it with, and whether that request has come. */
import type { VNode } from "preact";
import { adminUrl } from "./admin_url.ts";
import { Alert } from "./Alert.tsx";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";
import { CodeSnippets } from "./CodeSnippets.tsx";
import { CopyBox } from "./CopyBox.tsx";
import { PageHeader } from "./PageHeader.tsx";
import KeyFirstRequest from "@/islands/KeyFirstRequest.tsx";
import type { CodeSample } from "@/lib/code_samples.ts";
import type { Mode } from "@/lib/keys/key_format.ts";

/** A key that was just made. `note` says what became of the key that it replaces, if it does. */
export function KeyRevealed({ id, name, text, mode, samples, canSend, note }: {
  id: string;
  name: string;
  text: string;
  mode: Mode;
  samples: readonly CodeSample[];
  /** Whether the samples send a message. */
  canSend: boolean;
  note?: string | undefined;
}): VNode {
  const detailsHref = adminUrl(`/keys/${id}`, mode);
  return (
    <>
      <PageHeader
        title="Save your new key"
        description={`“${name}” works from now on${
          mode === "test" ? ", in test mode: nothing it sends reaches WhatsApp" : ""
        }.`}
      />
      <div class="max-w-3xl space-y-6">
        <Alert tone="warn" title="This is the only time the key is shown">
          Copy it to where it will be used, such as a secret of your program. Nobody can show it
          again: if it is lost, rotate it.
        </Alert>
        {note !== undefined && <Alert tone="info">{note}</Alert>}
        <Card>
          <CopyBox value={text} label={mode === "test" ? "Test key" : "API key"} />
        </Card>
        <Card
          title="Try it"
          description={`A request with your key in it, ready to paste.${
            canSend ? " Put your own number in place of the example’s." : ""
          }`}
        >
          <div class="space-y-4">
            <CodeSnippets samples={samples} />
            <div>
              <KeyFirstRequest url={adminUrl(`/keys/${id}/first-request`, mode)} />
              <noscript>
                <p class="mt-2 text-sm text-muted">The key’s page shows when it was used.</p>
              </noscript>
            </div>
          </div>
        </Card>
        <div class="flex flex-wrap gap-2">
          <Button variant="primary" href={detailsHref}>I have saved the key</Button>
        </div>
      </div>
    </>
  );
}
