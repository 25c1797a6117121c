/** begin_sends(), finish_sends() and authorize_keys() with many at once: each is judged as if it had come alone. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type AuthorizedKey, authorizeKeys } from "@/db/api_keys.ts";
import { connect, type Sql } from "@/db/connect.ts";
import { type BeginSend, beginSends, type BegunSend, finishSends } from "@/db/sends.ts";
import { makeId } from "@/lib/ids.ts";
import { hashKey } from "@/lib/keys/key_format.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { plainSend } from "@/tests/helpers/plain_send.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { seedAccount, type SeededAccount, seedKey } from "@/tests/helpers/seed.ts";

const ENDPOINT = "POST /api/v1/messages";
const WAIT = { lockTimeoutMs: null };
const BODY = new Uint8Array(32).fill(1);
const OTHER_BODY = new Uint8Array(32).fill(2);

describe("statements for many sends", () => {
  const cleanUp = new AsyncDisposableStack();
  let sql: Sql;
  let account: SeededAccount;
  let other: SeededAccount;
  let unconnected: SeededAccount;
  beforeAll(async () => {
    const postgres = cleanUp.use(await postgresFromEnvironment(18));
    const database = await postgres.createDatabase();
    cleanUp.defer(() => database.drop());
    sql = connect(database.url, { poolSize: 4 });
    cleanUp.defer(() => sql.end({ timeout: 5 }));
    const secrets = new SecretBox([new Uint8Array(32).fill(7)]);
    account = await seedAccount(sql, { secrets, connected: true });
    other = await seedAccount(sql, { secrets, connected: true });
    unconnected = await seedAccount(sql, { secrets, connected: false });
  });
  afterAll(() => cleanUp.disposeAsync());

  let nextPhone = 1_000;
  const newPhone = () => `+1415556${nextPhone++}`;

  function sendOf(more: Partial<BeginSend> = {}): BeginSend {
    return plainSend({ accountId: account.id, phone: newPhone(), ...more });
  }

  const begin = (...sends: BeginSend[]) => beginSends(sql, sends, WAIT);
  const outcomes = (begun: BegunSend[]) => begun.map(({ outcome }) => outcome);
  const countOf = async (table: string, accountId: string) =>
    (await sql`select from ${sql(table)} where account_id = ${accountId}`).count;

  it("answers in the order of the sends, whatever their order in the database", async () => {
    const sends = ["+14155562009", "+14155562001", "+14155562005"].map((phone) =>
      sendOf({ phone })
    );
    const begun = await begin(...sends);
    const ids = begun.map((one) => one.outcome === "created" && one.messageId);
    assertEquals(ids, sends.map(({ messageId }) => messageId));
  });

  it("makes one contact and one conversation for a new person who gets several messages", async () => {
    const phone = newPhone();
    const begun = await begin(sendOf({ phone }), sendOf({ phone }), sendOf({ phone }));
    const created = begun.filter((one) => one.outcome === "created");
    assertEquals(created.map(({ contactCreated }) => contactCreated), [true, false, false]);
    assertEquals(new Set(created.map(({ contactId }) => contactId)).size, 1);
    assertEquals(new Set(created.map(({ conversationId }) => conversationId)).size, 1);
  });

  it("stores the good ones beside every kind of refusal, and nothing of those", async () => {
    const idempotency = (key: string, fingerprint = BODY) => ({ key, fingerprint });
    const phone = newPhone();
    const [first] = await begin(sendOf({ phone, idempotency: idempotency("used") }));
    const before = {
      messages: await countOf("messages", account.id),
      keys: await countOf("idempotency_keys", account.id),
    };
    const begun = await begin(
      sendOf(),
      sendOf({ phone, idempotency: idempotency("used", OTHER_BODY) }),
      sendOf({ phone, idempotency: idempotency("used") }),
      sendOf({ accountId: unconnected.id, idempotency: idempotency("not configured") }),
      sendOf({ phone, replyToMessageId: makeId(), idempotency: idempotency("no such reply") }),
      sendOf({
        phone,
        replyToMessageId: first?.outcome === "created" ? first.messageId : null,
        idempotency: idempotency("never reached Meta"),
      }),
      sendOf({ keyHash: hashKey("unknown"), apiKeyId: makeId(), idempotency: idempotency("key") }),
      sendOf(),
    );
    assertEquals(outcomes(begun), [
      "created",
      "mismatch",
      "in_progress",
      "not_configured",
      "reply_not_found",
      "reply_without_wamid",
      "key_refused",
      "created",
    ]);
    assertEquals(await countOf("messages", account.id), before.messages + 2);
    assertEquals(await countOf("idempotency_keys", account.id), before.keys);
    for (const table of ["messages", "contacts", "conversations", "idempotency_keys"]) {
      assertEquals(await countOf(table, unconnected.id), 0, table);
    }
  });

  it("sends the same Idempotency-Key once, also if both come in one statement", async () => {
    const phone = newPhone();
    const idempotency = { key: "twice", fingerprint: BODY };
    const begun = await begin(sendOf({ phone, idempotency }), sendOf({ phone, idempotency }));
    assertEquals(outcomes(begun), ["created", "in_progress"]);
  });

  it("gives each account its own number, contacts and keys", async () => {
    const phone = newPhone();
    const idempotency = { key: "of both", fingerprint: BODY };
    const begun = await begin(
      sendOf({ phone, idempotency }),
      sendOf({ accountId: other.id, phone, idempotency }),
    );
    const created = begun.filter((one) => one.outcome === "created");
    assertEquals(created.map(({ phoneNumberId }) => phoneNumberId), [
      account.phoneNumberId,
      other.phoneNumberId,
    ]);
    assertEquals(new Set(created.map(({ contactId }) => contactId)).size, 2);
  });

  it("refuses a key of another account, whatever was proved before it", async () => {
    const { key } = account.key;
    const [row] = await sql`select id from api_keys where key_hash = ${hashKey(key)}`;
    const proof = { keyHash: hashKey(key), apiKeyId: row?.id };
    const begun = await begin(
      sendOf(proof),
      sendOf({ ...proof, accountId: other.id }),
      sendOf(proof),
    );
    assertEquals(outcomes(begun), ["created", "key_refused", "created"]);
  });

  it("fails all when one waits too long for a row, and stores nothing", async () => {
    const phone = newPhone();
    const [held] = await begin(sendOf({ phone }));
    assert(held?.outcome === "created");
    const before = await countOf("messages", account.id);
    const holder = await sql.reserve();
    try {
      await holder`begin`;
      await holder`select from conversations where id = ${held.conversationId} for update`;
      const together = beginSends(sql, [sendOf({ phone }), sendOf()], { lockTimeoutMs: 20 });
      assertEquals(await together.catch((error) => error.code), "55P03");
    } finally {
      await holder`rollback`;
      holder.release();
    }
    assertEquals(await countOf("messages", account.id), before);
  });

  it("stores every result at its own message, and tells of one that is not there", async () => {
    const begun = await begin(sendOf(), sendOf(), sendOf());
    const ids = begun.map((one) => one.outcome === "created" ? one.messageId : "");
    const result = { accountId: account.id, endpoint: ENDPOINT, waId: null, bsuid: null };
    const error = { code: 131026, title: "Undeliverable", message: "No", hint: "Check" };
    const finished = await finishSends(
      sql,
      [
        { ...result, messageId: ids[2] ?? "", status: "sent", wamid: "w2", error: null },
        { ...result, messageId: makeId(), status: "sent", wamid: "w9", error: null },
        { ...result, messageId: ids[0] ?? "", status: "failed", wamid: null, error },
        { ...result, messageId: ids[1] ?? "", status: "sent", wamid: "w1", error: null },
      ].map((one) => ({ ...one, status: one.status as "sent", tokenFailed: false })),
      WAIT,
    );
    assertEquals(finished.map((one) => one && [one.status, one.wamid]), [
      ["sent", "w2"],
      null,
      ["failed", null],
      ["sent", "w1"],
    ]);
    const rows = await sql`select status, wamid from messages where id = any (${ids}) order by id`;
    assertEquals(rows.map(({ status, wamid }) => [status, wamid]), [
      ["failed", null],
      ["sent", "w1"],
      ["sent", "w2"],
    ]);
  });

  it("takes requests that come together from a rate limit as if they had come one by one", async () => {
    const accountId = account.id;
    const one = (await seedKey(sql, { accountId, rateLimit: 5 })).key;
    const many = (await seedKey(sql, { accountId, rateLimit: 5 })).key;
    const alone: (AuthorizedKey | null)[] = [];
    for (let n = 0; n < 7; n++) alone.push(...await authorizeKeys(sql, [hashKey(one)], WAIT));
    const together = await authorizeKeys(sql, Array.from({ length: 7 }, () => hashKey(many)), WAIT);
    const shape = (keys: (AuthorizedKey | null)[]) =>
      keys.map((key) => key && [key.allowed, key.remaining]);
    assertEquals(shape(together), shape(alone));
    assertEquals(shape(together).slice(3), [[true, 1], [true, 0], [false, 0], [false, 0]]);
    const resets = together.map((key) => key?.reset_at ?? 0);
    assertEquals(resets, resets.toSorted((a, b) => a - b));
    assertEquals(resets.at(-1), resets[4]);
    assertEquals(together.map((key) => key?.retry_after_seconds), [
      ...Array.from({ length: 5 }, () => null),
      12,
      12,
    ]);
  });

  it("tells keys apart that are looked up together", async () => {
    const hashes = [other.key.key, "unknown", account.key.key, other.key.key].map(hashKey);
    const found = await authorizeKeys(sql, hashes, WAIT);
    assertEquals(found.map((key) => key?.account_id ?? null), [
      other.id,
      null,
      account.id,
      other.id,
    ]);
  });
});
