/** `/settings/sessions`: the password and the places where this person is signed in. */
import { type Context, HttpError, page, type PageResponse } from "fresh";
import { z } from "zod";
import { PasswordCard } from "@/components/PasswordCard.tsx";
import { SessionsCard } from "@/components/SessionsCard.tsx";
import { SettingsHeader } from "@/components/SettingsHeader.tsx";
import {
  deleteOtherSessions,
  deleteSession,
  type ListedSession,
  listSessions,
} from "@/db/sessions.ts";
import { type AdminState, defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { changePassword, passwordForm } from "@/lib/admin/change_password.ts";
import { describeUserAgent } from "@/lib/admin/describe_user_agent.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";

const sessionForm = z.discriminatedUnion("action", [
  z.object({ action: z.literal("end"), id: z.uuid() }),
  z.object({ action: z.literal("end_others") }),
  passwordForm,
]);

/** The sessions with what is wrong in the password form. */
interface SessionsPage {
  sessions: (ListedSession & { device: string })[];
  errors: Record<string, string>;
}

const PATH = "/settings/sessions";

export const handler = defineAdmin.handlers({
  GET: async (ctx) => await sessionsPage(ctx),
  POST: async (ctx) => {
    const form = await readForm(ctx, sessionForm);
    if (!form.ok) {
      if (form.values.action !== "password") throw new HttpError(400, "Send the form as it was");
      return await sessionsPage(ctx, { errors: form.errors, status: 422 });
    }
    switch (form.data.action) {
      case "end":
        return await endOne(ctx, form.data.id);
      case "end_others":
        return await endOthers(ctx);
      case "password": {
        const outcome = await changePassword(ctx, form.data);
        if (outcome.kind === "refused") return await sessionsPage(ctx, outcome);
        return redirectWithFlash(ctx, PATH, { kind: "success", text: outcome.text });
      }
    }
  },
});

export default defineAdmin.page<typeof handler>(function SessionSettings({ data, state }) {
  const { mode, sessionId, user } = state.admin;
  return (
    <>
      <SettingsHeader path={PATH} mode={mode} />
      <div class="space-y-6">
        <SessionsCard sessions={data.sessions} currentId={sessionId} mode={mode} />
        <PasswordCard email={user.email} errors={data.errors} mode={mode} />
      </div>
    </>
  );
});

type Ctx = Context<AdminState>;

async function sessionsPage(
  ctx: Ctx,
  more: { errors?: Record<string, string>; status?: number; headers?: HeadersInit } = {},
): Promise<PageResponse<SessionsPage>> {
  const { services, admin } = ctx.state;
  const owner = { accountId: admin.live.id, userId: admin.user.id };
  const isThis = (session: ListedSession) => Number(session.id === admin.sessionId);
  const sessions = (await listSessions(services.db.sql, owner))
    .map((session) => ({ ...session, device: describeUserAgent(session.user_agent) }))
    .sort((a, b) => isThis(b) - isThis(a));
  const { errors = {}, status = 200, headers = {} } = more;
  return page({ sessions, errors }, { status, headers });
}

async function endOne(ctx: Ctx, id: string): Promise<Response> {
  const { services, admin } = ctx.state;
  if (id === admin.sessionId) throw new HttpError(400, "This is the session you use: sign out");
  const wasThere = await deleteSession(services.db.sql, { id, userId: admin.user.id });
  if (wasThere) {
    await audit(ctx, { action: "session.ended", targetType: "session", targetId: id });
  }
  return redirectWithFlash(ctx, PATH, { kind: "success", text: "That session has ended." });
}

async function endOthers(ctx: Ctx): Promise<Response> {
  const { services, admin } = ctx.state;
  const count = await deleteOtherSessions(services.db.sql, {
    userId: admin.user.id,
    keepId: admin.sessionId,
  });
  if (count > 0) {
    const target = { targetType: "user", targetId: admin.user.id };
    await audit(ctx, { action: "session.others_ended", ...target, details: { count } });
  }
  const text = "You are signed out everywhere else.";
  return redirectWithFlash(ctx, PATH, { kind: "success", text });
}
