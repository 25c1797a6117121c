/** `/login`: e-mail and password. `next` is the page that somebody wanted to see; it never leads to another site. */
import { page } from "fresh";
import { z } from "zod";
import { Alert } from "@/components/Alert.tsx";
import { AuthCard } from "@/components/AuthCard.tsx";
import { Button } from "@/components/Button.tsx";
import { Field } from "@/components/Field.tsx";
import { TextInput } from "@/components/TextInput.tsx";
import { hasUsers } from "@/db/users.ts";
import { defineAccess } from "@/lib/admin/admin_state.ts";
import { describeWait } from "@/lib/admin/describe_wait.ts";
import { type FormResult, readPublicForm } from "@/lib/admin/forms.ts";
import { parseLocalPath } from "@/lib/admin/local_path.ts";
import { email, givenPassword } from "@/lib/admin/people_fields.ts";
import { findAdmin } from "@/lib/admin/session.ts";
import { signIn, type SignInOutcome } from "@/lib/admin/sign_in.ts";

const signInForm = z.object({ email, password: givenPassword });

/** What the form shows. */
interface SignInPage {
  email: string;
  errors: Record<string, string>;
  /** What is wrong with the attempt as a whole. */
  refusal: string | null;
}

export const handler = defineAccess.handlers({
  GET: async (ctx) => {
    if (await findAdmin(ctx) !== null) return ctx.redirect(nextPath(ctx.url), 303);
    if (!await hasUsers(ctx.state.services.db.sql)) return ctx.redirect("/setup", 303);
    return page<SignInPage>({ email: "", errors: {}, refusal: null });
  },
  POST: async (ctx) => {
    const form = await readPublicForm(ctx, signInForm);
    if (!form.ok) return page(invalidPage(form), { status: 422 });
    const outcome = await signIn(ctx, form.data);
    if (outcome.kind !== "signed_in") return refusedPage(form.data.email, outcome);
    const response = ctx.redirect(nextPath(ctx.url), 303);
    response.headers.append("set-cookie", outcome.cookie);
    return response;
  },
});

export default defineAccess.page<typeof handler>(function SignIn({ data, state }) {
  return (
    <AuthCard title="Sign in">
      {state.flash !== null && data.refusal === null && (
        <Alert tone={state.flash.kind === "success" ? "good" : "bad"} announce>
          {state.flash.text}
        </Alert>
      )}
      {data.refusal !== null && <Alert tone="bad" announce>{data.refusal}</Alert>}
      {/* Posts to its own address, which holds `next`. */}
      <form method="post" class="space-y-4">
        <Field label="E-mail" name="email" error={data.errors.email}>
          <TextInput
            name="email"
            type="email"
            value={data.email}
            autocomplete="username"
            autofocus={data.email === ""}
            required
          />
        </Field>
        <Field label="Password" name="password" error={data.errors.password}>
          <TextInput
            name="password"
            type="password"
            autocomplete="current-password"
            autofocus={data.email !== ""}
            required
          />
        </Field>
        <Button variant="primary" class="w-full">Sign in</Button>
      </form>
    </AuthCard>
  );
});

function nextPath(url: URL): string {
  return parseLocalPath(url.searchParams.get("next"));
}

function invalidPage(form: Extract<FormResult<typeof signInForm>, { ok: false }>): SignInPage {
  return { email: form.values.email ?? "", errors: form.errors, refusal: form.errors[""] ?? null };
}

function refusedPage(address: string, outcome: Exclude<SignInOutcome, { kind: "signed_in" }>) {
  const data = { email: address, errors: {} };
  if (outcome.kind === "wrong") {
    const refusal = "The e-mail address or the password is wrong.";
    return page<SignInPage>({ ...data, refusal }, { status: 422 });
  }
  const refusal = `Too many attempts. Try again ${describeWait(outcome.retryAfterSeconds)}.`;
  return page<SignInPage>({ ...data, refusal }, {
    status: 429,
    headers: { "retry-after": String(outcome.retryAfterSeconds) },
  });
}
