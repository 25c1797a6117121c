/**
 * What the server asks of a database with many rows: every statement of sends, webhooks, lists and pages, also those
 * inside of SQL functions and checks of references, goes by an index. Postgres itself tells how (auto_explain).
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { connect } from "@/db/connect.ts";
import { fill } from "@/bench/stage/rows.ts";
import { phoneOf } from "@/bench/scenarios/requests.ts";
import { signIn } from "@/tests/helpers/admin_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { startPrivatePostgres } from "@/tests/helpers/private_postgres.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { postMessage } from "@/tests/helpers/sends.ts";
import {
  contactItem,
  deliverContent,
  messageItem,
  newWamid,
  statusItem,
} from "@/tests/helpers/webhooks.ts";

/** Enough that reading a table to its end is never the cheapest way. */
const CONTACTS = 5_000;
const MESSAGES = 20_000;
const OTHER_ROWS = 30_000;
const OTHER_ACCOUNTS = 20_000;
/** A prepared statement, or one of a function, gets the plan that it keeps at its sixth time. */
const TIMES = 8;

/** Those that grow with every message, request, key or person. */
const LARGE_TABLES = [
  ...["contacts", "conversations", "messages", "idempotency_keys", "meta_events", "api_requests"],
  ...["api_keys", "sessions"],
];

interface Plan {
  "Query Text": string;
  Plan: PlanNode;
}

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  Plans?: PlanNode[];
}

