/** The set-up before a number is connected: the way in six steps, with the forms of the first two. */
import type { ComponentChildren, VNode } from "preact";
import { adminUrl } from "@/components/admin_url.ts";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { ModeField } from "@/components/ModeField.tsx";
import { Steps } from "@/components/Steps.tsx";
import {
  type StoredCredentials,
  WhatsappCredentialsForm,
} from "@/components/WhatsappCredentialsForm.tsx";
import { WhatsappNeeds } from "@/components/WhatsappNeeds.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";

/** The steps and what each is about. */
const STEPS: readonly { title: string; description: string; href?: string }[] = [
  { title: "Get ready at Meta", description: "An app and a number, your own or a test number." },
  {
    title: "Access token and app secret",
    description: "Meta is asked at once whether the token works.",
    href: "/whatsapp/connect",
  },
  {
    title: "Pick the number",
    description: "From those that the token opens.",
    href: "/whatsapp/number",
  },
  { title: "Check", description: "Permissions, registration, events: each with its fix." },
  { title: "Webhook", description: "So that delivery statuses and replies come in." },
  { title: "Prove it", description: "A message to your own phone, and your answer." },
];

/** The six steps; those before `current` are done unless `states` says otherwise. */
export function WhatsappSteps({ current, contents, states = {}, mode }: {
  current: number;
  /** By number of the step, from 1. */
  contents: Readonly<Record<number, ComponentChildren>>;
  states?: Readonly<Record<number, "done" | "current" | "todo">>;
  mode: Mode;
}): VNode {
  return (
    <Card>
      <Steps
        steps={STEPS.map(({ title, description, href }, index) => {
          const step = index + 1;
          const usual = step < current ? "done" : step === current ? "current" : "todo";
          const state = states[step] ?? usual;
          return {
            title,
            description,
            state,
            href: state === "done" && href !== undefined && step < current && current <= 3
              ? adminUrl(href, mode)
              : undefined,
            content: contents[step],
          };
        })}
      />
    </Card>
  );
}

/** The page while no number is connected; `step` 2 asks for the secrets even if there are some. */
export function WhatsappSetUp({ stored, errors, step, mode }: {
  stored: StoredCredentials;
  errors: Readonly<Record<string, string>>;
  step?: 2;
  mode: Mode;
}): VNode {
  const hasBoth = stored.accessToken !== null && stored.appSecret !== null;
  if (hasBoth && step === undefined) {
    return <WhatsappSteps current={3} contents={{ 3: <GoOn mode={mode} /> }} mode={mode} />;
  }
  const form = <WhatsappCredentialsForm stored={stored} errors={errors} mode={mode} />;
  const isNew = stored.accessToken === null && stored.appSecret === null;
  return (
    <WhatsappSteps
      current={isNew && step === undefined ? 1 : 2}
      contents={{ 1: <Needs isOpen={isNew} />, 2: form }}
      mode={mode}
    />
  );
}

function Needs({ isOpen }: { isOpen: boolean }): VNode {
  if (isOpen) return <WhatsappNeeds />;
  return (
    <details>
      <summary class="cursor-pointer text-sm">Where to find it</summary>
      <div class="mt-3">
        <WhatsappNeeds />
      </div>
    </details>
  );
}

function GoOn({ mode }: { mode: Mode }): VNode {
  return (
    <div class="flex flex-wrap gap-2">
      <Button href={adminUrl("/whatsapp/number", mode)} variant="primary">Pick the number</Button>
      <form method="post" action={adminUrl("/whatsapp/discard", mode)}>
        <ModeField mode={mode} />
        <Button variant="ghost">Discard this set-up</Button>
      </form>
    </div>
  );
}
