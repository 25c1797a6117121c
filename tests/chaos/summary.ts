/** A chaos run in figures, as lines for a terminal or a document. */
import { isFinal, lastAnswers } from "@/tests/chaos/clients.ts";
import type { ChaosRun } from "@/tests/chaos/run.ts";

/** The lines. */
export function summarize(run: ChaosRun): string[] {
  const { evidence, mishaps, webhooks } = run;
  const { sends, answers, calls, messages } = evidence;
  const last = lastAnswers(answers);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return [
    `${sends.length} messages in ${seconds(run.sendingMs)}, settled after another ${
      seconds(run.settlingMs)
    }`,
    `${answers.length} requests, ${
      answers.filter((answer) => !isFinal(answer)).length
    } of them to be repeated`,
    ...section("Answers", count(answers, describeAnswer)),
    ...section("How each message ended", count([...last.values()], describeAnswer)),
    ...section(
      "Faults of Meta",
      count(calls.filter(({ fault }) => fault), ({ fault }) => `${fault}`),
    ),
    ...section("Mishaps", mishaps),
    ...section("Messages stored", count(messages, ({ status }) => status)),
    `Meta read ${calls.length} requests and took ${
      calls.filter(({ taken }) => taken).length
    } messages`,
    `${run.unknownBefore} messages were unknown before the last webhooks, ` +
    `${messages.filter(({ status }) => status === "unknown").length} after them`,
    `${webhooks.acknowledged} callbacks acknowledged, ${webhooks.repeated} repeated`,
  ];
}

function describeAnswer(
  { status, code, replayed }: { status: number | null; code: string | null; replayed: boolean },
): string {
  if (status === null) return "connection lost or hung up";
  return `${status} ${code ?? (replayed ? "replayed" : "sent")}`;
}

function section(title: string, counts: Map<string, number>): string[] {
  const lines = [...counts].sort(([, a], [, b]) => b - a);
  return [`${title}:`, ...lines.map(([name, times]) => `  ${String(times).padStart(6)}  ${name}`)];
}

function count<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, number> {
  return new Map([...Map.groupBy(items, nameOf)].map(([name, group]) => [name, group.length]));
}
