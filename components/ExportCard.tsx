/** Everything that an account has, as one file. */
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";
import { ModeField } from "./ModeField.tsx";

/** The button that downloads it. */
export function ExportCard({ mode }: { mode: Mode }): VNode {
  return (
    <form method="post" action={adminUrl("/settings/export", mode)}>
      <ModeField mode={mode} />
      <Card
        title="Export"
        description={`Everything in ${mode} mode as newline-delimited JSON: contacts, conversations, messages, events, logs, keys without their secrets.`}
        footer={<Button variant="secondary">Download the export</Button>}
      >
        <p class="text-sm">
          The file holds what people wrote, with their numbers: keep it as safe as this server. Its
          last line is of the type <code>end</code>; without it, the download was cut off.
        </p>
      </Card>
    </form>
  );
}
