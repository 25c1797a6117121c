/** Which of Meta's events are about a person, and which only mention them. */
import { assertEquals } from "@std/assert";
import type { MetaEventKind } from "@/db/meta_events.ts";
import { isEventAbout } from "@/lib/contacts/event_person.ts";

const WA_ID = "14155550123";
const BSUID = "US.1349";
const IDENTITIES = new Set([WA_ID, BSUID]);

const CASES: [about: boolean, what: string, kind: MetaEventKind, payload: unknown][] = [
  [true, "a message from the number", "message", { message: { from: WA_ID } }],
  [true, "a message from the user id", "message", { message: { from_user_id: BSUID } }],
  [true, "a message of the contact beside it", "message", { contacts: [{ wa_id: WA_ID }] }],
  [true, "a change of number", "message", { message: { from: "1", system: { wa_id: WA_ID } } }],
  [true, "a status to the number", "status", { status: { recipient_id: WA_ID } }],
  [true, "a status to the user id", "status", { status: { recipient_user_id: BSUID } }],
  [true, "a new user id", "user_id_update", { update: { user_id: { previous: BSUID } } }],
  [true, "whatever names the number otherwise", "other", { value: { odd: [`+${WA_ID}`] } }],
  [true, "what is no JSON object", "message", WA_ID],
  [false, "a text that is the number", "message", {
    message: { from: "1", text: { body: WA_ID } },
  }],
  [false, "the number within a text", "other", { value: { note: `Call ${WA_ID}` } }],
  [false, "somebody else's contact card of the person", "message", {
    message: { from: "1", contacts: [{ phones: [{ wa_id: WA_ID }] }] },
  }],
  [false, "a number that begins alike", "status", { status: { recipient_id: `${WA_ID}4` } }],
];

for (const [about, what, kind, payload] of CASES) {
  Deno.test(`${what} is ${about ? "" : "not "}about the person`, () => {
    assertEquals(isEventAbout({ kind, payload: JSON.stringify(payload) }, IDENTITIES), about);
  });
}
