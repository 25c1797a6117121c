/** The way from a first start to a sent message, shown on the overview until that message is sent. */
import type { ComponentChildren, VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";
import { CodeBlock } from "./CodeBlock.tsx";
import { KeyIcon, PlayIcon, PlugIcon } from "./icons.ts";
import { type Step, Steps } from "./Steps.tsx";

/** What is done already. In test mode a sandbox is connected from the start. */
export interface ChecklistProgress {
  isConnected: boolean;
  hasKey: boolean;
}

/** Three steps, of which the first that is not done is open. `sample` is a curl command with a placeholder for the key. */
export function OverviewChecklist({ mode, progress, sample }: {
  mode: Mode;
  progress: ChecklistProgress;
  sample: string;
}): VNode {
  const isTest = mode === "test";
  const steps:
    (Omit<Step, "state" | "content"> & { isDone: boolean; action: ComponentChildren })[] = [
      {
        title: isTest ? "Connected to the sandbox" : "Connect WhatsApp",
        isDone: progress.isConnected,
        description: isTest
          ? "Test messages reach a sandbox that answers as WhatsApp does. There is nothing to set up."
          : "Bring an access token and a number from Meta. The set-up shows where to find both and checks them.",
        action: (
          <Button variant="primary" href={adminUrl("/whatsapp", mode)} icon={<PlugIcon />}>
            Connect WhatsApp
          </Button>
        ),
      },
      {
        title: "Create an API key",
        isDone: progress.hasKey,
        description: "Your program sends it with each request.",
        action: (
          <Button variant="primary" href={adminUrl("/keys/new", mode)} icon={<KeyIcon />}>
            Create a key
          </Button>
        ),
      },
      {
        title: isTest ? "Send a test message" : "Send your first message",
        isDone: false,
        description: "From the playground, or from your program.",
        action: (
          <div class="space-y-4">
            <CodeBlock code={sample} language="curl" />
            <Button variant="primary" href={adminUrl("/playground", mode)} icon={<PlayIcon />}>
              Open the playground
            </Button>
          </div>
        ),
      },
    ];
  const current = steps.findIndex(({ isDone }) => !isDone);
  return (
    <Card
      title="Send your first message"
      description={isTest
        ? "Nothing reaches WhatsApp in test mode: try everything as often as you like."
        : "Three steps. Or try everything in test mode first, without a connection."}
      actions={!isTest && <Button size="sm" href={adminUrl("/", "test")}>Try in test mode</Button>}
    >
      <Steps
        steps={steps.map(({ isDone, action, title, description }, index) => ({
          title,
          description: isDone ? null : description,
          state: isDone ? "done" : index === current ? "current" : "todo",
          content: index === current ? action : null,
        }))}
      />
    </Card>
  );
}
