// deno-lint-ignore-file no-console -- prints its figures
/**
 * Measures the pages of the message log and of the request log with 50 rows, in an account of 10,000 and in one of
 * 1,000,000: without a filter, with each one, with some together, and deep inside. A filter that few rows match is the
 * hard case: a plan that reads on until it has found fifty would show here. Prints the 50th and 95th percentile of each
 * in milliseconds.
 *
 *   deno run --config deno.test.json -A bench/message_log.ts [rows]
 *
 * It starts a Postgres of its own; its pages are in memory after the first round, which is not counted.
 */
import { connect, type Sql } from "@/db/connect.ts";
import { listMessageLog, type LogStart, type MessageLogFilter } from "@/db/message_log.ts";
import { ALL_REQUESTS, listRequests, type RequestLogFilter } from "@/db/request_log.ts";
import { createDatabase, startPostgres } from "@/tests/helpers/postgres.ts";
import { makeMigratedTemplate } from "@/tests/helpers/postgres_environment.ts";
import { type BareConversation, makeBareConversation } from "@/tests/helpers/bare_messages.ts";

const SMALL = 10_000;
const ROUNDS = 40;
const CONVERSATIONS = 500;
/** One message a minute, so that a million goes back two years. */
const STEP_SECONDS = 60;

type Case = [name: string, run: (account: Account) => Promise<unknown[]>];

interface Account extends BareConversation {
  rows: number;
  rareKey: string;
}

const ALL_MESSAGES: MessageLogFilter = {
  conversationId: null,
  direction: null,
  status: null,
  type: null,
  errorCode: null,
  createdFrom: null,
  createdBefore: null,
};

if (import.meta.main) {
  const [large = 1_000_000] = Deno.args.map(Number);
  await using cluster = await startPostgres(18);
  const template = await makeMigratedTemplate(cluster.adminUrl);
  const database = await createDatabase(cluster.adminUrl, { template });
  const sql = connect(database.url, { poolSize: 1 });
  try {
    const accounts = [await fill(sql, SMALL), await fill(sql, large)];
    await sql`vacuum analyze`;
    console.log(`p50 / p95 in ms, ${ROUNDS} pages each`.padEnd(52), ...accounts.map(heading));
    for (const [name, run] of [...messageCases(sql), ...requestCases(sql)]) {
      const figures = [];
      for (const account of accounts) figures.push(await measure(() => run(account)));
      console.log(name.padEnd(52), ...figures.map((figure) => figure.padStart(22)));
    }
  } finally {
    await sql.end({ timeout: 5 });
    await database.drop();
  }
}

function heading({ rows }: Account): string {
  return `${rows.toLocaleString("en")} rows`.padStart(22);
}

function messageCases(sql: Sql): Case[] {
  const page =
    (more: Partial<MessageLogFilter>, from: LogStart | null = null) => ({ accountId }: Account) =>
      listMessageLog(sql, { accountId, filter: { ...ALL_MESSAGES, ...more }, from })
        .then(({ rows }) => rows);
  const month = { createdFrom: daysAgo(40), createdBefore: daysAgo(10) };
  return [
    ["messages", page({})],
    ["messages, in the middle", (account) => page({}, middleOf(account))(account)],
    [
      "messages, back from the middle",
      (account) => page({}, { ...middleOf(account), direction: "newer" })(account),
    ],
    ["messages, a month", page(month)],
    ["messages, read (most)", page({ status: "read" })],
    ["messages, failed (1 in 50)", page({ status: "failed" })],
    ["messages, unknown (1 in 5,000)", page({ status: "unknown" })],
    ["messages, pending (none)", page({ status: "pending" })],
    ["messages, text (most)", page({ type: "text" })],
    ["messages, audio (1 in 2,500)", page({ type: "audio" })],
    ["messages, a type that nobody sent", page({ type: "sticker" })],
    ["messages, received (1 in 10)", page({ direction: "inbound" })],
    ["messages, outbound (most)", page({ direction: "outbound" })],
    ["messages, an error code (1 in 100)", page({ errorCode: 131026 })],
    ["messages, a rare error code (1 in 5,000)", page({ errorCode: 131047 })],
    [
      "messages, one number",
      ({ accountId, conversationId }) => page({ conversationId })({ accountId } as Account),
    ],
    [
      "messages, one number, failed",
      ({ accountId, conversationId }) =>
        page({ conversationId, status: "failed" })({ accountId } as Account),
    ],
    ["messages, failed, audio", page({ status: "failed", type: "audio" })],
    [
      "messages, outbound, audio, a month",
      page({ direction: "outbound", type: "audio", ...month }),
    ],
    ["messages, an error code, text, a month", page({ errorCode: 131026, type: "text", ...month })],
  ];
}

