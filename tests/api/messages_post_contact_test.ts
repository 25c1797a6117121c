/**
 * Finding or creating the contact and its conversation: one person has one contact, however the number is spelled and
 * however many sends are under way at once. Sends from several processes are in tests/send/.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertNotEquals } from "@std/assert";
import { makeId } from "@/lib/ids.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { lastReceived, send, sendOk } from "@/tests/helpers/message_calls.ts";
import { countRows, receivedFrom } from "@/tests/helpers/sends.ts";

const TO = "+14155550123";

/** Two spellings that WhatsApp treats as one number. */
const EQUIVALENT: [string, string][] = [
  ["+5511987654321", "+551187654321"],
  ["+551167654321", "+5511967654321"],
  ["+5215512345678", "+525512345678"],
  ["+525598765432", "+5215598765432"],
  ["+5491123456789", "+541123456789"],
  ["+543411234567", "+5493411234567"],
];

/** Two numbers that look alike and are not one. */
const DIFFERENT: [string, string][] = [
  // Brazilian landlines begin with 2 to 5: they never had the ninth digit.
  ["+5511951234567", "+551151234567"],
  // The same last ten digits in two countries.
  ["+14155550123", "+524155550123"],
  ["+14155550123", "+14155550124"],
];

describe("POST /api/v1/messages and the contact", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("201 creates contact and conversation with the first message and finds them with the next", async () => {
    const account = await harness.makeAccount();
    const first = await sendOk(harness, account, { to: TO, text: "One", name: "Ann" });
    const second = await sendOk(harness, account, { to: "+1 (415) 555-0123", text: "Two" });
    assertEquals([first.contact_created, second.contact_created], [true, false]);
    assertEquals([second.contact_id, second.conversation_id], [
      first.contact_id,
      first.conversation_id,
    ]);
    const rows = await harness.query(
      `select c.id, c.phone, c.bsuid, c.name, c.email, c.company, v.id as conversation_id, v.status
       from contacts c join conversations v on v.account_id = c.account_id and v.contact_id = c.id
       where c.account_id = $1`,
      [account.id],
    );
    assertEquals(rows.map((row) => ({ ...row })), [{
      id: first.contact_id,
      phone: TO,
      bsuid: null,
      name: "Ann",
      email: null,
      company: null,
      conversation_id: first.conversation_id,
      status: "open",
    }]);
  });

  it("201 never overwrites a known contact's name, not even an empty one", async () => {
    const account = await harness.makeAccount();
    const bob = "+14155550111";
    await sendOk(harness, account, { to: TO, text: "One", name: "Ann" });
    await sendOk(harness, account, { to: TO, text: "Two", name: "Bob" });
    await sendOk(harness, account, { to: bob, text: "One" });
    await sendOk(harness, account, { to: bob, text: "Two", name: "Bob" });
    const rows = await harness.query<{ phone: string; name: string | null }>(
      "select phone, name from contacts where account_id = $1 order by phone",
      [account.id],
    );
    assertEquals(rows.map((row) => ({ ...row })), [
      { phone: bob, name: null },
      { phone: TO, name: "Ann" },
    ]);
  });

  it("201 finds one contact under equivalent spellings, keeps its first phone, sends to the one given", async () => {
    const account = await harness.makeAccount();
    for (const [first, second] of EQUIVALENT) {
      const created = await sendOk(harness, account, { to: first, text: "One" });
      assertEquals(lastReceived(harness, account).body?.to, first);
      const found = await sendOk(harness, account, { to: second, text: "Two" });
      assertEquals([created.contact_created, found.contact_created], [true, false], second);
      assertEquals([found.contact_id, found.conversation_id], [
        created.contact_id,
        created.conversation_id,
      ]);
      const rows = await harness.query<{ phone: string; recipient: string }>(
        `select c.phone, m.recipient
         from messages m join contacts c on c.account_id = m.account_id and c.id = m.contact_id
         where m.account_id = $1 and c.id = $2 order by m.created_at, m.id`,
        [account.id, created.contact_id ?? null],
      );
      assertEquals(rows.map((row) => ({ ...row })), [
        { phone: first, recipient: first },
        { phone: first, recipient: second },
      ]);
      assertEquals(lastReceived(harness, account).body?.to, second);
    }
    assertEquals((await countRows(harness, account.id)).contacts, EQUIVALENT.length);
  });

  it("201 keeps numbers apart that only look alike", async () => {
    for (const [one, other] of DIFFERENT) {
      const account = await harness.makeAccount();
      const first = await sendOk(harness, account, { to: one, text: "One" });
      const second = await sendOk(harness, account, { to: other, text: "Two" });
      assertEquals([first.contact_created, second.contact_created], [true, true], other);
      assertNotEquals(first.contact_id, second.contact_id);
      assertNotEquals(first.conversation_id, second.conversation_id);
    }
  });

  it("201 finds a contact by the WhatsApp id that Meta told, and leaves its phone as it is", async () => {
    const account = await harness.makeAccount();
    const id = makeId();
    await harness.query("insert into contacts (account_id, id, wa_id) values ($1, $2, $3)", [
      account.id,
      id,
      TO.slice(1),
    ]);
    const sent = await sendOk(harness, account, { to: TO, text: "Hello", name: "Ann" });
    assertEquals([sent.contact_created, sent.contact_id], [false, id]);
    const [row] = await harness.query("select phone, name from contacts where id = $1", [id]);
    assertEquals({ ...row }, { phone: null, name: null });
  });

  it("201 fifty at once to a new number in two spellings make one contact and one conversation", async () => {
    const account = await harness.makeAccount();
    const spellings = ["+5511987654321", "+551187654321"];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        send(harness, account, {
          body: { to: spellings[index % 2], text: `Message ${index}`, name: `Name ${index}` },
        })),
    );
    assertEquals(answers.map(({ status }) => status), Array(50).fill(201));
    const data = answers.map(({ json }) => json.data);
    const distinct = (field: string) => new Set(data.map((entry) => entry[field])).size;
    assertEquals(data.filter(({ contact_created }) => contact_created).length, 1);
    assertEquals({
      contacts: distinct("contact_id"),
      conversations: distinct("conversation_id"),
      messages: distinct("message_id"),
      wamids: distinct("whatsapp_message_id"),
    }, { contacts: 1, conversations: 1, messages: 50, wamids: 50 });
    assertEquals(await countRows(harness, account.id), {
      contacts: 1,
      conversations: 1,
      messages: 50,
      keys: 0,
    });
    const creator = answers.findIndex(({ json }) => json.data.contact_created);
    const [contact] = await harness.query(
      "select phone, name from contacts where account_id = $1",
      [
        account.id,
      ],
    );
    assertEquals({ ...contact }, { phone: spellings[creator % 2], name: `Name ${creator}` });
    const received = receivedFrom(harness.simulator, account);
    assertEquals(new Set(received.map(({ body }) => body?.biz_opaque_callback_data)).size, 50);
    assertEquals(received.length, 50);
  });
});
