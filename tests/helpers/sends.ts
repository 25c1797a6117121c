/** Sends through the API and looks at what became of them: the rows, and what Meta received. */
import { randomInt } from "node:crypto";
import { type ApiAnswer, callApi } from "@/tests/helpers/api_client.ts";
import type { Harness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import type { Simulator } from "@/tests/simulator/simulator.ts";
import type { ReceivedRequest } from "@/tests/simulator/received_log.ts";

/** A message row, as far as the tests of the pipeline look at it. */
export interface SentRow {
  id: string;
  status: string;
  wamid: string | null;
  error: { code: number | null; title: string | null; message: string; hint: string } | null;
  lease_until: string | Date | null;
  idempotency_key: string | null;
  contact_id: string;
}

/** How many rows an account has in each table that a send writes. */
export interface RowCounts {
  contacts: number;
  conversations: number;
  messages: number;
  keys: number;
}

type Query = Pick<Harness, "query">;

/** A body that any account may send. */
export const TEXT_BODY = { to: "+14155550123", text: "Hello" };

/** `POST /api/v1/messages`, with the account's live key unless another is given. */
export function postMessage(
  baseUrl: string,
  options: { key: string; body?: unknown; idempotencyKey?: string },
): Promise<ApiAnswer> {
  return callApi(baseUrl, {
    path: "/api/v1/messages",
    key: options.key,
    body: options.body ?? TEXT_BODY,
    ...(options.idempotencyKey === undefined
      ? {}
      : { headers: { "idempotency-key": options.idempotencyKey } }),
  });
}

/** The account's messages, oldest first. */
export function messageRows(harness: Query, accountId: string): Promise<SentRow[]> {
  return harness.query<SentRow>(
    `select id, status, wamid, error, lease_until, idempotency_key, contact_id
     from messages where account_id = $1 order by created_at, id`,
    [accountId],
  );
}

/** The account's only message. */
export async function onlyMessage(harness: Query, accountId: string): Promise<SentRow> {
  const [row, ...others] = await messageRows(harness, accountId);
  if (row === undefined || others.length > 0) {
    throw new Error(`The account has ${others.length + (row ? 1 : 0)} messages, not one`);
  }
  return row;
}

/** Counts the account's rows. */
export async function countRows(harness: Query, accountId: string): Promise<RowCounts> {
  const [row] = await harness.query<RowCounts>(
    `select
       (select count(*)::int from contacts where account_id = $1) as contacts,
       (select count(*)::int from conversations where account_id = $1) as conversations,
       (select count(*)::int from messages where account_id = $1) as messages,
       (select count(*)::int from idempotency_keys where account_id = $1) as keys`,
    [accountId],
  );
  if (row === undefined) throw new Error("Counting gives one row");
  return row;
}

/** What Meta received from the account's number. */
export function receivedFrom(
  simulator: Simulator,
  account: Pick<SeededAccount, "phoneNumberId">,
): ReceivedRequest[] {
  return simulator.received().filter(({ path }) =>
    path === `/v25.0/${account.phoneNumberId}/messages`
  );
}

/** A random number of the United States, for a contact that nobody has. */
export function newPhone(): string {
  return `+1415555${randomInt(1000, 10_000)}`;
}

/** How often the server called Meta for a send that did not succeed, by its log. */
export async function attemptsOf(
  harness: Pick<Harness, "server">,
  answer: ApiAnswer,
): Promise<number> {
  const messageId = answer.json.error.details.message_id;
  const line = await harness.server.waitForLog((entry) =>
    entry.event === "send_not_accepted" && entry.message_id === messageId
  );
  return Number(line.attempts);
}
