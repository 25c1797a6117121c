/** `/setup/{token}`: the first admin names the account and chooses a password. */
import { page } from "fresh";
import { z } from "zod";
import { AuthCard } from "@/components/AuthCard.tsx";
import { Button } from "@/components/Button.tsx";
import { Field } from "@/components/Field.tsx";
import { FormErrors } from "@/components/FormErrors.tsx";
import { NewPasswordField } from "@/components/NewPasswordField.tsx";
import { TextInput } from "@/components/TextInput.tsx";
import { defineAccess } from "@/lib/admin/admin_state.ts";
import { readPublicForm } from "@/lib/admin/forms.ts";
import { accountName, email, newPassword } from "@/lib/admin/people_fields.ts";
import { completeSetup, findSetupState, type SetupState } from "@/lib/admin/setup.ts";

const setupForm = z.object({ name: accountName, email, password: newPassword });

type ClosedKind = Exclude<SetupState["kind"], "open">;

/** The form with what was entered, or why there is none. */
type SetupPage =
  | { kind: ClosedKind }
  | { kind: "open"; values: Record<string, string>; errors: Record<string, string> };

export const handler = defineAccess.handlers({
  GET: async (ctx) => {
    const state = await findSetupState(ctx.state.services.db.sql, ctx.params.token ?? "");
    if (state.kind !== "open") return closedPage(state.kind);
    return page<SetupPage>({ kind: "open", values: { name: state.accountName }, errors: {} });
  },
  POST: async (ctx) => {
    const form = await readPublicForm(ctx, setupForm);
    if (!form.ok) return page<SetupPage>({ kind: "open", ...form }, { status: 422 });
    const { name, ...credentials } = form.data;
    const token = ctx.params.token ?? "";
    const outcome = await completeSetup(ctx, { token, accountName: name, ...credentials });
    if (outcome.kind !== "created") return closedPage(outcome.kind);
    const response = ctx.redirect("/", 303);
    response.headers.append("set-cookie", outcome.cookie);
    return response;
  },
});

export default defineAccess.page<typeof handler>(function SetUp({ data }) {
  if (data.kind !== "open") return <ClosedSetup kind={data.kind} />;
  const { values, errors } = data;
  return (
    <AuthCard
      title="Create your account"
      description="You become its owner. Others can be invited later."
    >
      <FormErrors errors={errors} />
      <form method="post" class="space-y-4">
        <Field
          label="Account name"
          name="name"
          hint="Your company or project; shown in the admin UI only."
          error={errors.name}
        >
          <TextInput
            name="name"
            value={values.name ?? ""}
            maxLength={80}
            autocomplete="organization"
            required
            autofocus
          />
        </Field>
        <Field label="E-mail" name="email" hint="What you sign in with." error={errors.email}>
          <TextInput
            name="email"
            type="email"
            value={values.email ?? ""}
            autocomplete="username"
            required
          />
        </Field>
        <NewPasswordField error={errors.password} />
        <Button variant="primary" class="w-full">Create account</Button>
      </form>
    </AuthCard>
  );
});

const CLOSED: Record<ClosedKind, { title: string; text: string }> = {
  done: {
    title: "This server is set up",
    text: "Its first admin exists. Sign in, or ask an admin for an invitation.",
  },
  expired: {
    title: "This link has expired",
    text: "It worked for 24 hours. Start the server again: it prints a new one.",
  },
  unknown: {
    title: "This link does not work",
    text:
      "Each start of the server replaces the link of the start before. Use the newest one in its log.",
  },
  several_accounts: {
    title: "Which account?",
    text:
      'This server has several accounts, so the first admin is created on its command line: "deno task cli user create --account <id>".',
  },
};

function ClosedSetup({ kind }: { kind: ClosedKind }) {
  const { title, text } = CLOSED[kind];
  return (
    <AuthCard title={title} description={text}>
      {kind === "done" && <Button variant="primary" href="/login" class="w-full">Sign in</Button>}
    </AuthCard>
  );
}

function closedPage(kind: ClosedKind) {
  return page<SetupPage>({ kind }, { status: kind === "several_accounts" ? 409 : 410 });
}
