/**
 * The figures of the overview page, from hourly counters and never from the rows themselves: the page costs the same
 * whatever an account has sent. A message counts in the hour in which it was made, under the status that it has now.
 */
import type { Sql } from "@/db/connect.ts";
import {
  countLatencies,
  countRequests,
  countSentByStatus,
  findFirstSteps,
  listFailedMessages,
  type StatusCount,
} from "@/db/stats.ts";
import { latencyPercentile } from "@/lib/admin/latency_percentiles.ts";
import { type IntegrationHealth, integrationHealth } from "@/lib/whatsapp/integration_health.ts";

/** The spans of time to choose from. */
export const OVERVIEW_RANGES = ["24h", "7d", "30d"] as const;

/** A span of time that ends now. */
export type OverviewRange = (typeof OVERVIEW_RANGES)[number];

/** Outbound messages by the status that they have now; each counts once. */
export interface StatusCounts {
  /** Taken by Meta and not delivered yet. */
  sent: number;
  /** Delivered and not read yet. */
  delivered: number;
  read: number;
  failed: number;
  /** On the way, or with an unknown outcome. */
  open: number;
}

/** What the overview page shows. */
export interface OverviewStats {
  /** One entry per hour (24h), six hours (7d) or day (30d) of UTC, the oldest first, without gaps. */
  series: ({ at: Date } & StatusCounts)[];
  totals: StatusCounts & { messages: number };
  /** Sent, delivered or read among all whose outcome is known, 0 to 1; null without such a message. */
  successRate: number | null;
  /** Of API requests, to within 10 %; null without requests. */
  latency: { p50Ms: number; p95Ms: number } | null;
  /** API requests, and those of them that were answered with a status of 400 and above. */
  requests: number;
  errors: number;
  /** The newest failed messages, whatever the range. */
  latestFailures: {
    messageId: string;
    to: string;
    code: number | null;
    title: string | null;
    hint: string | null;
    at: Date;
  }[];
  /** Whether Meta ever took a message of this account. */
  firstMessageSent: boolean;
  /** Whether the account has a key that is neither revoked nor expired. */
  hasKey: boolean;
  integration: IntegrationHealth;
}

/** How long an entry of the series is, and how many there are. */
const SERIES: Record<OverviewRange, { hours: number; entries: number }> = {
  "24h": { hours: 1, entries: 24 },
  "7d": { hours: 6, entries: 28 },
  "30d": { hours: 24, entries: 30 },
};

const HOUR_MS = 3_600_000;
const LATEST_FAILURES = 5;
const COUNTED_AS: Record<StatusCount["status"], keyof StatusCounts | null> = {
  pending: "open",
  unknown: "open",
  sent: "sent",
  delivered: "delivered",
  read: "read",
  failed: "failed",
  received: null,
};

/** The range that an address names; 24 hours if it names none. */
export function readOverviewRange(params: URLSearchParams): OverviewRange {
  const given = params.get("range");
  return OVERVIEW_RANGES.find((range) => range === given) ?? "24h";
}

/** The figures of one account, live or test. */
export async function overviewStats(
  sql: Sql,
  options: { accountId: string; range: OverviewRange; now: Date },
): Promise<OverviewStats> {
  const { accountId, now } = options;
  const { hours, entries } = SERIES[options.range];
  const lengthMs = hours * HOUR_MS;
  // The entry that runs now is the last one.
  const last = Math.floor(now.getTime() / lengthMs) * lengthMs;
  const since = new Date(last - (entries - 1) * lengthMs);
  const [counts, requests, latencies, failures, steps, integration] = await Promise.all([
    countSentByStatus(sql, { accountId, since, hours }),
    countRequests(sql, { accountId, since }),
    countLatencies(sql, { accountId, since }),
    listFailedMessages(sql, { accountId, limit: LATEST_FAILURES }),
    findFirstSteps(sql, accountId),
    integrationHealth(sql, accountId),
  ]);
  const series = makeSeries(counts, { since, lengthMs, entries });
  const totals = addUp(series);
  const p50Ms = latencyPercentile(latencies, 0.5);
  const p95Ms = latencyPercentile(latencies, 0.95);
  return {
    series,
    totals,
    successRate: successRate(totals),
    latency: p50Ms === null || p95Ms === null ? null : { p50Ms, p95Ms },
    ...requests,
    latestFailures: failures.map(({ id, recipient, error, ...times }) => ({
      messageId: id,
      to: recipient,
      code: error?.code ?? null,
      title: error?.title ?? null,
      hint: error?.hint ?? null,
      at: times.failed_at ?? times.created_at,
    })),
    firstMessageSent: steps.first_message_sent,
    hasKey: steps.has_key,
    integration,
  };
}

function makeSeries(
  counts: StatusCount[],
  options: { since: Date; lengthMs: number; entries: number },
): OverviewStats["series"] {
  const series = Array.from({ length: options.entries }, (_, index) => ({
    at: new Date(options.since.getTime() + index * options.lengthMs),
    ...noMessages(),
  }));
  for (const { at, status, messages } of counts) {
    const entry = series[(at.getTime() - options.since.getTime()) / options.lengthMs];
    const name = COUNTED_AS[status];
    // A message of the next minute, by a clock that runs ahead, waits for its hour.
    if (entry !== undefined && name !== null) entry[name] += messages;
  }
  return series;
}

function addUp(series: StatusCounts[]): OverviewStats["totals"] {
  const totals = noMessages();
  for (const name of Object.keys(totals) as (keyof StatusCounts)[]) {
    for (const entry of series) totals[name] += entry[name];
  }
  return { ...totals, messages: Object.values(totals).reduce((sum, count) => sum + count, 0) };
}

function successRate({ sent, delivered, read, failed }: StatusCounts): number | null {
  const arrived = sent + delivered + read;
  return arrived + failed === 0 ? null : arrived / (arrived + failed);
}

function noMessages(): StatusCounts {
  return { sent: 0, delivered: 0, read: 0, failed: 0, open: 0 };
}
