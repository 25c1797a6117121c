/** Unfinished set-ups: kept piece by piece, bound to their account, and part of a rotation of the encryption key. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import {
  deleteWhatsappDraft,
  findWhatsappDraft,
  saveWhatsappDraft,
  updateWhatsappDraft,
  type WhatsappDraftRow,
} from "@/db/whatsapp_drafts.ts";
import { createAccount } from "@/lib/accounts.ts";
import { rotateSecrets } from "@/lib/integration_secrets.ts";
import { SecretBox, SecretError } from "@/lib/secret_box.ts";
import { decryptDraft, encryptDraft } from "@/lib/whatsapp/draft_secrets.ts";
import {
  postgresFromEnvironment,
  type TestPostgres,
} from "@/tests/helpers/postgres_environment.ts";

describe("Unfinished WhatsApp set-ups", () => {
  let postgres: TestPostgres;
  let sql: Sql;
  let drop: () => Promise<void>;
  const oldKey = new Uint8Array(randomBytes(32));
  const newKey = new Uint8Array(randomBytes(32));
  const before = new SecretBox([oldKey]);
  beforeAll(async () => {
    postgres = await postgresFromEnvironment();
    const database = await postgres.createDatabase();
    drop = () => database.drop();
    sql = connect(database.url, { poolSize: 1 });
    await sql`select 1`;
  });
  afterAll(async () => {
    await sql.end({ timeout: 5 });
    await drop();
    await postgres[Symbol.asyncDispose]();
  });

  const save = (
    accountId: string,
    plain: { accessToken: string | null; appSecret: string | null },
  ) => saveWhatsappDraft(sql, { accountId, ...encryptDraft(before, { accountId, ...plain }) });
  const find = async (accountId: string): Promise<WhatsappDraftRow> => {
    const row = await findWhatsappDraft(sql, accountId);
    assert(row !== null);
    return row;
  };
  const makeAccount = async () => (await createAccount(sql, { name: "Shop", secrets: before })).id;

  it("keeps what was given before when only one of the two is given", async () => {
    const accountId = await makeAccount();
    await save(accountId, { accessToken: null, appSecret: "secret" });
    await save(accountId, { accessToken: "token", appSecret: null });
    assertEquals(decryptDraft(before, await find(accountId)), {
      accessToken: "token",
      appSecret: "secret",
    });
    assertEquals(await deleteWhatsappDraft(sql, accountId), true);
    assertEquals(await deleteWhatsappDraft(sql, accountId), false);
  });

  it("binds the secrets to their account", async () => {
    const [one, two] = [await makeAccount(), await makeAccount()];
    await save(one, { accessToken: "token", appSecret: null });
    const stolen = { ...await find(one), account_id: two };
    assertThrows(() => decryptDraft(before, stolen), SecretError);
  });

  it("are re-encrypted by a rotation of the encryption key, whatever they hold", async () => {
    const accountId = await makeAccount();
    await save(accountId, { accessToken: null, appSecret: "secret" });
    await rotateSecrets(sql, new SecretBox([newKey, oldKey]));
    assertEquals(decryptDraft(new SecretBox([newKey]), await find(accountId)), {
      accessToken: null,
      appSecret: "secret",
    });
  });

  it("a rotation does not undo what was changed since it read the row", async () => {
    const accountId = await makeAccount();
    await save(accountId, { accessToken: "first", appSecret: null });
    const read = await find(accountId);
    await save(accountId, { accessToken: "second", appSecret: null });
    const change = { read, accessToken: read.access_token, appSecret: null };
    assertEquals(await updateWhatsappDraft(sql, change), false);
    assertEquals(decryptDraft(before, await find(accountId)).accessToken, "second");
  });
});
