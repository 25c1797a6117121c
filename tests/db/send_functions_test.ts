/**
 * finish_sends() against the other writers of a message — the sweep and status webhooks — in every order: the later
 * status wins, the wamid stays, a definite failure frees the key, and identities never make the statement fail.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import { deleteExpiredIdempotencyKeys, sweepPending } from "@/db/messages.ts";
import { beginSends, type FinishedSend, finishSends } from "@/db/sends.ts";
import { makeId } from "@/lib/ids.ts";
import { ABANDONED } from "@/lib/messages/send_outcome.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { plainSend } from "@/tests/helpers/plain_send.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { seedAccount } from "@/tests/helpers/seed.ts";

const ALONE = { lockTimeoutMs: null };
const ENDPOINT = "POST /api/v1/messages";
const WAMID = "wamid.FROM-META";
const REFUSAL = { code: 131026, title: "Undeliverable", message: "No", hint: "Check the number" };
const LOST = { code: null, title: "Outcome unknown", message: "Cut", hint: "Wait" };

type FinishStatus = "sent" | "failed" | "unknown";

interface Begun {
  accountId: string;
  messageId: string;
  contactId: string;
}

describe("finish_sends()", () => {
  const cleanUp = new AsyncDisposableStack();
  let sql: Sql;
  let accountId: string;
  beforeAll(async () => {
    const postgres = cleanUp.use(await postgresFromEnvironment(18));
    const database = await postgres.createDatabase();
    cleanUp.defer(() => database.drop());
    sql = connect(database.url, { poolSize: 4 });
    cleanUp.defer(() => sql.end({ timeout: 5 }));
    const secrets = new SecretBox([new Uint8Array(32).fill(7)]);
    accountId = (await seedAccount(sql, { secrets, connected: true })).id;
  });
  afterAll(() => cleanUp.disposeAsync());

  let nextPhone = 1_000;
  const newPhone = () => `+1415555${nextPhone++}`;

  async function begin(
    more: { phone?: string; bsuid?: string; key?: string; leaseMs?: number } = {},
  ): Promise<Begun> {
    const { bsuid = null, key } = more;
    const send = plainSend({
      accountId,
      phone: bsuid === null ? more.phone ?? newPhone() : null,
      bsuid,
      idempotency: key === undefined ? null : { key, fingerprint: new Uint8Array(32) },
      leaseMs: more.leaseMs ?? 60_000,
    });
    const [begun] = await beginSends(sql, [send], ALONE);
    assert(begun?.outcome === "created", begun?.outcome);
    return { accountId, messageId: begun.messageId, contactId: begun.contactId };
  }

  async function finish(
    begun: Begun,
    status: FinishStatus,
    identities: { waId?: string; bsuid?: string; wamid?: string } = {},
  ): Promise<FinishedSend | null> {
    const [finished = null] = await finishSends(sql, [{
      accountId: begun.accountId,
      messageId: begun.messageId,
      endpoint: ENDPOINT,
      status,
      wamid: status === "sent" ? identities.wamid ?? `${WAMID}-${begun.messageId}` : null,
      error: status === "failed" ? REFUSAL : status === "unknown" ? LOST : null,
      waId: identities.waId ?? null,
      bsuid: identities.bsuid ?? null,
      tokenFailed: false,
    }], ALONE);
    return finished;
  }

  async function read(begun: Begun) {
    const [row] = await sql`
      select status, wamid, error, sent_at, failed_at, lease_until from messages where id = ${begun.messageId}
    `;
    if (row === undefined) throw new Error("The message is gone");
    return row;
  }

  async function hasKey(key: string): Promise<boolean> {
    return (await sql`select from idempotency_keys where key = ${key}`).count === 1;
  }

  const ORDERS: [before: string, finish: FinishStatus, after: string][] = [
    ["pending", "sent", "sent"],
    ["pending", "failed", "failed"],
    ["pending", "unknown", "unknown"],
    ["unknown", "sent", "sent"],
    ["unknown", "failed", "failed"],
    ["unknown", "unknown", "unknown"],
    ["sent", "sent", "sent"],
    ["sent", "unknown", "sent"],
    ["sent", "failed", "failed"],
    ["failed", "sent", "failed"],
    ["failed", "unknown", "failed"],
    ["delivered", "sent", "delivered"],
    ["delivered", "failed", "delivered"],
    ["delivered", "unknown", "delivered"],
    ["read", "sent", "read"],
    ["read", "failed", "read"],
    ["read", "unknown", "read"],
  ];
  for (const [before, outcome, after] of ORDERS) {
    it(`makes a ${before} message ${after} when the send ended as ${outcome}`, async () => {
      const begun = await begin();
      await sql`update messages set status = ${before} where id = ${begun.messageId}`;
      const finished = await finish(begun, outcome);
      const row = await read(begun);
      assertEquals([finished?.status, row.status], [after, after]);
      assertEquals(row.lease_until, null);
      assertEquals(row.wamid !== null, outcome === "sent");
      assertEquals(row.sent_at !== null, outcome === "sent");
      // The reason is that of the status that wins.
      assertEquals(row.error !== null, outcome === after && outcome !== "sent");
    });
  }

  it("lifts a message that the sweep has made unknown to sent, without the sweep's error", async () => {
    const begun = await begin({ leaseMs: -1 });
    assertEquals(await sweepPending(sql, { limit: 10, all: false, error: ABANDONED }), 1);
    assertEquals((await read(begun)).error, ABANDONED);
    assertEquals((await finish(begun, "sent"))?.status, "sent");
    const row = await read(begun);
    assertEquals([row.status, row.error, row.lease_until], ["sent", null, null]);
    assertEquals(await sweepPending(sql, { limit: 10, all: false, error: ABANDONED }), 0);
  });

  it("keeps the error of a message that failed when a later writer knows less", async () => {
    const begun = await begin();
    await finish(begun, "failed");
    await finish(begun, "unknown");
    const row = await read(begun);
    assertEquals([row.status, row.error], ["failed", REFUSAL]);
  });

  it("keeps the wamid that a webhook has told first", async () => {
    const begun = await begin();
    await sql`
      update messages set status = 'delivered', wamid = 'wamid.FIRST' where id = ${begun.messageId}
    `;
    assertEquals((await finish(begun, "unknown"))?.wamid, "wamid.FIRST");
    assertEquals((await finish(begun, "failed"))?.wamid, "wamid.FIRST");
    const row = await read(begun);
    assertEquals([row.status, row.wamid, row.error], ["delivered", "wamid.FIRST", null]);
  });

  it("stores the same outcome twice without a change", async () => {
    const begun = await begin();
    await finish(begun, "sent");
    const first = await read(begun);
    await finish(begun, "sent");
    assertEquals(await read(begun), first);
  });

  it("answers null for a message that is not there or belongs to another account", async () => {
    const begun = await begin();
    assertEquals(await finish({ ...begun, messageId: makeId() }, "failed"), null);
    assertEquals(await finish({ ...begun, accountId: makeId() }, "failed"), null);
    assertEquals((await read(begun)).status, "pending");
  });

  const KEYS: [outcome: FinishStatus, stays: boolean][] = [
    ["sent", true],
    ["unknown", true],
    ["failed", false],
  ];
  for (const [outcome, stays] of KEYS) {
    it(`${stays ? "keeps" : "releases"} the idempotency key of a send that ended as ${outcome}`, async () => {
      const key = `key-${outcome}`;
      await finish(await begin({ key }), outcome);
      assertEquals(await hasKey(key), stays);
    });
  }

  it("keeps the key of a failed message that has a wamid: Meta took it", async () => {
    const begun = await begin({ key: "taken" });
    await finish(begun, "sent");
    await finish(begun, "failed");
    assertEquals([(await read(begun)).status, await hasKey("taken")], ["failed", true]);
  });

  it("releases the key of a swept message once the send is known to have failed", async () => {
    const begun = await begin({ key: "swept", leaseMs: -1 });
    await sweepPending(sql, { limit: 10, all: false, error: ABANDONED });
    assertEquals(await hasKey("swept"), true);
    await finish(begun, "failed");
    assertEquals(await hasKey("swept"), false);
  });

  it("does not release a key that a newer message holds", async () => {
    const old = await begin({ key: "reused" });
    await sql`
      update idempotency_keys set created_at = now() - interval '25 hours' where key = 'reused'
    `;
    await begin({ key: "reused" });
    await finish(old, "failed");
    assertEquals(await hasKey("reused"), true);
  });

  it("learns the WhatsApp id, once, and keeps the first", async () => {
    const begun = await begin();
    assertEquals((await finish(begun, "sent", { waId: "4915112345678" }))?.identityTaken, false);
    assertEquals((await finish(begun, "sent", { waId: "4915199999999" }))?.identityTaken, false);
    const [contact] = await sql`select wa_id from contacts where id = ${begun.contactId}`;
    assertEquals(contact?.wa_id, "4915112345678");
  });

  it("finds the contact by a WhatsApp id that was learnt, when it is written to by that number", async () => {
    const begun = await begin();
    await finish(begun, "sent", { waId: "4915112340000" });
    assertEquals((await begin({ phone: "+4915112340000" })).contactId, begun.contactId);
  });

  it("leaves an identity out that another contact holds, says so, and stores the rest", async () => {
    const [holder, other] = [await begin(), await begin()];
    await finish(holder, "sent", { waId: "4915100000001" });
    const finished = await finish(other, "sent", { waId: "4915100000001" });
    assertEquals([finished?.status, finished?.identityTaken], ["sent", true]);
    const row = await read(other);
    assertEquals([row.status, row.wamid], ["sent", `${WAMID}-${other.messageId}`]);
    const [contact] = await sql`select wa_id from contacts where id = ${other.contactId}`;
    assertEquals(contact?.wa_id, null);
  });

  it("learns the identity that is free when the other one is taken", async () => {
    const [holder, other] = [await begin(), await begin()];
    await finish(holder, "sent", { waId: "4915100000002" });
    const finished = await finish(other, "sent", { waId: "4915100000002", bsuid: "US.42" });
    assertEquals(finished?.identityTaken, true);
    const [contact] = await sql`select wa_id, bsuid from contacts where id = ${other.contactId}`;
    assertEquals([contact?.wa_id, contact?.bsuid], [null, "US.42"]);
  });

  it("stores simultaneous outcomes that name one identity: one contact gets it", async () => {
    const sends = await Promise.all(Array.from({ length: 8 }, () => begin()));
    const finished = await Promise.all(
      sends.map((begun) => finish(begun, "sent", { waId: "4915100000003" })),
    );
    assertEquals(finished.map((row) => row?.status), Array(8).fill("sent"));
    assertEquals(finished.filter((row) => row?.identityTaken === false).length, 1);
  });

  it("sweeps in batches, oldest lease first, and leaves leases that have not ended", async () => {
    const ended = await Promise.all(Array.from({ length: 5 }, () => begin({ leaseMs: -1 })));
    const running = await begin();
    const sweep = (all: boolean) => sweepPending(sql, { limit: 2, all, error: ABANDONED });
    assertEquals([await sweep(false), await sweep(false), await sweep(false)], [2, 2, 1]);
    assertEquals(await sweep(false), 0);
    for (const begun of ended) assertEquals((await read(begun)).status, "unknown");
    assertEquals((await read(running)).status, "pending");
    while (await sweep(true) > 0);
    assertEquals((await read(running)).status, "unknown");
  });

  it("survives a sweep and a finish at the same moment: sent wins", async () => {
    const sends = await Promise.all(Array.from({ length: 20 }, () => begin({ leaseMs: -1 })));
    await Promise.all([
      ...sends.map((begun) => finish(begun, "sent")),
      sweepPending(sql, { limit: 100, all: false, error: ABANDONED }),
      sweepPending(sql, { limit: 100, all: false, error: ABANDONED }),
    ]);
    for (const begun of sends) {
      const row = await read(begun);
      assertEquals([row.status, row.error], ["sent", null]);
    }
  });

  it("purges idempotency keys after 24 hours and not before", async () => {
    await begin({ key: "young" });
    await begin({ key: "old" });
    await sql`
      update idempotency_keys
      set created_at = now() - interval '24 hours' + case key when 'old' then '0 s' else '1 min' end::interval
      where key in ('young', 'old')
    `;
    await deleteExpiredIdempotencyKeys(sql, { limit: 100 });
    assertEquals([await hasKey("young"), await hasKey("old")], [true, false]);
  });
});
