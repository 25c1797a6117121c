/**
 * An account as most tests need it: live and test twin, the live one connected to the simulator, and keys. Runs in the
 * process that has the database open.
 */
import { randomInt } from "node:crypto";
import { findTestAccount, listAccounts } from "@/db/accounts.ts";
import type { Sql } from "@/db/connect.ts";
import { createAccount } from "@/lib/accounts.ts";
import { connectWhatsapp } from "@/lib/connect_whatsapp.ts";
import { createKey } from "@/lib/keys/create_key.ts";
import { type Scope, SCOPES } from "@/lib/keys/scopes.ts";
import type { SecretBox } from "@/lib/secret_box.ts";

/** A key to make. */
export interface KeySpec {
  accountId: string;
  scopes?: Scope[];
  rateLimit?: number;
  expiresInDays?: number;
}

/** A key that was made. */
export interface SeededKey {
  id: string;
  key: string;
  prefix: string;
}

/** An account that was made. */
export interface SeededAccount {
  id: string;
  testId: string;
  /** Null if it is not connected. */
  phoneNumberId: string | null;
  wabaId: string;
  accessToken: string;
  appSecret: string;
  verifyToken: string;
  /** A live key with every scope and no rate limit. */
  key: SeededKey;
  /** The same of the test twin. */
  testKey: SeededKey;
}

const ALL_SCOPES = Object.keys(SCOPES) as Scope[];

/** What several accounts may have in common: a Meta app's secret, a business account. */
export interface SharedCredentials {
  wabaId?: string;
  appSecret?: string;
  verifyToken?: string;
}

/** Makes an account; `connected: false` leaves the live one without a number. */
export async function seedAccount(
  sql: Sql,
  options: { secrets: SecretBox; connected: boolean; credentials?: SharedCredentials },
): Promise<SeededAccount> {
  const { secrets } = options;
  const { id, testAccountId } = await createAccount(sql, { name: "Test account", secrets });
  const credentials = {
    phoneNumberId: randomDigits(),
    wabaId: randomDigits(),
    accessToken: `EAAtoken${randomDigits()}`,
    appSecret: `secret${randomDigits()}`,
    verifyToken: `verify${randomDigits()}`,
    ...options.credentials,
  };
  const account = (await listAccounts(sql)).find((row) => row.id === id);
  if (account === undefined) throw new Error("The new account is not there");
  if (options.connected) {
    await connectWhatsapp(sql, { account, credentials, secrets, graph: null });
  }
  return {
    id,
    testId: testAccountId,
    phoneNumberId: options.connected ? credentials.phoneNumberId : null,
    wabaId: credentials.wabaId,
    accessToken: credentials.accessToken,
    appSecret: credentials.appSecret,
    verifyToken: credentials.verifyToken,
    key: await seedKey(sql, { accountId: id }),
    testKey: await seedKey(sql, { accountId: testAccountId }),
  };
}

/** Makes a key: every scope and no rate limit if not told otherwise. */
export async function seedKey(sql: Sql, spec: KeySpec): Promise<SeededKey> {
  const account = (await listAccounts(sql)).find((row) => row.id === spec.accountId);
  if (account === undefined) throw new Error(`There is no account "${spec.accountId}"`);
  if (account.mode === "live" && (await findTestAccount(sql, account.id)) === null) {
    throw new Error("Every live account has a test twin");
  }
  const { id, key, prefix } = await createKey(sql, {
    accountId: account.id,
    mode: account.mode,
    name: "test key",
    scopes: spec.scopes ?? ALL_SCOPES,
    rateLimit: spec.rateLimit ?? 0,
    expiresInDays: spec.expiresInDays ?? null,
  });
  return { id, key, prefix };
}

function randomDigits(): string {
  return String(randomInt(1e14, 2e14));
}
