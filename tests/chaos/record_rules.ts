/** What the oracle expects of the database and of what Meta received. */
import type { Case, Rule } from "@/tests/chaos/oracle.ts";

/** Each on both records of a run. */
export const RECORD_RULES: Rule[] = [
  takenOnce,
  metaKnowsNothingMore,
  refusedWasNotSent,
  nothingPending,
  onePersonOneContact,
  noStrayReservation,
  noProcessEnded,
];

/** No key's message was taken, or possibly taken, twice; refusals for certain do not count. */
function* takenOnce({ evidence, callsOf }: Case): Iterable<string> {
  for (const { key, text } of evidence.sends) {
    const calls = (callsOf.get(text) ?? []).filter(({ refused }) => !refused);
    if (calls.length > 1) yield `${key}: Meta was handed the message ${calls.length} times`;
  }
}

/** Whatever Meta took is in the database, sent, under its wamid, and in the words and to the number asked for. */
function* metaKnowsNothingMore({ evidence, messageOf }: Case): Iterable<string> {
  const sendOf = new Map(evidence.sends.map((send) => [send.text, send]));
  for (const call of evidence.calls) {
    if (sendOf.get(call.text)?.to !== call.to) {
      yield `Meta received what nobody asked for: "${call.text}" to ${call.to}`;
    }
    if (!call.taken) continue;
    const row = messageOf.get(call.callbackData);
    if (row === undefined) yield `"${call.text}": taken by Meta and not stored`;
    else if (row.wamid !== call.wamid) {
      yield `"${call.text}": stored as ${row.status} without Meta's id`;
    } else if (!["sent", "delivered", "read"].includes(row.status)) {
      yield `"${call.text}": taken by Meta and stored as ${row.status}`;
    }
  }
}

/** What is stored as failed, and what a client was told was not sent, was not taken. */
function* refusedWasNotSent({ evidence, messageOf }: Case): Iterable<string> {
  const taken = new Set(
    evidence.calls.filter((call) => call.taken).map((call) => call.callbackData),
  );
  for (const { id, status } of evidence.messages) {
    if (status === "failed" && taken.has(id)) yield `${id}: stored as failed, but Meta took it`;
  }
  for (const { key, code, messageId } of evidence.answers) {
    if (code !== "meta_error" && code !== "meta_unavailable") continue;
    if (messageId === null || messageOf.get(messageId)?.status !== "failed") {
      yield `${key}: ${code} without a failed message`;
    }
  }
}

/** Every lease has ended. */
function* nothingPending({ evidence }: Case): Iterable<string> {
  for (const { id, status } of evidence.messages) {
    if (status === "pending") yield `${id}: still pending`;
  }
}

/** A person has one contact and one conversation, however she is written, and was made by one request. */
function* onePersonOneContact(
  { evidence, messageOf }: Case,
): Iterable<string> {
  const personOf = new Map(evidence.sends.map(({ key, person }) => [key, person]));
  const contactOf = new Map<number, string>();
  for (const { idempotency_key: key, contact_id: contactId } of evidence.messages) {
    const person = personOf.get(key ?? "");
    if (person === undefined) yield `A message of the key ${key}, which nobody used`;
    else if ((contactOf.get(person) ?? contactId) !== contactId) {
      yield `Person ${person} has two contacts`;
    } else contactOf.set(person, contactId);
  }
  if (evidence.contacts.length !== contactOf.size) {
    yield `${evidence.contacts.length} contacts for ${contactOf.size} people`;
  }
  if (evidence.conversations.length !== contactOf.size) {
    yield `${evidence.conversations.length} conversations for ${contactOf.size} people`;
  }
  const makers = new Map<string, string>();
  for (const { ids } of evidence.answers) {
    if (ids === null || !ids.contact_created || !messageOf.has(ids.message_id)) continue;
    const maker = makers.get(ids.contact_id);
    if (maker !== undefined && maker !== ids.message_id) {
      yield `Contact ${ids.contact_id} was created twice`;
    }
    makers.set(ids.contact_id, ids.message_id);
  }
}

/** A key stands for a message of its own that was sent or may have been; what failed has released it. */
function* noStrayReservation({ evidence, messageOf }: Case): Iterable<string> {
  for (const { key, message_id: id } of evidence.reservations) {
    const row = messageOf.get(id);
    if (row?.idempotency_key !== key) yield `${key}: reserved for a message that is not there`;
    else if (row.status === "failed" && row.wamid === null) {
      yield `${key}: still reserved by a failure`;
    }
  }
}

/** No process ended by itself. */
function noProcessEnded({ evidence }: Case): Iterable<string> {
  return evidence.unexpectedExits;
}
