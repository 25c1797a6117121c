/** The audit of rows: it finds every kind of row that no answer accounts for, and every answer without a row. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { RowAudit } from "@/tests/fuzz/row_audit.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { postMessage } from "@/tests/helpers/sends.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

const ID = "01a2049d-e235-738c-b85a-dd9bd55b47d3";

describe("the audit of rows", () => {
  let harness: Harness;
  let account: SeededAccount;
  let audit: RowAudit;
  beforeAll(async () => {
    harness = await startHarness();
    account = await harness.makeAccount();
    await postMessage(harness.server.baseUrl, { key: account.key.key, idempotencyKey: "old" });
    const { id } = await harness.makeAccount();
    audit = await RowAudit.start(harness, { untouched: id });
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  /** What the audit says while a statement's change is there. */
  async function problemsWhile(change: string, undo: string): Promise<string> {
    await harness.query(change);
    const problems = await audit.findProblems();
    await harness.query(undo);
    assertEquals(await audit.findProblems(), []);
    return problems.join("\n").replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>");
  }

  function enter(body: unknown, status = 201, headers: Record<string, string> = {}): string[] {
    return audit.ledger.enter({
      status,
      headers: new Headers(headers),
      body: new TextEncoder().encode(JSON.stringify(body)),
    });
  }

  it("has nothing against rows that an answer has named", async () => {
    assertEquals(await audit.findProblems(), []);
    const answer = await postMessage(harness.server.baseUrl, { key: account.key.key });
    assertEquals((await audit.findProblems()).length, 2, "the row, and what Meta was told");
    assertEquals(enter(answer.json), []);
    assertEquals(await audit.findProblems(), []);
    const contact = await harness.call({
      path: "/api/v1/contacts",
      key: account.key.key,
      body: { phone: "+14155550999" },
    });
    assertEquals((await audit.findProblems()).length, 1);
    assertEquals(enter(contact.json), []);
    assertEquals(await audit.findProblems(), []);
  });

  it("finds a message that no answer has named, and one that is answered but missing", async () => {
    const copy =
      `insert into messages (account_id, id, conversation_id, contact_id, direction, type, status, recipient,
        request_id)
      select account_id, '${ID}', conversation_id, contact_id, direction, type, 'failed', recipient, 'r1'
      from messages limit 1`;
    assertEquals(
      await problemsWhile(copy, `delete from messages where id = '${ID}'`),
      "The message <id> (X-Request-Id r1) comes from a request that was not accepted",
    );
    assertEquals(enter({ error: { details: { message_id: ID } } }, 504), []);
    assertEquals(await audit.findProblems(), [`The message ${ID} was answered but is not there`]);
    audit.ledger.messages.delete(ID);
  });

  it("finds a contact and a conversation without a message", async () => {
    const contact =
      `insert into contacts (account_id, id, phone) values ('${account.id}', '${ID}', '+14155550777')`;
    const remove = `delete from contacts where id = '${ID}'`;
    assertEquals(
      await problemsWhile(contact, remove),
      "The contact <id> has no message, and no answer has created it",
    );
    const conversation = `with contact as (${contact} returning account_id, id)
      insert into conversations (account_id, id, contact_id) select account_id, id, id from contact`;
    assertEquals(
      await problemsWhile(
        // Two statements: the foreign key looks at rows that are there.
        conversation,
        `with gone as (delete from conversations where id = '${ID}') ${remove}`,
      ),
      "The contact <id> has no message, and no answer has created it\nThe conversation <id> has no message",
    );
  });

  it("finds an idempotency key whose message was not accepted", async () => {
    assertEquals(
      await problemsWhile(
        "update messages set status = 'failed', wamid = null where idempotency_key = 'old'",
        "update messages set status = 'sent', wamid = 'wamid.x' where idempotency_key = 'old'",
      ),
      'The idempotency key "old" has no accepted message',
    );
  });

  it("finds a change of an account whose keys nobody has used", async () => {
    const foreign = await harness.makeAccount();
    await postMessage(harness.server.baseUrl, { key: foreign.key.key });
    harness.simulator.clear();
    const other = await RowAudit.start(harness, { untouched: foreign.id });
    await harness.query("update contacts set name = 'x' where account_id = $1", [foreign.id]);
    assertEquals(await other.findProblems(), [
      "Something of an account changed whose keys nobody has used",
    ]);
  });

  it("finds two answers that name the same message, unless one is a replay", () => {
    const id = crypto.randomUUID();
    const body = { data: { message_id: id } };
    assertEquals(enter(body), []);
    assertEquals(enter(body, 201, { "idempotent-replayed": "true" }), []);
    assertEquals(enter(body), [`Two answers say that they have made ${id}`]);
    assertEquals(enter({ error: { details: { message_id: id } } }, 409), []);
  });
});
