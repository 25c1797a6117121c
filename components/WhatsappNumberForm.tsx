/** Step three of the set-up: the numbers that the access token opens, to pick from, or two ids typed by hand. */
import type { VNode } from "preact";
import { adminUrl } from "@/components/admin_url.ts";
import { Alert } from "@/components/Alert.tsx";
import { Badge } from "@/components/Badge.tsx";
import { Button } from "@/components/Button.tsx";
import { Field } from "@/components/Field.tsx";
import { FieldSet } from "@/components/FieldSet.tsx";
import { FormErrors } from "@/components/FormErrors.tsx";
import { ModeField } from "@/components/ModeField.tsx";
import { RadioCard } from "@/components/RadioCard.tsx";
import { TextInput } from "@/components/TextInput.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { NumberChoice } from "@/lib/whatsapp/number_choices.ts";

/** What the step shows. */
export interface NumberFormProps {
  choices: readonly NumberChoice[];
  /** What Meta answered instead of numbers, in words. */
  problems: readonly string[];
  values: Readonly<Record<string, string>>;
  errors: Readonly<Record<string, string>>;
  /** Where another access token can be put in. */
  tokenHref: string;
  mode: Mode;
}

/** The two forms of step three. */
export function WhatsappNumberForm(props: NumberFormProps): VNode {
  const { choices, problems, errors } = props;
  const byHand = choices.length === 0 || errors.phone_number_id !== undefined ||
    errors.waba_id !== undefined;
  return (
    <div class="space-y-5">
      <FormErrors errors={errors} />
      {problems.length > 0 && (
        <Alert tone="warn" title="Meta did not list every number">
          {problems.map((problem) => <p key={problem}>{problem}</p>)}
        </Alert>
      )}
      {choices.length > 0 && <Choices {...props} />}
      <details open={byHand} class="rounded-lg border border-line p-4">
        <summary class="cursor-pointer text-sm font-medium">Type the ids by hand</summary>
        <ByHand {...props} />
      </details>
      <p class="text-sm text-muted">
        Wrong app? <a class="link" href={props.tokenHref}>Use another access token</a>
      </p>
    </div>
  );
}

function Choices({ choices, values, mode }: NumberFormProps): VNode {
  const free = choices.filter(({ held }) => held !== "elsewhere");
  const wanted = values.number ?? keyOf(free.find(({ held }) => held === "here") ?? free[0]);
  return (
    <form method="post" action={adminUrl("/whatsapp/number", mode)} class="space-y-4">
      <ModeField mode={mode} />
      <FieldSet name="number" legend="Numbers found with this token">
        {choices.map((choice) => (
          <RadioCard
            key={keyOf(choice)}
            name="number"
            value={keyOf(choice)}
            title={choice.title}
            description={choice.description}
            checked={keyOf(choice) === wanted}
            disabled={choice.held === "elsewhere"}
            required
            badge={<ChoiceBadge choice={choice} />}
          />
        ))}
      </FieldSet>
      <Button variant="primary" disabled={free.length === 0}>Use this number</Button>
    </form>
  );
}

function ChoiceBadge({ choice }: { choice: NumberChoice }): VNode | null {
  if (choice.held === "elsewhere") return <Badge tone="warn">Connected to another account</Badge>;
  if (choice.held === "here") return <Badge tone="good">In use</Badge>;
  return choice.isTestNumber ? <Badge tone="info">Meta's test number</Badge> : null;
}

function ByHand({ values, errors, mode }: NumberFormProps): VNode {
  return (
    <form
      method="post"
      action={adminUrl("/whatsapp/number", mode)}
      class="mt-4 max-w-xl space-y-5"
    >
      <ModeField mode={mode} />
      <Field
        label="Phone number ID"
        name="phone_number_id"
        error={errors.phone_number_id}
        hint="WhatsApp > API Setup. It is an id of Meta's, not the phone number."
      >
        <TextInput
          name="phone_number_id"
          mono
          inputMode="numeric"
          required
          value={values.phone_number_id ?? ""}
        />
      </Field>
      <Field
        label="WhatsApp Business Account ID"
        name="waba_id"
        error={errors.waba_id}
        hint="On the same page."
      >
        <TextInput name="waba_id" mono inputMode="numeric" required value={values.waba_id ?? ""} />
      </Field>
      <Button>Use these ids</Button>
    </form>
  );
}

function keyOf(choice: NumberChoice | undefined): string {
  return choice === undefined ? "" : `${choice.wabaId}/${choice.phoneNumberId}`;
}
