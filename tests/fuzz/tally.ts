/** Counts what a run has sent and what it was answered. */
import type { Outcome } from "@/tests/fuzz/connection.ts";
import { type FuzzedRequest, isPlainHttp } from "@/tests/fuzz/fuzzed_request.ts";
import { jsonOf } from "@/tests/fuzz/verdict.ts";

/** The counts of a run. */
export class Tally {
  total = 0;
  /** Requests that are HTTP which every server must understand. */
  plain = 0;
  readonly endpoints = new Map<string, number>();
  readonly statuses = new Map<string, number>();
  readonly codes = new Map<string, number>();

  /** Counts one request and its outcome. */
  count(request: FuzzedRequest, outcome: Outcome): void {
    this.total++;
    if (isPlainHttp(request)) this.plain++;
    increment(this.endpoints, request.endpoint);
    if (outcome.kind !== "answer") {
      increment(this.statuses, outcome.kind === "hang" ? "no answer" : "closed by the HTTP layer");
      return;
    }
    const { status, headers, body } = outcome.answer;
    const maker = headers.has("x-request-id") ? "" : " by the HTTP layer";
    const replayed = headers.has("idempotent-replayed") ? " replayed" : "";
    increment(this.statuses, `${status}${maker}${replayed}`);
    if (status < 400) return;
    const json = jsonOf(new TextDecoder().decode(body)) as
      | { error?: { code?: string } }
      | null
      | undefined;
    if (json?.error?.code !== undefined) increment(this.codes, json.error.code);
  }
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
