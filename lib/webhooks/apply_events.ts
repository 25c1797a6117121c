/**
 * Applies the events that were taken up together. Statuses, which are by far the most, go in batches of one transaction
 * each: a commit for every one of them would cost more than all the rest. A batch that fails is applied one by one, so
 * that what is wrong with one event is noted at that event and at no other.
 */
import { bounded, DatabaseUnavailableError } from "@/db/errors.ts";
import { applyStatuses, type ClaimedMetaEvent, type StatusUpdate } from "@/db/meta_events.ts";
import { applyEvent, type Applying, settleOutcome } from "@/lib/webhooks/apply_event.ts";
import { toStatusUpdate } from "@/lib/webhooks/event_payload.ts";

interface ReadStatus {
  event: ClaimedMetaEvent;
  update: StatusUpdate;
}

/** Small enough that nobody waits long for a row that a batch has changed. */
const STATUSES_TOGETHER = 50;
const BATCH_TIMEOUT_MS = 10_000;

/** Applies them, `parallel` at a time; never throws. */
export async function applyEvents(
  services: Applying,
  events: ClaimedMetaEvent[],
  options: { parallel: number },
): Promise<void> {
  const statuses: ReadStatus[] = [];
  const tasks: (() => Promise<void>)[] = [];
  for (const event of events) {
    const update = readStatus(event);
    if (update === null) tasks.push(() => applyEvent(services, event));
    else statuses.push({ event, update });
  }
  // Those of one message next to each other: two batches that change one row would wait for each other.
  statuses.sort((a, b) => (a.update.wamid < b.update.wamid ? -1 : 1));
  for (let start = 0; start < statuses.length; start += STATUSES_TOGETHER) {
    const batch = statuses.slice(start, start + STATUSES_TOGETHER);
    tasks.push(() => applyBatch(services, batch));
  }
  const work = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) await task();
  };
  await Promise.all(Array.from({ length: options.parallel }, work));
}

async function applyBatch(
  services: Applying,
  batch: ReadStatus[],
): Promise<void> {
  try {
    const updates = batch.map(({ update }) => update);
    const outcomes = await bounded(applyStatuses(services.sql, updates), BATCH_TIMEOUT_MS);
    for (const { event } of batch) {
      await settleOutcome(services, event, outcomes.get(event.id) ?? "done");
    }
  } catch (error) {
    if (error instanceof DatabaseUnavailableError) {
      // They are due again when their claim ends.
      services.log.warn("events_wait_for_database", { events: batch.length });
      services.results.retried.add(batch.length);
      return;
    }
    services.log.info("events_one_by_one", { events: batch.length, error });
    for (const { event } of batch) await applyEvent(services, event);
  }
}

/** Null for what is no status, or none that can be applied: `applyEvent` finds out and notes why. */
function readStatus(event: ClaimedMetaEvent): StatusUpdate | null {
  if (event.kind !== "status") return null;
  try {
    return toStatusUpdate(event);
  } catch {
    return null;
  }
}
