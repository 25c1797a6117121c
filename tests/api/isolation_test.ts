/** Accounts see nothing of each other, and the two sides of an account are two accounts. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertNotEquals } from "@std/assert";
import { type ApiAnswer, assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { countRows, newPhone, postMessage, receivedFrom } from "@/tests/helpers/sends.ts";

/** One of the accounts that a case sets against each other. */
interface Side {
  id: string;
  key: string;
}

describe("isolation", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const pairs: [string, () => Promise<[Side, Side]>][] = [
    ["two accounts", async () => {
      const [a, b] = [await harness.makeAccount(), await harness.makeAccount()];
      return [{ id: a.id, key: a.key.key }, { id: b.id, key: b.key.key }];
    }],
    ["an account and its test twin", async () => {
      const { id, testId, key, testKey } = await harness.makeAccount();
      return [{ id, key: key.key }, { id: testId, key: testKey.key }];
    }],
    ["a test twin and its account", async () => {
      const { id, testId, key, testKey } = await harness.makeAccount();
      return [{ id: testId, key: testKey.key }, { id, key: key.key }];
    }],
  ];

  function send(side: Side, body: unknown, idempotencyKey?: string): Promise<ApiAnswer> {
    return postMessage(harness.server.baseUrl, {
      key: side.key,
      body,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
  }

  for (const [who, makePair] of pairs) {
    it(`GET /api/v1/messages/{id} 404 does not tell another's message from none, for ${who}`, async () => {
      const [owner, stranger] = await makePair();
      const sent = await send(owner, { to: newPhone(), text: "Private" });
      const id = sent.json.data.message_id;
      const answers: ApiAnswer[] = [];
      for (const messageId of [id, crypto.randomUUID()]) {
        const answer = await harness.call({
          path: `/api/v1/messages/${messageId}`,
          key: stranger.key,
        });
        assertApiError(answer, { status: 404, code: "not_found" });
        answers.push(answer);
      }
      const [others, none] = answers.map(({ json }) => ({ ...json.error, request_id: "" }));
      assertEquals(others, none);
      const own = await harness.call({ path: `/api/v1/messages/${id}`, key: owner.key });
      assertEquals(own.status, 200);
    });

    it(`POST /api/v1/messages 201 makes a contact for each of ${who} with one phone number`, async () => {
      const [one, other] = await makePair();
      const to = newPhone();
      const first = (await send(one, { to, text: "Hi", name: "Ann" })).json.data;
      const second = (await send(other, { to, text: "Hi", name: "Bob" })).json.data;
      assertEquals([first.contact_created, second.contact_created], [true, true]);
      assertNotEquals(first.contact_id, second.contact_id);
      assertNotEquals(first.conversation_id, second.conversation_id);
      for (const [side, name] of [[one, "Ann"], [other, "Bob"]] as const) {
        assertEquals(await countRows(harness, side.id), {
          contacts: 1,
          conversations: 1,
          messages: 1,
          keys: 0,
        });
        const rows = await harness.query(
          "select phone, name from contacts where account_id = $1",
          [side.id],
        );
        assertEquals(rows, [{ phone: to, name }]);
      }
    });

    it(`POST /api/v1/messages 201 keeps the idempotency keys of ${who} apart`, async () => {
      const [one, other] = await makePair();
      const to = newPhone();
      const first = await send(one, { to, text: "One" }, "order-1");
      const second = await send(other, { to, text: "Two" }, "order-1");
      assertEquals([first.status, second.status], [201, 201]);
      assertEquals(second.headers.get("idempotent-replayed"), null);
      assertNotEquals(first.json.data.message_id, second.json.data.message_id);
      const again = await send(one, { to, text: "One" }, "order-1");
      assertEquals(again.headers.get("idempotent-replayed"), "true");
      assertEquals(again.json.data.message_id, first.json.data.message_id);
      assertEquals((await countRows(harness, one.id)).messages, 1);
      assertEquals((await countRows(harness, other.id)).messages, 1);
    });

    it(`POST /api/v1/messages 400 refuses a reply to a message of the other of ${who}`, async () => {
      const [owner, stranger] = await makePair();
      const to = newPhone();
      const target = (await send(owner, { to, text: "Hi" })).json.data.message_id;
      await send(stranger, { to, text: "Hi" });
      const before = await countRows(harness, stranger.id);
      const answers = [];
      for (const replyTo of [target, crypto.randomUUID()]) {
        const answer = await send(stranger, { to, text: "Re", reply_to_message_id: replyTo });
        assertApiError(answer, { status: 400, code: "bad_request" });
        answers.push(answer.json.error.details);
      }
      assertEquals(answers[0], answers[1]);
      assertEquals(await countRows(harness, stranger.id), before);
    });
  }

  it("POST /api/v1/messages 201 sends from the number and with the token of its own account", async () => {
    const accounts = [await harness.makeAccount(), await harness.makeAccount()];
    const to = newPhone();
    for (const account of accounts) {
      await postMessage(harness.server.baseUrl, { key: account.key.key, body: { to, text: "Hi" } });
    }
    for (const account of accounts) {
      const received = receivedFrom(harness.simulator, account);
      assertEquals(received.map(({ authorization }) => authorization), [
        `Bearer ${account.accessToken}`,
      ]);
    }
  });

  it("POST /api/v1/messages 400 of an unconnected account never borrows another's number", async () => {
    await harness.makeAccount();
    const account = await harness.makeAccount({ connected: false });
    const count = harness.simulator.received().length;
    const answer = await postMessage(harness.server.baseUrl, { key: account.key.key });
    assertApiError(answer, { status: 400, code: "whatsapp_not_configured" });
    assertEquals(harness.simulator.received().length, count);
  });
});