describe("with many rows", () => {
  const cleanUp = new AsyncDisposableStack();
  let harness: Harness;
  let account: SeededAccount;
  beforeAll(async () => {
    const own = cleanUp.use(await startPrivatePostgres());
    await tellPlans(own.cluster.adminUrl);
    harness = cleanUp.use(await startHarness({ postgres: own.postgres }));
    account = await harness.makeAccount();
    await fill({ account, query: harness.query }, { contacts: CONTACTS, messages: MESSAGES });
    await fillOtherTables();
  });
  afterAll(() => cleanUp.disposeAsync());

  async function fillOtherTables(): Promise<void> {
    const [integration] = await harness.query<{ id: string }>(
      "select id from whatsapp_integrations where account_id = $1",
      [account.id],
    );
    const other = await signIn(harness);
    await harness.query(
      `with made as (
         insert into accounts (id, name, mode)
         select gen_random_uuid(), 'Account', 'live' from generate_series(1, $1::int)
         returning id
       )
       insert into api_keys (id, account_id, name, key_hash, prefix, scopes, rate_limit)
       select gen_random_uuid(), id, 'Key', sha256(id::text::bytea), 'wacrm_live_' || id, '{}', 0
       from made`,
      [OTHER_ACCOUNTS],
    );
    await harness.query(
      `insert into idempotency_keys (account_id, endpoint, key, fingerprint, message_id, created_at)
       select $1, 'POST /api/v1/messages', i::text, sha256(i::text::bytea), gen_random_uuid(), now()
       from generate_series(1, $2::int) i`,
      [account.id, OTHER_ROWS],
    );
    await harness.query(
      `insert into meta_events (account_id, id, integration_id, kind, field, payload, state, due_at, received_at)
       select $1, gen_random_uuid(), $3, 'status', 'messages', '{}', 'processed', now(), now()
       from generate_series(1, $2::int) i`,
      [account.id, OTHER_ROWS, integration?.id ?? ""],
    );
    await harness.query(
      `insert into api_requests (account_id, id, request_id, method, route, status, duration_ms, created_at)
       select $1, gen_random_uuid(), i::text, 'GET', '/api/v1/me', 200, 1, now()
       from generate_series(1, $2::int) i`,
      [account.id, OTHER_ROWS],
    );
    await harness.query(
      `insert into sessions (token_hash, id, user_id, user_agent, client_address, expires_at)
       select sha256(i::text::bytea), gen_random_uuid(), $1, '', '', now() + interval '1 day'
       from generate_series(1, $2::int) i`,
      [other.user.id, OTHER_ROWS],
    );
    await harness.query("vacuum analyze");
  }

  /** Plans of everything that was asked while `run` was under way. */
  async function plansOf(run: () => Promise<void>): Promise<Plan[]> {
    const [before] = await harness.query<{ size: number }>(
      "select (pg_stat_file('../server.log')).size::int as size",
    );
    await run();
    const [log] = await harness.query<{ text: string }>(
      "select pg_read_file('../server.log', $1, 1000000000) as text",
      [before?.size ?? 0],
    );
    const found = log?.text.matchAll(/ ms {2}plan:\n((?:\t.*\n)+)/g) ?? [];
    return [...found].map(([, json = ""]) => JSON.parse(json));
  }

  async function useEverything(): Promise<void> {
    const { key } = account.key;
    const limited = (await harness.makeKey({ accountId: account.id, rateLimit: 100_000 })).key;
    const { baseUrl } = harness.server;
    const post = (body: Record<string, unknown>, more: Record<string, string> = {}) =>
      postMessage(baseUrl, { key, body: { text: "Hello", ...body }, ...more });
    const browser = await signIn(harness, { account });
    for (let time = 0; time < TIMES; time++) {
      const sent = await post({ to: phoneOf(time) });
      assertEquals(sent.status, 201);
      const { message_id, whatsapp_message_id, conversation_id, contact_id } = sent.json.data;
      await post({ to: phoneOf(2_000_000_000 + time) });
      await post({ to: phoneOf(time) }, { idempotencyKey: `key-${time}` });
      await post({ to: phoneOf(time) }, { idempotencyKey: `key-${time}` });
      await post({ to: phoneOf(time), reply_to_message_id: message_id });
      await post({ to: phoneOf(time) }, { key: limited });
      harness.simulator.faults.next({ kind: "metaError", code: 131026, details: "No" });
      await post({ to: phoneOf(time) }, { idempotencyKey: `refused-${time}` });
      await deliverContent(harness, account, {
        contacts: [contactItem({ waId: `1200000000${time}`, name: "Ada" })],
        messages: [messageItem({ id: newWamid(), from: `1200000000${time}` })],
        statuses: [statusItem("delivered", { id: whatsapp_message_id })],
      });
      const reads = [
        "/me",
        `/messages/${message_id}`,
        "/messages",
        "/messages?status=sent",
        "/messages?direction=inbound",
        `/conversations/${conversation_id}`,
        `/conversations/${conversation_id}/messages`,
        "/conversations",
        `/contacts/${contact_id}`,
        "/contacts",
        `/contacts?phone=${encodeURIComponent(phoneOf(time))}`,
      ];
      for (const path of reads) {
        const answer = await harness.call({ path: `/api/v1${path}`, key });
        assertEquals(answer.status, 200, path);
      }
      for (
        const path of [
          "/",
          "/messages",
          "/messages?status=failed",
          "/conversations",
          `/conversations/${conversation_id}`,
          "/requests",
          "/keys",
        ]
      ) {
        const page = await browser.get(path);
        assert(page.status === 200 || page.status === 303, `${path}: ${page.status}`);
      }
    }
    // The request log and the counters are written a moment later.
    await eventually(async () => {
      const rows = await harness.query("select from api_requests where route = '/api/v1/contacts'");
      return rows.length >= TIMES;
    });
  }

  it("no statement reads a large table from its beginning to its end", async () => {
    const plans = await plansOf(useEverything);
    const seen = new Set(plans.flatMap(({ Plan }) => nodesOf(Plan)).map(tableOf));
    // What was looked at is all that is to be looked at.
    for (const table of LARGE_TABLES) assert(seen.has(table), `nothing was asked of ${table}`);
    assert(plans.length > 1_000, `only ${plans.length} plans were told`);
    const scans = plans.filter(({ Plan }) =>
      nodesOf(Plan).some((node) =>
        node["Node Type"] === "Seq Scan" && LARGE_TABLES.includes(tableOf(node))
      )
    );
    assertEquals([...new Set(scans.map((plan) => plan["Query Text"].trim()))], []);
  });
});

/** Has Postgres write the plans of all later connections into its log. */
async function tellPlans(adminUrl: string): Promise<void> {
  const sql = connect(adminUrl, { poolSize: 1 });
  const settings = [
    "session_preload_libraries = 'auto_explain'",
    "auto_explain.log_min_duration = 0",
    "auto_explain.log_nested_statements = on",
    "auto_explain.log_format = 'json'",
  ];
  try {
    for (const setting of settings) await sql.unsafe(`alter system set ${setting}`);
    await sql`select pg_reload_conf()`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function tableOf(node: PlanNode): string {
  return node["Relation Name"] ?? "";
}
