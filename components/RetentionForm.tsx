/** How long an account keeps what. What a change would remove is shown before it is saved. */
import type { VNode } from "preact";
import type { ExpiredCounts } from "@/db/retention.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Alert } from "./Alert.tsx";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";
import { Field } from "./Field.tsx";
import { ModeField } from "./ModeField.tsx";
import { TextInput } from "./TextInput.tsx";

/** The fields as texts; empty: for ever. */
export type RetentionValues = Record<
  "message_days" | "event_days" | "request_days" | "audit_days",
  string
>;

const FIELDS = [
  ["message_days", "Messages", "messages", "Empty: for ever. Contacts and conversations stay."],
  ["event_days", "Events from Meta", "events", "As they came in, with texts and numbers."],
  ["request_days", "Request log", "requests", "What the page Requests shows."],
  ["audit_days", "Audit log", "audit", "Empty: for ever."],
] as const;

/** The form; with `expired`, after it was filled in: what would be removed, and the button that saves. */
export function RetentionForm({ values, errors, expired, previewed, limit, mode }: {
  values: RetentionValues;
  errors: Record<string, string>;
  expired: ExpiredCounts | null;
  /** What the values are called whose effect is shown. */
  previewed: string;
  /** Counting stops there. */
  limit: number;
  mode: Mode;
}): VNode {
  return (
    <form method="post" action={adminUrl("/settings/data", mode)}>
      <ModeField mode={mode} />
      {expired !== null && <input type="hidden" name="previewed" value={previewed} />}
      <Card
        title="How long data is kept"
        description="In days. What is older is removed within the hour, and every hour from then on. Figures and charts stay as they are."
        footer={
          <>
            <Button
              name="action"
              value="preview"
              variant={expired === null ? "primary" : "secondary"}
            >
              See what this removes
            </Button>
            {expired !== null && <Button name="action" value="save" variant="primary">Save</Button>}
          </>
        }
      >
        <div class="grid gap-4 sm:grid-cols-2">
          {FIELDS.map(([name, label, _count, hint]) => (
            <Field key={name} label={label} name={name} hint={hint} error={errors[name]}>
              <TextInput name={name} value={values[name]} inputMode="numeric" maxLength={4} />
            </Field>
          ))}
        </div>
        {expired !== null && (
          <div class="mt-4">
            <Expired values={values} expired={expired} limit={limit} />
          </div>
        )}
      </Card>
    </form>
  );
}

function Expired({ values, expired, limit }: {
  values: RetentionValues;
  expired: ExpiredCounts;
  limit: number;
}): VNode {
  const isLoss = FIELDS.some(([_name, _label, count]) => expired[count] > 0);
  return (
    <Alert
      announce
      tone={isLoss ? "warn" : "info"}
      title={isLoss ? "Once you save, this is removed for good" : "Nothing is old enough yet"}
    >
      <ul class="mt-1 list-disc pl-5">
        {FIELDS.map(([name, label, count]) => (
          <li key={name}>
            {values[name] === ""
              ? `${label}: kept for ever`
              : `${label} older than ${values[name]} days: ${rows(expired[count], limit)} now`}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function rows(count: number, limit: number): string {
  const number = count.toLocaleString("en");
  return count >= limit ? `${number} or more` : number;
}
