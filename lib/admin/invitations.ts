/**
 * Inviting another admin. No mail is sent: the link is shown once to whoever made it, who passes it on. The address is
 * fixed with the invitation; the person who opens the link chooses her password.
 */
import { findLink, insertInvitation } from "@/db/links.ts";
import { insertAuditEntry } from "@/db/audit_log.ts";
import { joinTeam, listMembers } from "@/db/team.ts";
import type { AdminState } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { beginSession } from "@/lib/admin/session.ts";
import { hashToken, makeToken } from "@/lib/admin/session_token.ts";
import { publicBaseUrl } from "@/lib/http/public_base_url.ts";
import { makeId } from "@/lib/ids.ts";
import type { RequestOf } from "@/lib/state.ts";

/** What the page of an invitation shows. */
export type InvitationState =
  | { kind: "open"; email: string; accountName: string; invitedBy: string }
  | { kind: "used" | "expired" | "unknown" | "email_taken" };

/** Makes an invitation; its link, or null if the address is in the team already. */
export async function inviteMember(
  ctx: RequestOf<AdminState>,
  email: string,
): Promise<string | null> {
  const { services, admin } = ctx.state;
  const members = await listMembers(services.db.sql, admin.live.id);
  if (members.some((member) => member.email === email)) return null;
  const { token, tokenHash } = makeToken();
  const id = makeId();
  await insertInvitation(services.db.sql, {
    id,
    tokenHash,
    accountId: admin.live.id,
    email,
    createdBy: admin.user.id,
  });
  await audit(ctx, {
    action: "invitation.created",
    targetType: "invitation",
    targetId: id,
    details: { email },
  });
  return `${publicBaseUrl(ctx)}/invite/${token}`;
}

/** What somebody who opened an invitation sees. */
export async function findInvitation(ctx: RequestOf, token: string): Promise<InvitationState> {
  const tokenHash = hashToken(token);
  if (tokenHash === null) return { kind: "unknown" };
  const link = await findLink(ctx.state.services.db.sql, { kind: "invitation", tokenHash });
  if (link === null) return { kind: "unknown" };
  if (link.state !== "open") return { kind: link.state };
  return {
    kind: "open",
    email: link.email ?? "",
    accountName: link.account_name ?? "",
    invitedBy: link.invited_by ?? "",
  };
}

/** Makes the invited person an admin and signs her in. */
export async function acceptInvitation(
  ctx: RequestOf,
  given: { token: string; password: string },
): Promise<{ kind: "joined"; cookie: string } | Exclude<InvitationState, { kind: "open" }>> {
  const { db, passwords } = ctx.state.services;
  // Before the hashing, which is what somebody with a made-up link could keep the server busy with.
  const state = await findInvitation(ctx, given.token);
  if (state.kind !== "open") return state;
  const tokenHash = hashToken(given.token);
  if (tokenHash === null) return { kind: "unknown" };
  const userId = makeId();
  let cookie: string | null = null;
  const outcome = await joinTeam(
    db.sql,
    { tokenHash, userId, passwordHash: await passwords.hash(given.password) },
    async (tx, { accountId, email }) => {
      await insertAuditEntry(tx, {
        id: makeId(),
        accountId,
        userId,
        userEmail: email,
        action: "user.joined",
        targetType: "user",
        targetId: userId,
        mode: "live",
        details: {},
      });
      cookie = await beginSession(ctx, { id: userId, passwordHash: null, tx });
    },
  );
  if (outcome.kind === "joined" && cookie !== null) return { kind: "joined", cookie };
  return { kind: outcome.kind === "email_taken" ? "email_taken" : "used" };
}
