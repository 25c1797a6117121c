/** On the overview: how the connection to WhatsApp stands, in one badge and one sentence. */
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { IntegrationHealth, IntegrationState } from "@/lib/whatsapp/integration_health.ts";
import { adminUrl } from "./admin_url.ts";
import { Alert } from "./Alert.tsx";
import { Badge } from "./Badge.tsx";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";

const SENTENCES: Record<IntegrationState, string> = {
  sandbox: "Messages go to a sandbox that answers as WhatsApp does.",
  not_connected: "No number is connected: messages are refused until one is.",
  setting_up: "The set-up is not finished.",
  sending_only: "Messages go out. Statuses and answers cannot arrive yet.",
  live: "Messages go out, statuses and answers arrive.",
};

/** The state, the number and what is wrong, with the way to the details. */
export function OverviewHealth({ mode, health }: { mode: Mode; health: IntegrationHealth }): VNode {
  return (
    <Card
      title={mode === "test" ? "Sandbox" : "WhatsApp connection"}
      actions={<Badge tone={health.badge.tone}>{health.badge.label}</Badge>}
    >
      <div class="space-y-4 text-sm">
        {health.number !== null && <p class="text-base font-medium tabular-nums">{health.number}
        </p>}
        {health.problem === null
          ? <p class="text-muted">{SENTENCES[health.state]}</p>
          : (
            <Alert tone={health.problem.tone} title={health.problem.title}>
              {health.problem.text}
            </Alert>
          )}
        <Button size="sm" href={adminUrl("/whatsapp", mode)}>
          {health.state === "not_connected" ? "Connect WhatsApp" : "See the details"}
        </Button>
      </div>
    </Card>
  );
}
