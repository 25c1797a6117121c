/** Changing one's own password: it takes the present one, and ends all other sessions. */
import { z } from "zod";
import { updateOwnPassword } from "@/db/team.ts";
import type { AdminState } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { describeWait } from "@/lib/admin/describe_wait.ts";
import { givenPassword, newPassword } from "@/lib/admin/people_fields.ts";
import { confirmPassword } from "@/lib/admin/sign_in.ts";
import type { RequestOf } from "@/lib/state.ts";

/** The form. */
export const passwordForm = z.object({
  action: z.literal("password"),
  current_password: givenPassword,
  new_password: newPassword,
});

/** What became of the change. */
export type ChangeOutcome =
  | { kind: "changed"; text: string }
  | {
    kind: "refused";
    errors: Record<string, string>;
    status: number;
    headers: Record<string, string>;
  };

/** Changes the password of whoever is signed in. */
export async function changePassword(
  ctx: RequestOf<AdminState>,
  form: z.output<typeof passwordForm>,
): Promise<ChangeOutcome> {
  const { services, admin } = ctx.state;
  const { user } = admin;
  const check = await confirmPassword(ctx, { email: user.email, password: form.current_password });
  if (check.kind === "wrong") return wrongPassword();
  if (check.kind === "throttled") {
    const { retryAfterSeconds } = check;
    const error = `Too many attempts. Try again ${describeWait(retryAfterSeconds)}.`;
    return refused({ current_password: error }, { status: 429, retryAfterSeconds });
  }
  const ended = await updateOwnPassword(services.db.sql, {
    accountId: admin.live.id,
    userId: user.id,
    checkedHash: check.checkedHash,
    passwordHash: await services.passwords.hash(form.new_password),
    keepSessionId: admin.sessionId,
  });
  if (ended === null) return wrongPassword();
  await audit(ctx, { action: "user.password_changed", targetType: "user", targetId: user.id });
  const others = ended === 0 ? "" : " You are signed out everywhere else.";
  return { kind: "changed", text: `Password changed.${others}` };
}

function wrongPassword(): ChangeOutcome {
  return refused({ current_password: "This is not your password" }, { status: 422 });
}

function refused(
  errors: Record<string, string>,
  answer: { status: number; retryAfterSeconds?: number },
): ChangeOutcome {
  const { status, retryAfterSeconds } = answer;
  const headers: Record<string, string> = retryAfterSeconds === undefined
    ? {}
    : { "retry-after": String(retryAfterSeconds) };
  return { kind: "refused", errors, status, headers };
}
