/**
 * The steps of an erasure after its beginning, each bounded: the person's messages in batches, then, when no send to
 * them is under way any more, the logs in pages. Whoever takes a step, the request or the server's chores, continues
 * where the last one ended; a step that is taken twice does no harm.
 */
import type { Sql } from "@/db/connect.ts";
import { bounded } from "@/db/errors.ts";
import {
  advanceErasures,
  claimErasure,
  deleteSandboxWebhooksOf,
  eraseAuditedRecipients,
  eraseEvents,
  eraseNextMessages,
  eraseRequests,
  type ErasureRow,
  listErasuresBeside,
  listEventsThatName,
  postponeErasure,
  settleErasure,
  type SuspectEvent,
} from "@/db/erasures.ts";
import { isEventAbout } from "@/lib/contacts/event_person.ts";
import { SEND_ENDPOINT } from "@/lib/messages/send.ts";

/** What is to be done next: go on at once, or wait for what is under way elsewhere. */
export type StepOutcome = "go_on" | "wait" | "done";

/** Small enough that nobody waits long for a message that a batch has changed. */
const MESSAGES_A_STEP = 500;
const LOG_ROWS_A_STEP = 2_000;
const STEP_TIMEOUT_MS = 10_000;
const LEASE_MS = 30_000;
const WAIT_MS = 2_000;

/** Takes the next step of an erasure, as its row says. */
export async function takeErasureStep(sql: Sql, erasure: ErasureRow): Promise<StepOutcome> {
  switch (erasure.stage) {
    case "messages":
      await bounded(
        eraseNextMessages(sql, erasure, { endpoint: SEND_ENDPOINT, limit: MESSAGES_A_STEP }),
        STEP_TIMEOUT_MS,
      );
      return "go_on";
    case "settling":
      return await bounded(settleErasure(sql, erasure), STEP_TIMEOUT_MS) ? "go_on" : "wait";
    case "requests":
      return await bounded(readRequests(sql, erasure), STEP_TIMEOUT_MS);
    case "events":
      return await bounded(readEvents(sql, erasure), STEP_TIMEOUT_MS);
    case "done":
      return "done";
  }
}

/** Takes a step of whichever erasure is due; 0 when there was none that can go on at once. A chore of the server. */
export async function continueErasures(sql: Sql): Promise<number> {
  const erasure = await claimErasure(sql, { leaseMs: LEASE_MS });
  if (erasure === null) return 0;
  const outcome = await takeErasureStep(sql, erasure);
  await postponeErasure(sql, erasure, outcome === "wait" ? WAIT_MS : 0);
  return 1;
}

async function readRequests(sql: Sql, erasure: ErasureRow): Promise<StepOutcome> {
  const { account_id: accountId } = erasure;
  const together = await listErasuresBeside(sql, erasure);
  const logId = await eraseRequests(sql, {
    accountId,
    afterId: erasure.log_id,
    limit: LOG_ROWS_A_STEP,
  });
  if (logId === null) {
    await eraseAuditedRecipients(sql, accountId);
    const identities = together.flatMap((each) => each.identities);
    await deleteSandboxWebhooksOf(sql, { accountId, identities });
  }
  await advanceErasures(sql, together, { stage: logId === null ? "events" : "requests", logId });
  return "go_on";
}

async function readEvents(sql: Sql, erasure: ErasureRow): Promise<StepOutcome> {
  const { account_id: accountId } = erasure;
  const together = await listErasuresBeside(sql, erasure);
  const events = await listEventsThatName(sql, {
    accountId,
    afterId: erasure.log_id,
    limit: LOG_ROWS_A_STEP,
    identities: together.flatMap((each) => each.identities),
  });
  const concerned = together.map((each) => {
    const identities = new Set(each.identities);
    return { erasure: each, events: events.filter((event) => concerns(event, each, identities)) };
  });
  const ids = concerned.flatMap((each) => each.events.map(({ id }) => id));
  await eraseEvents(sql, { accountId, ids });
  // What came before and was not applied yet says its last word when it is; then the log is read again.
  const waits = ({ events }: typeof concerned[number]) =>
    events.some(({ state }) => state === "pending");
  const last = events.length < LOG_ROWS_A_STEP ? null : events.at(-1)?.id ?? null;
  const waiting = concerned.filter(waits).map((each) => each.erasure);
  const others = concerned.filter((each) => !waits(each)).map((each) => each.erasure);
  await advanceErasures(sql, others, { stage: last === null ? "done" : "events", logId: last });
  await advanceErasures(sql, waiting, { stage: "events", logId: null });
  return waiting.length > 0 ? "wait" : "go_on";
}

function concerns(
  event: SuspectEvent,
  erasure: ErasureRow,
  identities: ReadonlySet<string>,
): boolean {
  return event.payload !== null &&
    (erasure.settled_at === null || event.received_at < erasure.settled_at) &&
    isEventAbout({ kind: event.kind, payload: event.payload }, identities);
}
