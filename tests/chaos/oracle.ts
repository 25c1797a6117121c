/**
 * Judges a chaos run, call by call. Every rule is one sentence of the promise: with an Idempotency-Key a message is
 * taken by Meta at most once, whatever fails and whoever retries, and no accepted request is ever lost.
 */
import { ANSWER_RULES } from "@/tests/chaos/answer_rules.ts";
import type { ClientAnswer, Evidence, MetaCall, StoredMessage } from "@/tests/chaos/evidence.ts";
import { RECORD_RULES } from "@/tests/chaos/record_rules.ts";

/** The evidence, in the orders that the rules need. */
export interface Case {
  evidence: Evidence;
  answersOf: Map<string, ClientAnswer[]>;
  /** By text: each message has one of its own. */
  callsOf: Map<string, MetaCall[]>;
  messageOf: Map<string, StoredMessage>;
}

/** Tells each breach in a line. */
export type Rule = (given: Case) => Iterable<string>;

/** What is wrong with a run, each in a line; empty when the promise was kept. */
export function judge(evidence: Evidence): string[] {
  const given: Case = {
    evidence,
    answersOf: Map.groupBy(evidence.answers, ({ key }) => key),
    callsOf: Map.groupBy(evidence.calls, ({ text }) => text),
    messageOf: new Map(evidence.messages.map((message) => [message.id, message])),
  };
  return [...ANSWER_RULES, ...RECORD_RULES].flatMap((rule) => [...rule(given)]);
}
