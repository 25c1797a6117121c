/**
 * `/settings/team`: who can sign in, and who is invited. The link of an invitation is part of the answer to the form
 * that made it, and is never shown again.
 */
import { type Context, HttpError, page, type PageResponse } from "fresh";
import { z } from "zod";
import { SettingsHeader } from "@/components/SettingsHeader.tsx";
import { TeamInvitations } from "@/components/TeamInvitations.tsx";
import { TeamMembers } from "@/components/TeamMembers.tsx";
import { deleteInvitation, type InvitationRow, listInvitations } from "@/db/links.ts";
import { deleteMember, listMembers, type MemberRow } from "@/db/team.ts";
import { type AdminState, defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { inviteMember } from "@/lib/admin/invitations.ts";
import { email } from "@/lib/admin/people_fields.ts";

const teamForm = z.discriminatedUnion("action", [
  z.object({ action: z.literal("invite"), email }),
  z.object({ action: z.literal("withdraw"), id: z.uuid() }),
  z.object({ action: z.literal("remove"), id: z.uuid() }),
]);

/** The team with what the last form led to. */
interface TeamPage {
  members: MemberRow[];
  invitations: InvitationRow[];
  /** The invitation that was just made, with its link. */
  made: { email: string; link: string } | null;
  email: string;
  error: string;
}

export const handler = defineAdmin.handlers({
  GET: async (ctx) => await teamPage(ctx),
  POST: async (ctx) => {
    const form = await readForm(ctx, teamForm);
    if (!form.ok) {
      if (form.values.action !== "invite") throw new HttpError(400, "Send the form as it was");
      const entered = { email: form.values.email ?? "", error: form.errors.email ?? "" };
      return await teamPage(ctx, { status: 422, ...entered });
    }
    if (form.data.action === "invite") return await invite(ctx, form.data.email);
    const { id } = form.data;
    return form.data.action === "remove" ? await remove(ctx, id) : await withdraw(ctx, id);
  },
});

export default defineAdmin.page<typeof handler>(function TeamSettings({ data, state }) {
  const { mode, user } = state.admin;
  return (
    <>
      <SettingsHeader path="/settings/team" mode={mode} />
      <div class="space-y-6">
        <TeamMembers members={data.members} userId={user.id} mode={mode} />
        <TeamInvitations {...data} mode={mode} />
      </div>
    </>
  );
});

type Ctx = Context<AdminState>;

async function teamPage(
  ctx: Ctx,
  more: Partial<Pick<TeamPage, "made" | "email" | "error">> & { status?: number } = {},
): Promise<PageResponse<TeamPage>> {
  const { sql } = ctx.state.services.db;
  const { status = 200, ...shown } = more;
  const members = await listMembers(sql, ctx.state.admin.live.id);
  const invitations = await listInvitations(sql, ctx.state.admin.live.id);
  const data = { members, invitations, made: null, email: "", error: "", ...shown };
  // Not only for the link: who is on the team is nobody else's business.
  return page(data, { status, headers: { "cache-control": "no-store" } });
}

async function invite(ctx: Ctx, address: string): Promise<PageResponse<TeamPage>> {
  const link = await inviteMember(ctx, address);
  if (link === null) {
    return await teamPage(ctx, {
      status: 422,
      email: address,
      error: `${address} is on the team already`,
    });
  }
  return await teamPage(ctx, { made: { email: address, link } });
}

async function withdraw(ctx: Ctx, id: string): Promise<Response> {
  const { services, admin } = ctx.state;
  const invited = await deleteInvitation(services.db.sql, { accountId: admin.live.id, id });
  if (invited === null) return redirectWithFlash(ctx, "/settings/team", GONE);
  const target = { targetType: "invitation", targetId: id };
  await audit(ctx, { action: "invitation.revoked", ...target, details: { email: invited } });
  const text = `The invitation of ${invited} is withdrawn: its link no longer works.`;
  return redirectWithFlash(ctx, "/settings/team", { kind: "success", text });
}

async function remove(ctx: Ctx, id: string): Promise<Response> {
  const { services, admin } = ctx.state;
  if (id === admin.user.id) {
    throw new HttpError(400, "You cannot remove yourself: ask another admin");
  }
  const removed = await deleteMember(services.db.sql, { accountId: admin.live.id, id });
  if (removed === null) return redirectWithFlash(ctx, "/settings/team", GONE);
  const target = { targetType: "user", targetId: id };
  await audit(ctx, { action: "user.removed", ...target, details: { email: removed } });
  const text = `${removed} is removed and signed out everywhere.`;
  return redirectWithFlash(ctx, "/settings/team", { kind: "success", text });
}

const GONE = { kind: "error", text: "Nothing was changed: that was done already." } as const;
