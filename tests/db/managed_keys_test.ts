/**
 * Managing keys in the database: one key per form however often it is sent, one successor per key however many rotate
 * it at once, changes that hold from the next request, and nothing of another account.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type AuthorizedKey, authorizeKeys } from "@/db/api_keys.ts";
import { connect, type Sql } from "@/db/connect.ts";
import {
  countManagedKeys,
  findLastUse,
  findManagedKey,
  listManagedKeys,
  type ManagedKeyRow,
  revokeManagedKey,
  updateManagedKey,
} from "@/db/managed_keys.ts";
import { makeId } from "@/lib/ids.ts";
import { type CreatedOnce, createKeyOnce } from "@/lib/keys/create_key_once.ts";
import type { NewKey } from "@/lib/keys/create_key.ts";
import { hashKey, parseKeyMode } from "@/lib/keys/key_format.ts";
import { type Overlap, rotateKey, type Rotation } from "@/lib/keys/rotate_key.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { seedAccount, type SeededAccount } from "@/tests/helpers/seed.ts";

const DAY_MS = 86_400_000;
const USER = { id: makeId(), email: "ada@example.com" };

for (const version of [15, 18] as const) {
  describe(`Managed keys on Postgres ${version}`, () => {
    const cleanUp = new AsyncDisposableStack();
    let sql: Sql;
    let account: SeededAccount;
    let other: SeededAccount;
    beforeAll(async () => {
      const postgres = cleanUp.use(await postgresFromEnvironment(version));
      const database = await postgres.createDatabase();
      cleanUp.defer(() => database.drop());
      sql = connect(database.url, { poolSize: 8 });
      cleanUp.defer(() => sql.end({ timeout: 5 }));
      const secrets = new SecretBox([new Uint8Array(32).fill(7)]);
      account = await seedAccount(sql, { secrets, connected: false });
      other = await seedAccount(sql, { secrets, connected: false });
    });
    afterAll(() => cleanUp.disposeAsync());

    const request = (
      more: { formToken?: string; accountId?: string; expiresInDays?: number } = {},
    ): Promise<CreatedOnce> =>
      createKeyOnce(sql, {
        accountId: account.id,
        mode: "live",
        formToken: makeId(),
        name: "backend",
        scopes: ["messages:send"],
        rateLimit: 120,
        expiresInDays: null,
        createdBy: USER,
        ...more,
      });
    const create = async (expiresInDays?: number): Promise<NewKey> => {
      const made = await request(expiresInDays === undefined ? {} : { expiresInDays });
      assert(made.outcome === "created");
      return made.key;
    };
    const find = async (id: string): Promise<ManagedKeyRow> => {
      const row = await findManagedKey(sql, { accountId: account.id, id });
      assert(row !== null);
      return row;
    };
    const rotate = (id: string, overlap: Overlap): Promise<Rotation> =>
      rotateKey(sql, { accountId: account.id, id, overlap, rotatedBy: USER });
    const rotated = async (id: string, overlap: Overlap): Promise<NewKey> => {
      const rotation = await rotate(id, overlap);
      assert(rotation.outcome === "rotated", rotation.outcome);
      return rotation.key;
    };
    const authorize = async (key: string): Promise<AuthorizedKey | null> => {
      const [found = null] = await authorizeKeys(sql, [hashKey(key)], { lockTimeoutMs: null });
      return found;
    };
    const listIds = async (ended: boolean) =>
      (await listManagedKeys(sql, { accountId: account.id, ended })).map((key) => key.id);

    it("createKeyOnce() makes one key for a form that is sent ten times at once", async () => {
      const formToken = makeId();
      const made = await Promise.all(Array.from({ length: 10 }, () => request({ formToken })));
      const [created, ...more] = made.filter((each) => each.outcome === "created");
      assert(created !== undefined && more.length === 0);
      const id = created.key.id;
      for (const each of made) {
        if (each.outcome === "already_created") assertEquals(each.id, id);
      }
      const rows = await sql`select id from api_keys where form_token = ${formToken}`;
      assertEquals([...rows], [{ id }]);
    });

    it("createKeyOnce() lets another account use the same form token, and tells it nothing", async () => {
      const formToken = makeId();
      const own = await request({ formToken });
      const theirs = await request({ formToken, accountId: other.id });
      assert(own.outcome === "created" && theirs.outcome === "created");
      assertEquals(own.key.id === theirs.key.id, false);
    });

    it("a key knows who made it, and one of the command line does not", async () => {
      const created = await create(30);
      const row = await find(created.id);
      assertEquals([row.created_by_email, row.rotated_from, row.rotated_to], [
        USER.email,
        null,
        null,
      ]);
      assert(row.expires_at !== null);
      assertEquals(Math.round((row.expires_at.getTime() - Date.now()) / DAY_MS), 30);
      assertEquals((await find(account.key.id)).created_by_email, null);
    });

    it("rotateKey() copies name, scopes, limit and lifetime into a key that works at once", async () => {
      const old = await create(90);
      const successor = await rotated(old.id, "24h");
      const [before, after] = [await find(old.id), await find(successor.id)];
      assertEquals(
        [after.name, after.scopes, after.rate_limit, after.rotated_from, after.created_by_email],
        [before.name, before.scopes, before.rate_limit, old.id, USER.email],
      );
      assertEquals([before.rotated_to, before.rotated_at], [successor.id, after.created_at]);
      assert(after.expires_at !== null && before.expires_at !== null);
      assertEquals(
        Math.round((after.expires_at.getTime() - after.created_at.getTime()) / DAY_MS),
        90,
      );
      assertEquals(before.expires_at.getTime() - after.created_at.getTime(), DAY_MS);
      assertEquals((await authorize(successor.key))?.usable, true);
      assertEquals((await authorize(old.key))?.usable, true);
      await sql`update api_keys set expires_at = now() where id = ${old.id}`;
      assertEquals((await authorize(old.key))?.usable, false);
      assertEquals((await authorize(successor.key))?.usable, true);
    });

    it("rotateKey() ends the old key at once if told so, and says who did it", async () => {
      const old = await create();
      const successor = await rotated(old.id, "now");
      assertEquals((await authorize(old.key))?.usable, false);
      assertEquals((await authorize(successor.key))?.usable, true);
      assertEquals((await find(old.id)).revoked_by_email, USER.email);
      assertEquals((await find(successor.id)).expires_at, null);
    });

    it("rotateKey() never prolongs a key that ends earlier", async () => {
      const old = await create(1);
      const before = await find(old.id);
      await rotated(old.id, "7d");
      assertEquals((await find(old.id)).expires_at, before.expires_at);
    });

    it("rotateKey() makes one successor when eight rotate at once", async () => {
      const old = await create();
      const rotations = await Promise.all(Array.from({ length: 8 }, () => rotate(old.id, "1h")));
      const [first, ...more] = rotations.filter((each) => each.outcome === "rotated");
      assert(first !== undefined && more.length === 0);
      for (const each of rotations) {
        if (each !== first) assertEquals(each, { outcome: "already_rotated", id: first.key.id });
      }
    });

    it("rotateKey() keeps the mode of the account", async () => {
      const successor = await rotateKey(sql, {
        accountId: account.testId,
        id: account.testKey.id,
        overlap: "1h",
        rotatedBy: USER,
      });
      assert(successor.outcome === "rotated");
      assertEquals(parseKeyMode(successor.key.key), "test");
    });

    it("rotateKey() and updateManagedKey() leave a key alone that has ended", async () => {
      const revoked = await create();
      await revokeManagedKey(sql, { accountId: account.id, id: revoked.id, revokedBy: USER });
      const expired = await create();
      await sql`update api_keys set expires_at = now() where id = ${expired.id}`;
      for (const { id } of [revoked, expired]) {
        assertEquals(await rotate(id, "1h"), { outcome: "ended" });
        const change = { accountId: account.id, id, name: "x", scopes: [], rateLimit: 0 };
        assertEquals(await updateManagedKey(sql, change), "ended");
        assertEquals((await find(id)).name, "backend");
      }
    });

    it("updateManagedKey() holds from the next request", async () => {
      const { id, key } = await create();
      assertEquals((await authorize(key))?.scopes, ["messages:send"]);
      const change = { accountId: account.id, id, name: "new", scopes: [], rateLimit: 1 };
      assertEquals(await updateManagedKey(sql, change), "updated");
      const next = await authorize(key);
      assertEquals([next?.key_name, next?.scopes, next?.rate_limit], ["new", [], 1]);
    });

    it("revokeManagedKey() holds from the next request and keeps the first time and name", async () => {
      const { id, key } = await create();
      const revoke = (email: string) =>
        revokeManagedKey(sql, { accountId: account.id, id, revokedBy: { id: makeId(), email } });
      assertEquals(await revoke(USER.email), "revoked");
      assertEquals((await authorize(key))?.usable, false);
      const row = await find(id);
      assertEquals(await revoke("eve@example.com"), "revoked_before");
      assertEquals(await find(id), row);
    });

    it("findLastUse() tells of the first request at once", async () => {
      const { id, key } = await create();
      assertEquals(await findLastUse(sql, { accountId: account.id, id }), null);
      await authorize(key);
      assert(await findLastUse(sql, { accountId: account.id, id }) instanceof Date);
    });

    it("listManagedKeys() and countManagedKeys() part keys in use from history", async () => {
      const kept = await create();
      const expired = await create();
      await sql`update api_keys set expires_at = now() where id = ${expired.id}`;
      const revoked = await create();
      await revokeManagedKey(sql, { accountId: account.id, id: revoked.id, revokedBy: USER });
      const replaced = await create();
      const successor = await rotated(replaced.id, "1h");
      assertEquals((await listIds(false)).slice(0, 4), [
        successor.id,
        replaced.id,
        expired.id,
        kept.id,
      ]);
      await sql`update api_keys set expires_at = now() where id = ${replaced.id}`;
      assertEquals((await listIds(true)).slice(0, 2), [replaced.id, revoked.id]);
      assertEquals(await countManagedKeys(sql, account.id), {
        current: (await listIds(false)).length,
        ended: (await listIds(true)).length,
      });
    });

    it("another account's key is not found, shown or changed", async () => {
      const { id } = await create();
      const before = await find(id);
      for (const accountId of [other.id, account.testId]) {
        const key = { accountId, id };
        assertEquals(await findManagedKey(sql, key), null);
        assertEquals(await findLastUse(sql, key), undefined);
        assertEquals(await revokeManagedKey(sql, { ...key, revokedBy: USER }), "not_found");
        assertEquals(await rotateKey(sql, { ...key, overlap: "1h", rotatedBy: USER }), {
          outcome: "not_found",
        });
        const change = { ...key, name: "mine", scopes: [], rateLimit: 0 };
        assertEquals(await updateManagedKey(sql, change), "not_found");
        const listed = await listManagedKeys(sql, { accountId, ended: false });
        assertEquals(listed.some((row) => row.id === id), false);
      }
      assertEquals(await find(id), before);
    });
  });
}
