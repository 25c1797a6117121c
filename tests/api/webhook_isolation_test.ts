/**
 * The rule that keeps accounts apart: an entry changes something only in the account whose number (or business
 * account) it names, and only if that account's app secret signed it. Everything else is kept for the signer, ignored.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { countRows, messageRows, postMessage } from "@/tests/helpers/sends.ts";
import {
  bodyOf,
  CALLBACK_PATH,
  changeOf,
  contactItem,
  entryOf,
  eventRows,
  failedItem,
  integrationIdOf,
  messageItem,
  newWamid,
  postCallback,
  settledEvents,
  statusItem,
} from "@/tests/helpers/webhooks.ts";

type Entry = Parameters<typeof bodyOf>[0];

describe("isolation of Meta's callbacks", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function sent(account: SeededAccount) {
    const answer = await postMessage(harness.server.baseUrl, { key: account.key.key });
    assertEquals(answer.status, 201, answer.text);
    return answer.json.data;
  }

  async function post(signer: SeededAccount, ...entries: Entry[]): Promise<void> {
    const answer = await postCallback(harness.server.baseUrl, bodyOf(...entries), {
      secret: signer.appSecret,
    });
    assertEquals([answer.status, answer.text], [200, "stored"]);
  }

  /** Signs as `attacker`; asserts that nothing of `victim` changes and that the attacker keeps what was sent. */
  async function assertHarmless(
    parties: { attacker: SeededAccount; victim: SeededAccount },
    entry: Entry,
  ): Promise<void> {
    const { attacker, victim } = parties;
    const before = await everythingOf(victim);
    await post(attacker, entry);
    const kept = await eventRows(harness, attacker.id);
    assertEquals(kept.map(({ state, attempts }) => [state, attempts]), [["ignored", 0]]);
    assertEquals(await eventRows(harness, victim.id), []);
    // Whatever would be applied of it has been by the time that the victim's own next event is.
    await post(
      victim,
      entryOf(victim, { statuses: [statusItem("warning", { id: newWamid() })] }),
    );
    await settledEvents(harness, victim.id);
    assertEquals(await everythingOf(victim), before);
    assertEquals(await countRows(harness, attacker.id), {
      contacts: 0,
      conversations: 0,
      messages: 0,
      keys: 0,
    });
  }

  async function everythingOf(account: SeededAccount): Promise<unknown> {
    const tables = ["contacts", "conversations", "messages"];
    return await Promise.all(tables.map((table) =>
      harness.query(
        `select to_jsonb(t)::text as row from ${table} t where account_id = $1 order by id`,
        [account.id],
      )
    ));
  }

  async function makeParties() {
    return { attacker: await harness.makeAccount(), victim: await harness.makeAccount() };
  }

  it("a status of another account's message and number changes nothing", async () => {
    const parties = await makeParties();
    const { whatsapp_message_id: id } = await sent(parties.victim);
    await assertHarmless(parties, entryOf(parties.victim, { statuses: [failedItem({ id })] }));
  });

  it("a message to another account's number is stored nowhere", async () => {
    const parties = await makeParties();
    await sent(parties.victim);
    await assertHarmless(
      parties,
      entryOf(parties.victim, {
        contacts: [contactItem({ waId: "14155550123", bsuid: "US.1", name: "Eve" })],
        messages: [messageItem({ id: newWamid(), from: "14155550123", from_user_id: "US.1" })],
      }),
    );
  });

  it("a change of user id in another account's business account changes nothing", async () => {
    const parties = await makeParties();
    await sent(parties.victim);
    const update = { wa_id: "14155550123", user_id: { current: "US.2" }, timestamp: "1763800000" };
    await assertHarmless(
      parties,
      changeOf(parties.victim, { field: "user_id_update", value: { user_id_update: [update] } }),
    );
  });

  it("an account's own entry cannot reach another account's message by its ids", async () => {
    const { attacker, victim } = await makeParties();
    const { message_id, whatsapp_message_id } = await sent(victim);
    const before = await everythingOf(victim);
    await post(
      attacker,
      entryOf(attacker, {
        statuses: [
          failedItem({ id: whatsapp_message_id }),
          failedItem({ id: newWamid(), biz_opaque_callback_data: message_id }),
        ],
      }),
    );
    await harness.query(
      "update meta_events set attempts = 5, due_at = now() where account_id = $1",
      [attacker.id],
    );
    const rows = await settledEvents(harness, attacker.id);
    assertEquals(rows.map(({ state }) => state), ["unmatched", "unmatched"]);
    assertEquals(await everythingOf(victim), before);
  });

  for (const status of ["delivered", "failed"]) {
    it(`a "${status}" of another account's message in doubt does not settle it`, async () => {
      const parties = await makeParties();
      const { victim } = parties;
      const path = `/v25.0/${victim.phoneNumberId}/messages`;
      harness.simulator.faults.when((target) => target.path === path, {
        kind: "status5xxWithoutBody",
      });
      const lost = await postMessage(harness.server.baseUrl, {
        key: victim.key.key,
        idempotencyKey: "lost",
      });
      harness.simulator.faults.clear();
      assertEquals([lost.status, lost.json.error.code], [504, "outcome_unknown"]);
      const item = status === "failed"
        ? failedItem
        : (own: { id: string }) => statusItem("delivered", own);
      const biz_opaque_callback_data = lost.json.error.details.message_id;
      const own = { id: newWamid(), biz_opaque_callback_data };
      await assertHarmless(parties, entryOf(victim, { statuses: [item(own)] }));
      const again = await postMessage(harness.server.baseUrl, {
        key: victim.key.key,
        idempotencyKey: "lost",
      });
      assertEquals([again.status, again.json.error.code], [409, "outcome_unknown"]);
      assertEquals((await messageRows(harness, victim.id))[0]?.status, "unknown");
    });
  }

  it("of a batch only the signer's own entries are applied", async () => {
    const { attacker, victim } = await makeParties();
    const [mine, theirs] = [await sent(attacker), await sent(victim)];
    const read = (id: string) => ({ statuses: [statusItem("read", { id })] });
    await post(
      attacker,
      entryOf(victim, read(theirs.whatsapp_message_id)),
      entryOf(attacker, read(mine.whatsapp_message_id)),
      entryOf({ phoneNumberId: "1", wabaId: "2" }, read(theirs.whatsapp_message_id)),
    );
    const rows = await settledEvents(harness, attacker.id);
    assertEquals(rows.map(({ state }) => state), ["ignored", "processed", "ignored"]);
    assertEquals((await messageRows(harness, attacker.id))[0]?.status, "read");
    assertEquals((await messageRows(harness, victim.id))[0]?.status, "sent");
    assertEquals(await eventRows(harness, victim.id), []);
  });

  it("two accounts of one Meta app both get their entries of one batch, whoever's URL was called", async () => {
    const first = await harness.makeAccount();
    const { appSecret } = first;
    const second = await harness.makeAccount({ credentials: { appSecret } });
    const sends = [await sent(first), await sent(second)];
    const read = (index: number) => ({
      statuses: [statusItem("read", { id: sends[index].whatsapp_message_id })],
    });
    const path = `${CALLBACK_PATH}/${await integrationIdOf(harness, first.id)}`;
    const answer = await postCallback(
      harness.server.baseUrl,
      bodyOf(entryOf(second, read(1)), entryOf(first, read(0))),
      { secret: appSecret, path },
    );
    assertEquals(answer.status, 200);
    for (const account of [first, second]) {
      assertEquals((await settledEvents(harness, account.id)).length, 1);
      assertEquals((await messageRows(harness, account.id))[0]?.status, "read");
    }
  });

  it("what names only a business account is for every account of it that has the secret", async () => {
    const first = await harness.makeAccount();
    const { appSecret, wabaId } = first;
    const second = await harness.makeAccount({ credentials: { appSecret, wabaId } });
    const otherSecret = await harness.makeAccount({ credentials: { wabaId } });
    const otherWaba = await harness.makeAccount({ credentials: { appSecret } });
    await post(first, changeOf(first, { field: "account_update", value: { event: "X" } }));
    const update = { user_id: { previous: "US.1", current: "US.2" }, timestamp: "1763800000" };
    await post(
      first,
      changeOf(first, { field: "user_id_update", value: { user_id_update: [update] } }),
    );
    for (const account of [first, second]) {
      const rows = await settledEvents(harness, account.id);
      assertEquals(rows.map(({ field, state }) => [field, state]), [
        ["account_update", "ignored"],
        ["user_id_update", "processed"],
      ]);
    }
    for (const account of [otherSecret, otherWaba]) {
      assertEquals(await eventRows(harness, account.id), []);
    }
  });

  it("messages and statuses that name no number are applied nowhere", async () => {
    const account = await harness.makeAccount();
    const { whatsapp_message_id: id } = await sent(account);
    await post(
      account,
      changeOf(account, {
        field: "messages",
        value: {
          statuses: [statusItem("read", { id })],
          messages: [messageItem({ id: newWamid(), from: "14155550123" })],
        },
      }),
    );
    const rows = await settledEvents(harness, account.id);
    assertEquals(rows.map(({ state }) => state), ["ignored", "ignored"]);
    assertEquals((await messageRows(harness, account.id)).map(({ status }) => status), ["sent"]);
  });
});
