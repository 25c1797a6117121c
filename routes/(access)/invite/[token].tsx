/** `/invite/{token}`: an invited person chooses a password and is signed in. */
import { page } from "fresh";
import { z } from "zod";
import { AuthCard } from "@/components/AuthCard.tsx";
import { Button } from "@/components/Button.tsx";
import { Field } from "@/components/Field.tsx";
import { NewPasswordField } from "@/components/NewPasswordField.tsx";
import { TextInput } from "@/components/TextInput.tsx";
import { defineAccess } from "@/lib/admin/admin_state.ts";
import { readPublicForm } from "@/lib/admin/forms.ts";
import { acceptInvitation, findInvitation, type InvitationState } from "@/lib/admin/invitations.ts";
import { newPassword } from "@/lib/admin/people_fields.ts";

const inviteForm = z.object({ password: newPassword });

type ClosedKind = Exclude<InvitationState["kind"], "open">;

/** The form with what is wrong in it, or why there is none. */
interface InvitePage {
  invitation: InvitationState;
  errors: Record<string, string>;
}

export const handler = defineAccess.handlers({
  GET: async (ctx) => {
    const invitation = await findInvitation(ctx, ctx.params.token ?? "");
    return page<InvitePage>({ invitation, errors: {} }, { status: statusOf(invitation) });
  },
  POST: async (ctx) => {
    const token = ctx.params.token ?? "";
    const form = await readPublicForm(ctx, inviteForm);
    if (!form.ok) {
      const invitation = await findInvitation(ctx, token);
      const status = invitation.kind === "open" ? 422 : statusOf(invitation);
      return page<InvitePage>({ invitation, errors: form.errors }, { status });
    }
    const outcome = await acceptInvitation(ctx, { token, password: form.data.password });
    if (outcome.kind !== "joined") {
      return page<InvitePage>({ invitation: outcome, errors: {} }, { status: statusOf(outcome) });
    }
    const response = ctx.redirect("/", 303);
    response.headers.append("set-cookie", outcome.cookie);
    return response;
  },
});

export default defineAccess.page<typeof handler>(function Invitation({ data }) {
  const { invitation, errors } = data;
  if (invitation.kind !== "open") return <ClosedInvitation kind={invitation.kind} />;
  return (
    <AuthCard
      title={`Join ${invitation.accountName}`}
      description={`${invitation.invitedBy} invited you. Choose a password to become an admin.`}
    >
      <form method="post" class="space-y-4">
        {/* Readonly rather than plain text, so that password managers save it with the password. */}
        <Field label="E-mail" name="email" hint="What you sign in with.">
          <TextInput
            name="email"
            type="email"
            value={invitation.email}
            autocomplete="username"
            readOnly
          />
        </Field>
        <NewPasswordField error={errors.password} autofocus />
        <Button variant="primary" class="w-full">Join</Button>
      </form>
    </AuthCard>
  );
});

const CLOSED: Record<ClosedKind, { title: string; text: string }> = {
  used: {
    title: "This invitation was used",
    text: "It works once. If it was you who used it, sign in with the password you chose.",
  },
  expired: {
    title: "This invitation has expired",
    text: "It worked for 24 hours. Ask for a new one.",
  },
  unknown: {
    title: "This invitation does not work",
    text: "It was withdrawn, or replaced by a newer one. Ask whoever sent it for a new link.",
  },
  email_taken: {
    title: "This address is in use",
    text:
      "Somebody signs in to this server with it already, in another account. Ask for an invitation to another address.",
  },
};

function ClosedInvitation({ kind }: { kind: ClosedKind }) {
  const { title, text } = CLOSED[kind];
  return (
    <AuthCard title={title} description={text}>
      <Button href="/login" class="w-full">Sign in</Button>
    </AuthCard>
  );
}

function statusOf({ kind }: InvitationState): number {
  if (kind === "open") return 200;
  return kind === "email_taken" ? 409 : 410;
}
