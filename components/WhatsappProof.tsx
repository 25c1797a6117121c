/** The last step of the set-up: a message to one's own phone, its ticks, and an answer that comes back. */
import type { VNode } from "preact";
import { adminUrl } from "@/components/admin_url.ts";
import { Alert } from "@/components/Alert.tsx";
import { Button } from "@/components/Button.tsx";
import { Field } from "@/components/Field.tsx";
import { FieldSet } from "@/components/FieldSet.tsx";
import { FormErrors } from "@/components/FormErrors.tsx";
import { SendIcon } from "@/components/icons.ts";
import { ModeField } from "@/components/ModeField.tsx";
import { RadioCard } from "@/components/RadioCard.tsx";
import { TextInput } from "@/components/TextInput.tsx";
import WhatsappLive from "@/islands/WhatsappLive.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { ProofProgress } from "@/lib/whatsapp/proof_progress.ts";

/** What the step shows. */
export interface ProofStepProps {
  /** Null: nothing was sent yet. */
  proof: ProofProgress | null;
  /** Of the form, made with it: pressing twice sends once. */
  idempotencyKey: string;
  values: Readonly<Record<string, string>>;
  errors: Readonly<Record<string, string>>;
  canReceive: boolean;
  mode: Mode;
}

/** The step of the proof. */
export function WhatsappProof(props: ProofStepProps): VNode {
  const { proof, errors, mode } = props;
  const here = adminUrl("/whatsapp", mode);
  const hasFailed = proof !== null && proof.sent.state === "bad";
  return (
    <div class="max-w-2xl space-y-4">
      {!props.canReceive && (
        <Alert tone="info" title="The webhook comes first">
          Meta tells through the webhook that a message was delivered, and brings the answer. Until
          it is set up you can send, but not see the ticks.
        </Alert>
      )}
      {proof !== null && (
        <WhatsappLive
          url={adminUrl("/whatsapp/proof-status", mode)}
          initial={{ lines: [proof.sent, proof.delivered, proof.answered], done: proof.done }}
          next={{ href: here, label: "Done" }}
          again={{ href: `${here}#prove`, label: "Look again for ticks and answer" }}
        />
      )}
      {proof === null || hasFailed || Object.keys(errors).length > 0
        ? <ProofForm {...props} />
        : (
          <details>
            <summary class="cursor-pointer text-sm font-medium">Send another one</summary>
            <div class="mt-4">
              <ProofForm {...props} />
            </div>
          </details>
        )}
    </div>
  );
}

function ProofForm({ values, errors, idempotencyKey, mode }: ProofStepProps): VNode {
  const kind = values.kind ?? "template";
  return (
    <form method="post" action={adminUrl("/whatsapp/proof", mode)} class="space-y-5">
      <ModeField mode={mode} />
      <input type="hidden" name="idempotency_key" value={idempotencyKey} />
      <FormErrors errors={errors} />
      <Field
        label="Your own phone"
        name="to"
        error={errors.to}
        hint="With country code. For a test number of Meta's it has to be in the list of recipients there."
      >
        <TextInput
          name="to"
          type="tel"
          required
          autocomplete="tel"
          placeholder="+14155550123"
          value={values.to ?? ""}
        />
      </Field>
      <FieldSet name="kind" legend="What to send" columns={2} error={errors.kind}>
        <RadioCard
          name="kind"
          value="template"
          checked={kind !== "text"}
          title="Template hello_world"
          description="Reaches any phone at any time. Test numbers and most new accounts have it."
        />
        <RadioCard
          name="kind"
          value="text"
          checked={kind === "text"}
          title="A short text"
          description="Only if you wrote to the number from that phone within the last 24 hours."
        />
      </FieldSet>
      <Button variant="primary" icon={<SendIcon />}>Send to WhatsApp</Button>
    </form>
  );
}
