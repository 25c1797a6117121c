/** What the oracle expects of the answers that clients were given. */
import type { Case, Rule } from "@/tests/chaos/oracle.ts";

/** What a client may be told when things go wrong; all else is a wrong answer. */
const EXPECTED_ERRORS = new Map([
  ["idempotency_in_progress", 409],
  ["meta_error", 502],
  ["meta_unavailable", 503],
  ["unavailable", 503],
]);
/** A client gives up after 20 s; no answer may take that long. */
const HANGING_MS = 19_000;

/** Each on all answers of a run. */
export const ANSWER_RULES: Rule[] = [
  created,
  answeredAsExpected,
  answeredInTime,
  sameAnswerForAKey,
  everyRequestEnded,
];

/** A 201 names a stored message, the id under which Meta took it, and the contact and conversation it is in. */
function* created({ evidence, messageOf, callsOf }: Case): Iterable<string> {
  const textOf = new Map(evidence.sends.map(({ key, text }) => [key, text]));
  for (const { key, ids } of evidence.answers) {
    if (ids === null) continue;
    const row = messageOf.get(ids.message_id);
    if (row === undefined) {
      yield `${key}: 201 for a message that is not stored`;
      continue;
    }
    const call = callsOf.get(textOf.get(key) ?? "")?.find(({ taken }) => taken);
    if (row.wamid !== ids.whatsapp_message_id) yield `${key}: 201 with another wamid than stored`;
    if (call?.wamid !== ids.whatsapp_message_id) {
      yield `${key}: 201 with a wamid that Meta never gave`;
    }
    if (row.contact_id !== ids.contact_id || row.conversation_id !== ids.conversation_id) {
      yield `${key}: 201 with another contact or conversation than stored`;
    }
    if (row.body !== textOf.get(key) || row.idempotency_key !== key) {
      yield `${key}: 201 for the message of another request`;
    }
  }
}

/** Nothing but the documented answers. */
function* answeredAsExpected({ evidence }: Case): Iterable<string> {
  for (const { key, status, code, text } of evidence.answers) {
    if (status === null || status === 201) continue;
    const isOpen = code === "outcome_unknown" && (status === 504 || status === 409);
    if (!isOpen && EXPECTED_ERRORS.get(code ?? "") !== status) {
      yield `${key}: answered ${status} ${code} ${text ?? ""}`;
    }
  }
}

/** Every 201 of a key says the same, and only the first of them is not marked as a replay. */
function* sameAnswerForAKey({ answersOf }: Case): Iterable<string> {
  for (const [key, answers] of answersOf) {
    const told = answers.filter(({ ids }) => ids !== null);
    if (new Set(told.map(({ ids }) => JSON.stringify(ids))).size > 1) {
      yield `${key}: two different 201`;
    }
    const fresh = told.filter(({ replayed }) => !replayed).length;
    if (fresh > 1) yield `${key}: ${fresh} answers 201 that are no replay`;
  }
}

/** The last answer of each key is final: sent, refused by Meta, or unknown where Meta was never reached. */
function* everyRequestEnded({ evidence, answersOf, messageOf }: Case): Iterable<string> {
  for (const { key } of evidence.sends) {
    const last = answersOf.get(key)?.at(-1);
    if (last?.status === 201 || last?.code === "meta_error") continue;
    const row = messageOf.get(last?.messageId ?? "");
    if (last?.code === "outcome_unknown" && row?.status === "unknown" && row.wamid === null) {
      continue;
    }
    yield `${key}: ends with ${last?.status ?? "no answer"} ${last?.code ?? ""}`;
  }
}

/** No request hangs. */
function* answeredInTime({ evidence }: Case): Iterable<string> {
  for (const { key, startedAt, endedAt } of evidence.answers) {
    if (endedAt - startedAt > HANGING_MS) yield `${key}: no answer within ${HANGING_MS} ms`;
  }
}
