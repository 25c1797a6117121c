/** What Meta's statuses make of a message: the same end whatever their order and number, with Meta's times and error. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import { hintFor } from "@/lib/meta/error_table.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { postMessage } from "@/tests/helpers/sends.ts";
import {
  deliver,
  deliverContent,
  entryOf,
  eventRows,
  failedItem,
  newWamid,
  statusItem,
} from "@/tests/helpers/webhooks.ts";

interface Times {
  status: string;
  sent_at: string | null;
  delivered_at: string | null;
  read_at: string | null;
  failed_at: string | null;
  error: { code: number; title: string; message: string; hint: string } | null;
}

type Name = "sent" | "delivered" | "read" | "failed";

const NAMES: Name[] = ["sent", "delivered", "read", "failed"];
const RANK: Name[] = ["sent", "failed", "delivered", "read"];
const FAILURE = {
  code: 131047,
  title: "Re-engagement message",
  message: "More than 24 hours have passed since the customer last replied",
  hint: hintFor(131047),
};

/** Every order of every selection. */
function sequences(names: Name[]): Name[][] {
  return names.flatMap((name) => [
    [name],
    ...sequences(names.filter((other) => other !== name)).map((rest) => [name, ...rest]),
  ]);
}

describe("statuses of sent messages", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function sent(account: SeededAccount, to = "+14155550123") {
    const answer = await postMessage(harness.server.baseUrl, {
      key: account.key.key,
      body: { to, text: "Hello" },
    });
    assertEquals(answer.status, 201, answer.text);
    const { message_id, contact_id, whatsapp_message_id } = answer.json.data;
    return { messageId: message_id, contactId: contact_id, wamid: whatsapp_message_id };
  }

  async function timesOf(account: SeededAccount, messageId: string): Promise<Times> {
    const answer = await harness.call({
      path: `/api/v1/messages/${messageId}`,
      key: account.key.key,
    });
    assertEquals(answer.status, 200, answer.text);
    const { status, sent_at, delivered_at, read_at, failed_at, error } = answer.json.data;
    return { status, sent_at, delivered_at, read_at, failed_at, error };
  }

  /** Unix seconds, `offset` after a moment that no message of these tests was made after. */
  function second(offset: number): number {
    return Math.floor(Date.UTC(2099, 0) / 1000) + offset;
  }

  function item(name: Name, wamid: string, offset = NAMES.indexOf(name)) {
    const own = { id: wamid, timestamp: String(second(offset)) };
    return name === "failed" ? failedItem(own) : statusItem(name, own);
  }

  function expected(names: Name[], sentAt: string | null): Times {
    const at = (name: Name) =>
      names.includes(name) ? new Date(second(NAMES.indexOf(name)) * 1000).toISOString() : null;
    const last = names.toSorted((a, b) => RANK.indexOf(b) - RANK.indexOf(a))[0] ?? "sent";
    return {
      status: last,
      // Our own note of Meta's answer was earlier.
      sent_at: sentAt,
      delivered_at: at("delivered"),
      read_at: at("read"),
      failed_at: at("failed"),
      error: last === "failed" ? FAILURE : null,
    };
  }

  async function sendEach(account: SeededAccount) {
    const cases = [];
    for (const names of sequences(NAMES)) {
      const { messageId, wamid } = await sent(account);
      const { sent_at } = await timesOf(account, messageId);
      cases.push({ names, messageId, wamid, sentAt: sent_at });
    }
    return cases;
  }

  it("every order of every selection, each status twice in one batch, ends in the same state and times", async () => {
    const account = await harness.makeAccount();
    const cases = await sendEach(account);
    const rows = await deliverContent(harness, account, {
      statuses: cases.flatMap(({ names, wamid }) =>
        [...names, ...names].map((name) => item(name, wamid))
      ),
    });
    assertEquals(new Set(rows.map(({ state }) => state)), new Set(["processed"]));
    for (const { names, messageId, sentAt } of cases) {
      assertEquals(await timesOf(account, messageId), expected(names, sentAt), names.join(", "));
    }
  });

  it("every order, one status after the other has been applied, ends in the same state and times", async () => {
    const account = await harness.makeAccount();
    const cases = await sendEach(account);
    for (let step = 0; step < NAMES.length; step++) {
      await deliverContent(harness, account, {
        statuses: cases.flatMap(({ names, wamid }) => {
          const name = names[step];
          return name === undefined ? [] : [item(name, wamid)];
        }),
      });
    }
    for (const { names, messageId, sentAt } of cases) {
      assertEquals(await timesOf(account, messageId), expected(names, sentAt), names.join(", "));
    }
  });

  it("of one status with several times the earliest counts", async () => {
    const account = await harness.makeAccount();
    const { messageId, wamid } = await sent(account);
    await deliverContent(harness, account, {
      statuses: [9, 5, 7].map((offset) => item("delivered", wamid, offset)),
    });
    const { delivered_at } = await timesOf(account, messageId);
    assertEquals(delivered_at, new Date(second(5) * 1000).toISOString());
  });

  it("a time before the message was made becomes the time at which it was made", async () => {
    const account = await harness.makeAccount();
    const { messageId, wamid } = await sent(account);
    await deliverContent(harness, account, {
      statuses: [statusItem("delivered", { id: wamid, timestamp: "1000000000" })],
    });
    const [row] = await harness.query<{ same: boolean }>(
      "select delivered_at = created_at as same from messages where account_id = $1 and id = $2",
      [account.id, messageId],
    );
    assertEquals(row?.same, true);
  });

  it('"played" counts as read, also before anything else', async () => {
    const account = await harness.makeAccount();
    const { messageId, wamid } = await sent(account);
    const played = statusItem("played", { id: wamid, timestamp: String(second(3)) });
    await deliverContent(harness, account, { statuses: [played] });
    const times = await timesOf(account, messageId);
    assertEquals([times.status, times.read_at, times.delivered_at], [
      "read",
      new Date(second(3) * 1000).toISOString(),
      null,
    ]);
  });

  it("kinds of status that are not known are kept and change nothing", async () => {
    const account = await harness.makeAccount();
    const { messageId, wamid } = await sent(account);
    const before = await timesOf(account, messageId);
    const rows = await deliverContent(harness, account, {
      statuses: ["warning", "deleted", "pending"].map((name) => statusItem(name, { id: wamid })),
    });
    assertEquals(rows.map(({ state }) => state), ["ignored", "ignored", "ignored"]);
    assertEquals(await timesOf(account, messageId), before);
  });

  it("malformed items of a batch are kept with the reason and do not harm the others", async () => {
    const account = await harness.makeAccount();
    const [first, second] = [await sent(account), await sent(account)];
    const rows = await deliverContent(harness, account, {
      statuses: [
        statusItem("read", { id: first.wamid }),
        null,
        "read",
        { id: first.wamid, status: "read" },
        { ...statusItem("read", { id: newWamid() }), timestamp: {} },
        statusItem("read", { id: second.wamid }),
      ],
      messages: [{}, 7],
    });
    assertEquals(rows.map(({ kind, state }) => `${kind} ${state}`).sort(), [
      "message failed",
      "message failed",
      "status failed",
      "status failed",
      "status failed",
      "status failed",
      "status processed",
      "status processed",
    ]);
    for (const { state, error } of rows) {
      if (state === "failed") assertMatch(error ?? "", /Error/);
    }
    for (const { messageId } of [first, second]) {
      assertEquals((await timesOf(account, messageId)).status, "read");
    }
  });

  it("a failure without a reason is a failure all the same", async () => {
    const account = await harness.makeAccount();
    const { messageId, wamid } = await sent(account);
    await deliverContent(harness, account, {
      statuses: [statusItem("failed", { id: wamid, errors: [{ code: "?", title: 7 }] })],
    });
    const { status, error } = await timesOf(account, messageId);
    assertEquals([status, error?.code, error?.message], ["failed", null, "Meta gave no reason"]);
  });

  it("characters in Meta's error that the database refuses do not lose the failure", async () => {
    const account = await harness.makeAccount();
    const { messageId, wamid } = await sent(account);
    const errors = [{ code: 131000, title: "a\0b", message: "c\ud800d" }];
    await deliverContent(harness, account, { statuses: [failedItem({ id: wamid, errors })] });
    const { status, error } = await timesOf(account, messageId);
    assertEquals([status, error?.title, error?.message], ["failed", "a\uFFFDb", "c\uFFFDd"]);
  });

  it("the recipient's identities are learnt", async () => {
    const account = await harness.makeAccount();
    const { contactId, wamid } = await sent(account);
    await harness.query("update contacts set wa_id = null, bsuid = null where account_id = $1", [
      account.id,
    ]);
    const own = { id: wamid, recipient_id: "14155550123", recipient_user_id: "US.1" };
    await deliverContent(harness, account, { statuses: [statusItem("delivered", own)] });
    assertEquals(
      await harness.query("select id, wa_id, bsuid from contacts where account_id = $1", [
        account.id,
      ]),
      [{ id: contactId, wa_id: "14155550123", bsuid: "US.1" }],
    );
  });

  it("identities that a contact has are not replaced by those of a status", async () => {
    const account = await harness.makeAccount();
    const { wamid } = await sent(account);
    await harness.query(
      "update contacts set wa_id = '1', bsuid = 'US.1' where account_id = $1",
      [account.id],
    );
    const own = { id: wamid, recipient_id: "14155550123", recipient_user_id: "US.2" };
    await deliverContent(harness, account, { statuses: [statusItem("delivered", own)] });
    assertEquals(
      await harness.query("select wa_id, bsuid from contacts where account_id = $1", [account.id]),
      [{ wa_id: "1", bsuid: "US.1" }],
    );
  });

  for (const taken of ["wa_id", "bsuid"]) {
    it(`a ${taken} that another contact has is left out and logged; status and the other identity count`, async () => {
      const account = await harness.makeAccount();
      const [mine, other] = [await sent(account), await sent(account, "+14155550199")];
      await harness.query("update contacts set wa_id = null, bsuid = null where account_id = $1", [
        account.id,
      ]);
      const identities = { wa_id: "14155550123", bsuid: "US.1" };
      await harness.query(
        `update contacts set ${taken} = $3 where account_id = $1 and id = $2`,
        [account.id, other.contactId, taken === "bsuid" ? "US.1" : "14155550123"],
      );
      const [event] = await deliverContent(harness, account, {
        statuses: [statusItem("delivered", {
          id: mine.wamid,
          recipient_id: "14155550123",
          recipient_user_id: "US.1",
        })],
      });
      assertEquals(event?.state, "processed");
      assertEquals((await timesOf(account, mine.messageId)).status, "delivered");
      assertEquals(
        await harness.query(
          "select wa_id, bsuid from contacts where account_id = $1 and id = $2",
          [account.id, mine.contactId],
        ),
        [{ ...identities, [taken]: null }],
      );
      await harness.server.waitForLog((line) =>
        line.event === "contact_identity_taken" && line.event_id === event?.id
      );
    });
  }

  it("a status with the wamid of an inbound message does not touch it", async () => {
    const account = await harness.makeAccount();
    const { messageId, wamid } = await sent(account);
    await harness.query(
      "update messages set direction = 'inbound', status = 'received' where account_id = $1",
      [account.id],
    );
    const read = statusItem("read", { id: wamid });
    await deliver(harness, account, entryOf(account, { statuses: [read] }));
    await eventually(async () => (await eventRows(harness, account.id))[0]?.attempts === 1);
    const { status, read_at } = await timesOf(account, messageId);
    assertEquals([status, read_at], ["received", null]);
  });
});
