/** What Meta answered about the integration: a row for each question, with its state, its age and the way to mend it. */
import type { ComponentChildren, VNode } from "preact";
import { adminUrl } from "@/components/admin_url.ts";
import { Badge, type Tone } from "@/components/Badge.tsx";
import { Button } from "@/components/Button.tsx";
import {
  AlertTriangleIcon,
  CheckCircleIcon,
  ErrorCircleIcon,
  HelpIcon,
  type Icon,
} from "@/components/icons.ts";
import { ModeField } from "@/components/ModeField.tsx";
import { Time } from "@/components/Time.tsx";
import type { StoredCheck } from "@/db/integration_health.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { CHECKS, isCheckName } from "@/lib/whatsapp/checks.ts";

/** How a row stands. */
export type RowState = StoredCheck["state"] | "waiting";

const LOOKS: Record<RowState, { tone: Tone; label: string; class: string; icon: Icon }> = {
  ok: { tone: "good", label: "Good", class: "text-good", icon: CheckCircleIcon },
  warn: { tone: "warn", label: "Look at it", class: "text-warn", icon: AlertTriangleIcon },
  fail: { tone: "bad", label: "Not working", class: "text-bad", icon: ErrorCircleIcon },
  unknown: { tone: "neutral", label: "Not known", class: "text-muted", icon: HelpIcon },
  waiting: { tone: "neutral", label: "Waiting", class: "text-muted", icon: HelpIcon },
};

/** The rows of stored checks. */
export function WhatsappChecks({ checks, mode }: {
  checks: readonly StoredCheck[];
  mode: Mode;
}): VNode {
  return (
    <>
      {checks.filter(({ name }) => isCheckName(name)).map((check) => (
        <HealthRow
          key={check.name}
          title={isCheckName(check.name) ? CHECKS[check.name].title : check.name}
          state={check.state}
          detail={check.detail}
          fix={check.fix}
          at={check.checked_at}
          action={<CheckAction check={check} mode={mode} />}
        />
      ))}
    </>
  );
}

/** One row of the health list, to stand in a `<ul>`. */
export function HealthRow({ title, state, detail, fix, at, action }: {
  title: string;
  state: RowState;
  detail: string;
  fix: string | null;
  /** When it was looked at. */
  at?: Date | string | null | undefined;
  action?: ComponentChildren;
}): VNode {
  const look = LOOKS[state];
  const RowIcon = look.icon;
  return (
    <li class="flex gap-3 py-3.5 first:pt-0 last:pb-0">
      <span class={`mt-0.5 shrink-0 ${look.class}`}>
        <RowIcon />
      </span>
      <div class="flex min-w-0 flex-1 flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div class="min-w-0 flex-1 basis-60">
          <p class="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm font-medium">
            {`${title} `}
            <Badge tone={look.tone}>{look.label}</Badge>
          </p>
          <p class="mt-0.5 text-sm wrap-anywhere text-muted">{detail}</p>
          {fix !== null && <p class="mt-0.5 text-sm wrap-anywhere">{fix}</p>}
          {at && (
            <p class="mt-0.5 text-xs text-muted">
              Checked <Time at={at} />
            </p>
          )}
        </div>
        {action}
      </div>
    </li>
  );
}

/** The button that mends what a check found; nothing where all is well. */
function CheckAction({ check, mode }: { check: StoredCheck; mode: Mode }): VNode | null {
  if (check.state === "ok") return null;
  switch (check.name) {
    case "subscription":
      return (
        <form method="post" action={adminUrl("/whatsapp/subscribe", mode)}>
          <ModeField mode={mode} />
          <Button size="sm">Subscribe</Button>
        </form>
      );
    case "registration":
      return <Button size="sm" href={adminUrl("/whatsapp/register", mode)}>Register</Button>;
    case "app_secret":
      return (
        <Button size="sm" href={adminUrl("/whatsapp/secrets/app-secret", mode)}>
          Change secret
        </Button>
      );
    case "token":
    case "permissions":
      return (
        <Button size="sm" href={adminUrl("/whatsapp/secrets/access-token", mode)}>
          Change token
        </Button>
      );
    case "number":
      return <Button size="sm" href={adminUrl("/whatsapp/number", mode)}>Choose another</Button>;
    default:
      return null;
  }
}
