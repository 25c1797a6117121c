/**
 * Whom a message may be for: every tolerated spelling of a number with what Meta gets for it, the refused ones, and
 * WhatsApp user ids. The exact words of each refusal are in tests/lib/phone_test.ts.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  assertNothingLeft,
  lastReceived,
  send,
  sendOk,
  warningCodes,
} from "@/tests/helpers/message_calls.ts";

/** A spelling, and the number that it is. */
const ACCEPTED: [string, string][] = [
  ["+14155550123", "+14155550123"],
  ["+1 415 555 0123", "+14155550123"],
  ["+1 (415) 555-0123", "+14155550123"],
  ["+1.415.555.0123", "+14155550123"],
  ["  +1-415-555-0123  ", "+14155550123"],
  ["+1\u00a0415\u2011555\u20130123", "+14155550123"],
  ["+49 [151] 1234 5678", "+4915112345678"],
  ["+5511987654321", "+5511987654321"],
  ["+551187654321", "+551187654321"],
  ["+5215512345678", "+5215512345678"],
  ["+52 1 55 1234 5678", "+5215512345678"],
  ["+525512345678", "+525512345678"],
  ["+5491123456789", "+5491123456789"],
  ["+541123456789", "+541123456789"],
  ["+390612345678", "+390612345678"],
  ["+78005553535", "+78005553535"],
];

/** A spelling without "+", the number, and how the warning names the country. */
const ASSUMED: [string, string, string][] = [
  ["14155550123", "+14155550123", "United States (+1)"],
  ["1 (415) 555-0123", "+14155550123", "United States (+1)"],
  ["14165550123", "+14165550123", "Canada (+1)"],
  ["15551234567", "+15551234567", "United States (+1)"],
  ["4915112345678", "+4915112345678", "Germany (+49)"],
  ["5511987654321", "+5511987654321", "Brazil (+55)"],
  ["5215512345678", "+5215512345678", "Mexico (+52)"],
  ["5491123456789", "+5491123456789", "Argentina (+54)"],
];

const REFUSED = [
  "",
  " ",
  "+",
  "()",
  "abc",
  "+1",
  "+1415555012",
  "+141555501234",
  "4155550123",
  "0171 1234567",
  "020 7946 0018",
  "0014155550123",
  "00 44 20 7946 0018",
  "+0014155550123",
  "+44 (0)20 7946 0018",
  "+49 (0) 151 12345678",
  "+1 1 415 555 0123",
  "+54 11 15 2345 6789",
  "+99912345678",
  "+621234567891234567",
  "++14155550123",
  "14155550123+",
  "+1+4155550123",
  "\uff0b14155550123",
  "+\uff11\uff14\uff11\uff15\uff15\uff15\uff15\uff10\uff11\uff12\uff13",
  "+\u0661\u0664\u0661\u0665\u0665\u0665\u0665\u0660\u0661\u0662\u0663",
  "+1415555012\u0663",
  "+14155550123 ext 5",
  "+14155550123x5",
  "+14155550123;ext=5",
  "+14155550123#5",
  "+14155550123,+14155550124",
  "+14155550123/4",
  "tel:+14155550123",
  "whatsapp:+14155550123",
  "1-800-FLOWERS",
  "+1415555O123",
  "+14155550123\n",
  "+1415555\u200b0123",
  "ann@example.com",
  "us.13491208655302741918",
  "US.",
  "USA.13491208655302741918",
  "US.1349 1208",
  "US.ENT.",
  "US.1349-1208",
  `US.${"1".repeat(129)}`,
];

describe("POST /api/v1/messages to a recipient", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("201 sends to a plus and the caller's digits for every tolerated spelling", async () => {
    const account = await harness.makeAccount();
    for (const [to, phone] of ACCEPTED) {
      const answer = await send(harness, account, { body: { to, text: "Hello" } });
      assertEquals(answer.status, 201, `${to} ${answer.text}`);
      assertEquals(warningCodes(answer), ["outside_service_window"], to);
      const { body } = lastReceived(harness, account);
      assertEquals([body?.to, body?.recipient], [phone, undefined], to);
      assertEquals(await storedRecipient(harness, answer.json.data.message_id), phone, to);
    }
  });

  it("201 reads a number without a plus by its country code and warns of the country", async () => {
    const account = await harness.makeAccount();
    for (const [to, phone, country] of ASSUMED) {
      const answer = await send(harness, account, { body: { to, text: "Hello" } });
      assertEquals(answer.status, 201, `${to} ${answer.text}`);
      assertEquals(answer.json.meta.warnings[0], {
        code: "country_code_assumed",
        message: `The number has no "+" and was read as ${country}: ${phone}`,
      });
      assertEquals(lastReceived(harness, account).body?.to, phone, to);
      assertEquals(await storedRecipient(harness, answer.json.data.message_id), phone, to);
    }
  });

  it("400 refuses every other spelling and leaves nothing behind", async () => {
    const account = await harness.makeAccount();
    for (const to of REFUSED) {
      const answer = await send(harness, account, { body: { to, text: "Hello" } });
      assertApiError(answer, { status: 400, code: "bad_request", retryable: false });
      const { issues } = answer.json.error.details;
      assertEquals(issues.map(({ path }: { path: string }) => path), ["to"], to);
    }
    await assertNothingLeft(harness, account);
  });

  it("201 sends to a WhatsApp user id as recipient, never as to", async () => {
    const account = await harness.makeAccount();
    for (const to of ["US.13491208655302741918", "GB.ENT.aB3xYz"]) {
      const data = await sendOk(harness, account, { to, text: "Hello", name: "Ann" });
      assertEquals(data.contact_created, true);
      const [row] = await harness.query(
        `select c.phone, c.bsuid, c.name, m.recipient
         from messages m join contacts c on c.account_id = m.account_id and c.id = m.contact_id
         where m.account_id = $1 and m.id = $2`,
        [account.id, data.message_id ?? null],
      );
      assertEquals({ ...row }, { phone: null, bsuid: to, name: "Ann", recipient: to });
      assertEquals(lastReceived(harness, account).body, {
        messaging_product: "whatsapp",
        recipient_type: "individual",
        recipient: to,
        type: "text",
        biz_opaque_callback_data: data.message_id,
        text: { body: "Hello" },
      });
      const again = await sendOk(harness, account, { to, text: "Hello" });
      assertEquals([again.contact_created, again.contact_id, again.conversation_id], [
        false,
        data.contact_id,
        data.conversation_id,
      ]);
    }
  });
});

async function storedRecipient(harness: Harness, messageId: string): Promise<unknown> {
  const [row] = await harness.query("select recipient from messages where id = $1", [messageId]);
  return row?.recipient;
}
