/**
 * ADMIN_EMAIL and ADMIN_PASSWORD: the first person who can sign in, made at start while there is no user. It acts only
 * when a server starts, so that no other command creates people as a side effect.
 */
import type { Sql } from "@/db/connect.ts";
import { DatabaseSetupError } from "@/db/errors.ts";
import { hasUsers, insertFirstAdmin } from "@/db/users.ts";
import { makeAccountPair } from "@/lib/accounts.ts";
import { makeId } from "@/lib/ids.ts";
import { hashPassword } from "@/lib/password.ts";
import type { SecretBox } from "@/lib/secret_box.ts";

const DEFAULT_ACCOUNT_NAME = "My account";

/**
 * Creates the first admin if there is no user; joins the only live account, or a new one.
 *
 * @returns whether one was created
 * @throws DatabaseSetupError when it is not clear which account is meant
 */
export async function createFirstAdmin(
  sql: Sql,
  options: { admin: { email: string; password: string }; secrets: SecretBox },
): Promise<boolean> {
  // Hashing takes a moment: not at every start, and not while the others wait.
  if (await hasUsers(sql)) return false;
  const outcome = await insertFirstAdmin(sql, {
    user: {
      id: makeId(),
      email: options.admin.email,
      passwordHash: await hashPassword(options.admin.password),
    },
    newAccount: makeAccountPair({ name: DEFAULT_ACCOUNT_NAME, secrets: options.secrets }),
  });
  if (outcome.kind === "several_accounts") {
    throw new DatabaseSetupError(
      "ADMIN_EMAIL cannot choose between several accounts: create the user with " +
        '"deno task cli user create --account <id>"',
    );
  }
  return outcome.kind === "created";
}