function requestCases(sql: Sql): Case[] {
  const page =
    (more: Partial<RequestLogFilter>, from: LogStart | null = null) => ({ accountId }: Account) =>
      listRequests(sql, { accountId, filter: { ...ALL_REQUESTS, ...more }, from });
  const month = { createdFrom: daysAgo(40), createdBefore: daysAgo(10) };
  return [
    ["requests", page({})],
    ["requests, in the middle", (account) => page({}, middleOf(account))(account)],
    ["requests, 5xx (1 in 50)", page({ statuses: { from: 500, to: 599 } })],
    ["requests, 429 (none)", page({ statuses: { from: 429, to: 429 } })],
    ["requests, 400 (1 in 100)", page({ statuses: { from: 400, to: 400 } })],
    ["requests, an error code (1 in 5,000)", page({ errorCode: "whatsapp_not_configured" })],
    ["requests, a route (1 in 10)", page({ method: "GET", route: "/api/v1/messages/:id" })],
    ["requests, a key (1 in 5,000)", (account) => page({ apiKeyId: account.rareKey })(account)],
    ["requests, no key (none)", page({ apiKeyId: "none" })],
    [
      "requests, a key, 2xx, a month",
      (account) =>
        page({ apiKeyId: account.rareKey, statuses: { from: 200, to: 299 }, ...month })(account),
    ],
    ["requests, a request id", page({ requestId: "request-77" })],
  ];
}

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * 86_400_000);
}

function middleOf(account: Account): LogStart {
  return {
    direction: "older",
    position: {
      createdAt: new Date(Date.now() - account.rows / 2 * STEP_SECONDS * 1_000),
      id: account.accountId,
    },
  };
}

async function measure(run: () => Promise<unknown[]>): Promise<string> {
  let rows = (await run()).length;
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    rows = (await run()).length;
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.ceil(times.length * share) - 1]?.toFixed(1) ?? "-";
  return `${at(0.5)} / ${at(0.95)} (${rows} rows)`;
}

/** An account with that many messages and as many requests, spread over conversations, statuses and types. */
async function fill(sql: Sql, rows: number): Promise<Account> {
  const account = await makeBareConversation(sql);
  const { accountId } = account;
  const rareKey = crypto.randomUUID();
  await sql`
    insert into contacts (account_id, id, bsuid)
    select ${accountId}, gen_random_uuid(), 'US.' || n from generate_series(2, ${CONVERSATIONS}::int) n
  `;
  await sql`
    insert into conversations (account_id, id, contact_id)
    select account_id, gen_random_uuid(), id from contacts
    where account_id = ${accountId} and id <> ${account.contactId}
  `;
  // The feed is short-lived: so many at once would only stand in the way.
  await sql`alter table messages disable trigger user`;
  await sql`
    with numbered as (
      select id, contact_id, row_number() over (order by id) - 1 as number
      from conversations
      where account_id = ${accountId}
    )
    insert into messages (
      account_id, id, conversation_id, contact_id, direction, type, status, recipient, body, wamid, error, created_at
    )
    select
      ${accountId}, gen_random_uuid(), numbered.id, numbered.contact_id,
      case when n % 10 = 3 then 'inbound' else 'outbound' end,
      case when n % 2500 = 8 then 'audio' when n % 5 = 1 then 'template' else 'text' end,
      case
        when n % 10 = 3 then 'received'
        when n % 5000 = 11 then 'unknown'
        when n % 50 = 8 then 'failed'
        when n % 7 = 0 then 'delivered'
        else 'read'
      end,
      '+14155550123', 'A message of some length, as people write them', 'wamid.' || n,
      case
        when n % 10 <> 3 and n % 5000 <> 11 and n % 50 = 8
        then jsonb_build_object('code', case when n % 5000 = 8 then 131047 when n % 100 = 8 then 131026 else 131000 end)
      end,
      now() - n * make_interval(secs => ${STEP_SECONDS})
    from generate_series(1, ${rows}::int) n
    join numbered on numbered.number = n % ${CONVERSATIONS}::int
  `;
  await sql`alter table messages enable trigger user`;
  await sql`
    insert into api_requests (
      account_id, id, api_key_id, request_id, method, route, status, error_code, duration_ms, created_at
    )
    select
      ${accountId}, gen_random_uuid(), case when n % 5000 = 9 then ${rareKey}::uuid else ${accountId}::uuid end,
      'request-' || n,
      case when n % 10 = 2 then 'GET' else 'POST' end,
      case when n % 10 = 2 then '/api/v1/messages/:id' else '/api/v1/messages' end,
      case when n % 50 = 8 then 502 when n % 100 = 9 then 400 else 201 end,
      case
        when n % 50 = 8 then 'meta_error'
        when n % 5000 = 109 then 'whatsapp_not_configured'
        when n % 100 = 9 then 'bad_request'
      end,
      20, now() - n * make_interval(secs => ${STEP_SECONDS})
    from generate_series(1, ${rows}::int) n
  `;
  return { ...account, rows, rareKey };
}
