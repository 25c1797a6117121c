/** What erasing a person takes away and what stays, and the form that does it once the reader has shown that it is meant. */
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Button } from "./Button.tsx";
import { Field } from "./Field.tsx";
import { ModeField } from "./ModeField.tsx";
import { TextInput } from "./TextInput.tsx";

/** `ending` is what has to be typed; of which text it is the end, `of` says. */
export function ErasePersonForm({ conversationId, of, ending, error, mode }: {
  conversationId: string;
  of: string;
  ending: string;
  error: string;
  mode: Mode;
}): VNode {
  const path = `/conversations/${conversationId}`;
  return (
    <form method="post" action={adminUrl(`${path}/erase`, mode)} class="space-y-4">
      <ModeField mode={mode} />
      <p>
        Removed for good: number, name, e-mail address and company, every text, file and template
        value of this conversation, and what the logs say of this person.
      </p>
      <p>
        What stays are the messages without their contents, with kind, status and times, so that
        your figures stay true. If this person writes again, or you write to them, that is a new
        contact.
      </p>
      <Field
        label={`The last ${ending.length} characters of the ${of}`}
        name="confirm"
        hint={`To show that this is the person you mean: type “${ending}”.`}
        error={error}
      >
        <TextInput name="confirm" mono required maxLength={20} />
      </Field>
      <div class="flex flex-wrap gap-2">
        <Button type="submit" variant="danger">Erase this person’s data</Button>
        <Button href={adminUrl(path, mode)}>Cancel</Button>
      </div>
    </form>
  );
}
