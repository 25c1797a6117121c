/**
 * Events, sends and merges about the same people at the same moment, in two server processes on Postgres: nothing is
 * lost, nobody waits for ever, and everything ends with the one contact that stays.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type ApiAnswer, callApi } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  allProcessed,
  contactRows,
  conversationRows,
  deliverAll,
  inboundRows,
  newBsuid,
  newWriter,
  onlyContact,
  onlyConversation,
  type Writer,
  writing,
} from "@/tests/helpers/inbound.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { type ServerProcess, startServerProcess } from "@/tests/helpers/server_process.ts";
import { bodyOf, entryOf, postCallback } from "@/tests/helpers/webhooks.ts";
import type { TestPostgres } from "@/tests/helpers/postgres_environment.ts";

type Json = Record<string, unknown>;

describe("several events about the same people at once", () => {
  let postgres: TestPostgres;
  let harness: Harness;
  let second: ServerProcess;
  beforeAll(async () => {
    postgres = await postgresFromEnvironment();
    harness = await startHarness({ postgres });
    second = await startServerProcess(harness.environment());
  });
  afterAll(async () => {
    await second[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
  });

  const server = (index: number) => index % 2 === 0 ? harness.server : second;

  /** Posts each content in a callback of its own, all at once, to both processes in turn. */
  async function postAll(account: SeededAccount, contents: Json[]): Promise<void> {
    const answers = await Promise.all(
      contents.map((content, index) =>
        postCallback(server(index).baseUrl, bodyOf(entryOf(account, content)), {
          secret: account.appSecret,
        })
      ),
    );
    assertEquals(answers.filter(({ status }) => status !== 200), []);
  }

  /** How often the database had to end one of several that waited for each other. */
  const countCircles = () =>
    [...harness.server.lines, ...second.lines].filter((line) => line.includes("40P01")).length;

  function sendAll(account: SeededAccount, recipients: string[]): Promise<ApiAnswer[]> {
    return Promise.all(recipients.map((to, index) =>
      callApi(server(index).baseUrl, {
        path: "/api/v1/messages",
        key: account.key.key,
        body: { to, text: `Number ${index}` },
      })
    ));
  }

  /** Asserts that no message is in a conversation, or of a contact, that was merged into another. */
  async function assertNothingInAliases(account: SeededAccount): Promise<void> {
    const lost = await harness.query(
      `select m.id from messages m
       join conversations c on c.account_id = m.account_id and c.id = m.conversation_id
       join contacts p on p.account_id = m.account_id and p.id = m.contact_id
       where m.account_id = $1
         and (c.merged_into is not null or p.merged_into is not null or c.contact_id <> m.contact_id)`,
      [account.id],
    );
    assertEquals(lost, []);
  }

  it("fifty sends and fifty messages of somebody new make one contact and lose nothing", async () => {
    const account = await harness.makeAccount();
    const { waId, bsuid } = newWriter();
    const contents = Array.from({ length: 50 }, () => writing({ waId, bsuid }));
    const circles = countCircles();
    const [answers] = await Promise.all([
      sendAll(account, Array.from({ length: 50 }, () => `+${waId}`)),
      postAll(account, contents),
    ]);
    assertEquals(answers.filter(({ status }) => status !== 201).map(({ text }) => text), []);
    await allProcessed(harness, account.id);
    const contacts = await contactRows(harness, account.id);
    assertEquals(contacts.map((row) => [row.phone, row.wa_id, row.bsuid]), [[
      `+${waId}`,
      waId,
      bsuid,
    ]]);
    const conversations = await conversationRows(harness, account.id);
    assertEquals(conversations.length, 1);
    assertEquals((await inboundRows(harness, account.id)).length, 50);
    const created = answers.filter(({ json }) => json.data.contact_created).length;
    assert(created <= 1, `${created} sends have made the contact`);
    assertEquals(new Set(answers.map(({ json }) => json.data.contact_id)).size, 1);
    await assertNothingInAliases(account);
    assertEquals(countCircles(), circles);
  });

  it("the same message twenty times at once is stored once", async () => {
    const account = await harness.makeAccount();
    const content = writing(newWriter());
    await postAll(account, Array.from({ length: 20 }, () => content));
    await allProcessed(harness, account.id);
    assertEquals((await inboundRows(harness, account.id)).length, 1);
    assertEquals((await onlyConversation(harness, account.id)).unread_count, 1);
    assertEquals((await contactRows(harness, account.id)).length, 1);
  });

  it("events that name two contacts crosswise lose no message, and none ends in an alias", async () => {
    for (let round = 0; round < 5; round++) {
      const account = await harness.makeAccount();
      const [one, two] = [newWriter(), newWriter()];
      await deliverAll(harness, account, writing(one), writing(two));
      assertEquals((await contactRows(harness, account.id)).length, 2);
      const writers: Writer[] = [
        { bsuid: one.bsuid, waId: two.waId },
        { bsuid: two.bsuid, waId: one.waId },
        one,
        two,
        { bsuid: one.bsuid },
        { waId: one.waId },
        { bsuid: two.bsuid },
        { waId: two.waId },
      ];
      await postAll(account, [...writers, ...writers].map((writer) => writing(writer)));
      await allProcessed(harness, account.id, 20_000);
      const rows = await inboundRows(harness, account.id);
      assertEquals(rows.length, 18);
      await assertNothingInAliases(account);
      const live = (await contactRows(harness, account.id)).filter((row) =>
        row.merged_into === null
      );
      const unread = (await conversationRows(harness, account.id)).reduce(
        (sum, row) => sum + row.unread_count,
        0,
      );
      // Events that contradict each other may part again what others joined, and a late one may bring back an identity
      // that another replaced: but there are never more people than identities, and nothing is lost.
      assertEquals([unread, live.length <= 4], [18, true], JSON.stringify(live));
    }
  });

  it("changes of numbers in a circle end, and every message is there", async () => {
    const account = await harness.makeAccount();
    const people = [newWriter(), newWriter(), newWriter()];
    await deliverAll(harness, account, ...people.map((person) => writing(person)));
    const changes = people.map(({ waId }, index) =>
      writing({ waId }, {
        type: "system",
        system: {
          type: "user_changed_number",
          body: "Changed",
          wa_id: people[(index + 1) % people.length]?.waId,
        },
      })
    );
    await postAll(account, [...changes, ...people.map((person) => writing(person))]);
    await allProcessed(harness, account.id, 20_000);
    assertEquals((await inboundRows(harness, account.id)).length, 9);
    await assertNothingInAliases(account);
  });

  it("sends beside a merge of their contact never end in the conversation that is merged away", async () => {
    const accounts = await Promise.all(Array.from({ length: 12 }, async () => {
      const account = await harness.makeAccount();
      const [phone, bsuid] = [newWriter().waId, newBsuid()];
      await sendAll(account, [`+${phone}`]);
      await deliverAll(harness, account, writing({ bsuid }));
      return { account, phone, bsuid };
    }));
    const circles = countCircles();
    const answers = await Promise.all(accounts.map(async ({ account, phone, bsuid }) => {
      const to = [`+${phone}`, `+${phone}`, bsuid, `+${phone}`, bsuid, `+${phone}`];
      const [sent] = await Promise.all([
        sendAll(account, to),
        postAll(account, [
          writing({ waId: phone, bsuid }),
          writing({ bsuid }),
          writing({ waId: phone }),
        ]),
      ]);
      return sent;
    }));
    assertEquals(answers.flat().filter(({ status }) => status !== 201).map(({ text }) => text), []);
    for (const { account, phone, bsuid } of accounts) {
      await allProcessed(harness, account.id, 20_000);
      await assertNothingInAliases(account);
      const contact = await onlyContact(harness, account.id);
      assertEquals([contact.phone, contact.wa_id, contact.bsuid], [`+${phone}`, phone, bsuid]);
      const { id } = await onlyConversation(harness, account.id);
      const counts = await harness.query(
        `select direction, count(*)::int as count from messages
         where account_id = $1 and conversation_id = $2 group by direction order by direction`,
        [account.id, id],
      );
      assertEquals(counts, [{ direction: "inbound", count: 4 }, {
        direction: "outbound",
        count: 7,
      }]);
    }
    assertEquals(countCircles(), circles);
  });
});
