/**
 * Creates accounts. Each is a pair: the live account and its test twin, which comes with its sandbox integration so
 * that a test key works at once.
 */
import { randomBytes, randomInt } from "node:crypto";
import { type AccountPair, insertAccountPair } from "@/db/accounts.ts";
import type { Sql } from "@/db/connect.ts";
import { makeId } from "@/lib/ids.ts";
import { encryptIntegrationSecrets } from "@/lib/integration_secrets.ts";
import type { SecretBox } from "@/lib/secret_box.ts";

const ID_DIGITS = 15;

/** A new account and its test twin. */
export interface NewAccount {
  id: string;
  testAccountId: string;
}

/** Stores a new pair. */
export async function createAccount(
  sql: Sql,
  options: { name: string; secrets: SecretBox },
): Promise<NewAccount> {
  const pair = makeAccountPair(options);
  await insertAccountPair(sql, pair);
  return { id: pair.id, testAccountId: pair.testId };
}

/** A new pair with its sandbox, not stored yet. */
export function makeAccountPair(options: { name: string; secrets: SecretBox }): AccountPair {
  const testId = makeId();
  const integrationId = makeId();
  return {
    id: makeId(),
    testId,
    name: options.name,
    sandbox: {
      id: integrationId,
      phoneNumberId: randomDigits(ID_DIGITS),
      wabaId: randomDigits(ID_DIGITS),
      displayPhoneNumber: `+1555${randomDigits(7)}`,
      ...encryptIntegrationSecrets(options.secrets, {
        place: { accountId: testId, rowId: integrationId },
        accessToken: `sandbox${randomBytes(24).toString("hex")}`,
        appSecret: randomBytes(16).toString("hex"),
        verifyToken: randomBytes(16).toString("hex"),
      }),
    },
  };
}

function randomDigits(length: number): string {
  // The first is not 0: Meta's ids never begin with one.
  return Array.from({ length }, (_, index) => String(randomInt(index === 0 ? 1 : 0, 10))).join("");
}
