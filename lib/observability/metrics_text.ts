/**
 * Everything that `/metrics` shows: what the process has counted, what is under way in it right now, and what waits in
 * the database. The text is of this process alone; what it says of the database is the same in every process.
 */
import process from "node:process";
import { INTEGRATION_STATES } from "@/db/backlog.ts";
import type { BacklogReading } from "@/lib/observability/backlog_reader.ts";
import { VERSION } from "@/lib/observability/build.ts";
import { type Metric, renderMetrics, single } from "@/lib/observability/instruments.ts";
import type { Services } from "@/lib/services.ts";

/** Milliseconds since 1970 at which this process began. */
const STARTED_AT_MS = performance.timeOrigin;

/** The text. Answers also without a database, and says so. */
export async function metricsText(services: Services): Promise<string> {
  const reading = await services.backlog.read();
  return renderMetrics([
    ...services.metrics.metrics(),
    ...underWay(services),
    ...ofDatabase(services, reading),
    ...ofProcess(),
  ]);
}

function underWay(services: Services): Metric[] {
  const { slots, requestLog, eventStreams, inDoubt } = services;
  return [
    single({
      name: "sends_in_progress",
      help: "Sends that hold one of the places of MAX_SENDS.",
      type: "gauge",
      value: slots.taken,
    }),
    single({
      name: "sends_waiting",
      help: "Sends that wait for such a place.",
      type: "gauge",
      value: slots.waiting,
    }),
    single({
      name: "sends_in_doubt",
      help: "Sends that broke off before Meta was called and are to be marked as failed.",
      type: "gauge",
      value: inDoubt.size,
    }),
    single({
      name: "request_log_queue_rows",
      help: "Rows of the request log that are not written yet.",
      type: "gauge",
      value: requestLog.waiting,
    }),
    single({
      name: "request_log_dropped_total",
      help: "Rows of the request log that were lost.",
      type: "counter",
      value: requestLog.dropped,
    }),
    single({
      name: "event_streams_open",
      help: "Pages of the admin UI that are told of changes.",
      type: "gauge",
      value: eventStreams.size,
    }),
  ];
}

function ofDatabase({ db }: Services, { backlog, ms }: BacklogReading): Metric[] {
  const metrics: Metric[] = [
    single({
      name: "database_up",
      help: "1 if the database answered the last look at it within a second.",
      type: "gauge",
      value: backlog === null ? 0 : 1,
    }),
    single({
      name: "database_look_duration_seconds",
      help: "How long that look took.",
      type: "gauge",
      value: ms / 1000,
    }),
    {
      name: "database_lanes",
      help: "Connections that are kept for sends, keys and callbacks; the rest have a pool of ten.",
      type: "gauge",
      samples: [
        { labels: { state: "busy" }, value: db.lanes.busy },
        { labels: { state: "idle" }, value: db.lanes.idle },
      ],
    },
  ];
  if (backlog === null) return metrics;
  return [
    ...metrics,
    single({
      name: "messages_overdue",
      help: "Messages that are pending beyond their lease: their process died, or has no database.",
      type: "gauge",
      value: backlog.overdueSends,
    }),
    {
      name: "webhook_events_pending",
      help: "Events that are due and not taken up, or wait for their message.",
      type: "gauge",
      samples: [
        { labels: { state: "due" }, value: backlog.dueEvents },
        { labels: { state: "waiting" }, value: backlog.waitingEvents },
      ],
    },
    {
      name: "whatsapp_integrations",
      help: "Connected live numbers by how they stand.",
      type: "gauge",
      samples: INTEGRATION_STATES.map((state) => ({
        labels: { state },
        value: backlog.integrations[state],
      })),
    },
  ];
}

function ofProcess(): Metric[] {
  const memory = Deno.memoryUsage();
  const cpu = process.cpuUsage();
  return [
    single({
      name: "process_cpu_seconds_total",
      help: "Processor time, of all threads.",
      type: "counter",
      value: (cpu.user + cpu.system) / 1e6,
    }),
    single({
      name: "process_resident_memory_bytes",
      help: "Resident memory.",
      type: "gauge",
      value: memory.rss,
    }),
    single({
      name: "process_heap_used_bytes",
      help: "JavaScript heap in use.",
      type: "gauge",
      value: memory.heapUsed,
    }),
    single({
      name: "process_start_time_seconds",
      help: "When the process began, in seconds since 1970.",
      type: "gauge",
      value: STARTED_AT_MS / 1000,
    }),
    {
      name: "messages_api_build_info",
      help: "Always 1; the labels say which build this is.",
      type: "gauge",
      samples: [{ labels: { version: VERSION, deno: Deno.version.deno }, value: 1 }],
    },
  ];
}
