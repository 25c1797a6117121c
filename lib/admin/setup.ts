/**
 * The first admin, by the set-up link. The link is made when a server starts and nobody can sign in yet; whoever opens
 * it names the account and becomes its owner.
 */
import type { Sql } from "@/db/connect.ts";
import { findLink, type LinkRow, replaceSetupLink } from "@/db/links.ts";
import { listAccounts } from "@/db/accounts.ts";
import { insertAuditEntry } from "@/db/audit_log.ts";
import { hasUsers, insertFirstAdmin } from "@/db/users.ts";
import { makeAccountPair } from "@/lib/accounts.ts";
import { beginSession } from "@/lib/admin/session.ts";
import { hashToken, makeToken } from "@/lib/admin/session_token.ts";
import { makeId } from "@/lib/ids.ts";
import type { RequestOf } from "@/lib/state.ts";

/** What a set-up link can be used for. */
export type SetupState =
  | { kind: "open"; accountName: string }
  | { kind: "done" | "expired" | "unknown" | "several_accounts" };

/** A new set-up link in the place of any before; null if somebody can sign in already. */
export async function makeSetupLink(sql: Sql, appUrl: string): Promise<string | null> {
  const { token, tokenHash } = makeToken();
  const isMade = await replaceSetupLink(sql, { id: makeId(), tokenHash });
  return isMade ? `${appUrl}/setup/${token}` : null;
}

/** What the page of a set-up link shows. */
export async function findSetupState(sql: Sql, token: string): Promise<SetupState> {
  if (await hasUsers(sql)) return { kind: "done" };
  const tokenHash = hashToken(token);
  const link = tokenHash === null ? null : await findLink(sql, { kind: "setup", tokenHash });
  if (link === null) return { kind: "unknown" };
  if (link.state !== "open") return { kind: closedKind(link.state) };
  const live = (await listAccounts(sql)).filter(({ mode }) => mode === "live");
  if (live.length > 1) return { kind: "several_accounts" };
  return { kind: "open", accountName: live[0]?.name ?? "" };
}

/** Makes the owner and signs her in; the cookie, or what the page shows instead. */
export async function completeSetup(
  ctx: RequestOf,
  setup: { token: string; accountName: string; email: string; password: string },
): Promise<{ kind: "created"; cookie: string } | Exclude<SetupState, { kind: "open" }>> {
  const { db, secrets, passwords } = ctx.state.services;
  // Before the hashing, which is what somebody with a made-up link could keep the server busy with.
  const state = await findSetupState(db.sql, setup.token);
  if (state.kind !== "open") return state;
  const setupTokenHash = hashToken(setup.token);
  if (setupTokenHash === null) return { kind: "unknown" };
  const user = {
    id: makeId(),
    email: setup.email,
    passwordHash: await passwords.hash(setup.password),
  };
  let cookie: string | null = null;
  const outcome = await insertFirstAdmin(db.sql, {
    user,
    newAccount: makeAccountPair({ name: setup.accountName, secrets }),
    setupTokenHash,
    andThen: async (tx, accountId) => {
      await insertAuditEntry(tx, {
        id: makeId(),
        accountId,
        userId: user.id,
        userEmail: user.email,
        action: "account.created",
        targetType: "account",
        targetId: accountId,
        mode: "live",
        details: { name: setup.accountName },
      });
      cookie = await beginSession(ctx, { id: user.id, passwordHash: null, tx });
    },
  });
  if (outcome.kind === "created" && cookie !== null) return { kind: "created", cookie };
  if (outcome.kind === "several_accounts") return { kind: "several_accounts" };
  return { kind: outcome.kind === "link_ended" ? "unknown" : "done" };
}

function closedKind(state: LinkRow["state"]): "done" | "expired" {
  return state === "used" ? "done" : "expired";
}
