/**
 * Accounts with rows in every table, and in every column of text a mark that says whose it is: a page that shows a mark
 * of somebody else's shows what it must not. A new column is marked too, or has to be named here.
 */
import { randomInt } from "node:crypto";
import { makeId } from "@/lib/ids.ts";
import { insertMessage, insertPerson } from "@/tests/api/seeded_rows.ts";
import { type Column, dumpAccounts, listColumns, ownerOf } from "@/tests/helpers/database_dump.ts";
import type { Harness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

/** One side, live or test, of an account whose rows are marked. */
export interface MarkedSide {
  id: string;
  /** Every mark begins with it; letters alone. */
  tag: string;
  /** The number of its contact: a mark as well. */
  phone: string;
}

/** Tables whose rows belong to the live side; pages of both modes show them. */
export const COMMON_TABLES = ["accounts", "users", "sessions", "links", "audit_log"];
/** Tables that the server fills by itself from the others. */
export const DERIVED_TABLES = [
  "message_changes",
  "message_hours",
  "request_hours",
  "latency_hours",
  "erasures",
];

// Columns of any table, or "table.column": closed lists, numbers with a form of their own, what is encrypted.
const UNMARKED = new Set([
  "mode",
  "direction",
  "kind",
  "state",
  "scopes",
  "phone",
  "access_token",
  "app_secret",
  "verify_token",
  "conversations.status",
  "messages.status",
  "messages.type",
  "whatsapp_integrations.status",
]);
// Where the rest of the row allows it.
const CONDITIONS: Record<string, string> = {
  "api_keys.revoked_by_email": "revoked_by is not null",
  "messages.error": "status = 'failed'",
  "messages.media": "direction = 'inbound'",
  "messages.sender": "direction = 'inbound'",
  "messages.template": "type = 'template'",
};
// What a page expects of a column of JSON.
const SHAPES: Record<string, (mark: string) => unknown> = {
  "audit_log.details": (mark) => ({ name: mark, email: mark, from: mark, to: mark }),
  "messages.content": (mark) => ({ note: mark }),
  "messages.error": (mark) => ({ code: 1, title: mark, message: mark, hint: mark }),
  "messages.media": (mark) => ({ id: mark, mime_type: "image/png", filename: mark, voice: null }),
  "messages.template": (mark) => ({ name: mark, language: "en_US" }),
  "whatsapp_integrations.checks": (mark) => [
    { name: "token", state: "warn", detail: mark, fix: mark, checked_at: new Date().toISOString() },
  ],
};

/** Fills both sides of an account and marks all that they have by then. */
export async function markAccount(
  harness: Harness,
  { id, testId }: Pick<SeededAccount, "id" | "testId">,
): Promise<Record<"live" | "test", MarkedSide>> {
  return { live: await markSide(harness, id), test: await markSide(harness, testId) };
}

async function markSide(harness: Harness, accountId: string): Promise<MarkedSide> {
  const letters = Array.from({ length: 6 }, () => "ghijkmnp"[randomInt(8)]).join("");
  const side = { id: accountId, tag: `zq${letters}`, phone: `+1999555${randomInt(1000, 10_000)}` };
  await fill(harness, side);
  const columns = await listColumns(harness);
  const markable = listMarkable(columns);
  for (const table of new Set(markable.map((each) => each.table))) {
    const changes = markable.filter((each) => each.table === table)
      .map((each) => `${each.column} = ${markExpression(side, each)}`);
    await harness.query(
      `update ${table} t set ${changes.join(", ")} where ${ownerOf(table, columns)} = $1::uuid`,
      [accountId],
    );
  }
  return side;
}

/** How the marks of a table begin; of one of its columns, if given. */
export function markOf({ tag }: MarkedSide, table: string, column = ""): string {
  return `${tag}${`${table}${column}`.replace(/[^a-z]/g, "")}`;
}

/** The columns of text in which the side has no mark. */
export async function findUnmarked(harness: Harness, side: MarkedSide): Promise<string[]> {
  const rows = await dumpAccounts(harness, { accountIds: [side.id] });
  return listMarkable(await listColumns(harness))
    .filter(({ table, column }) =>
      !rows.get(table)?.some((row) => row.includes(markOf(side, table, column)))
    )
    .map(({ table, column }) => `${table}.${column}`);
}

function listMarkable(columns: Column[]): Column[] {
  return columns.filter(({ table, column, type, isGenerated }) =>
    ["text", "jsonb", "json", "ARRAY", "character varying"].includes(type) && !isGenerated &&
    !DERIVED_TABLES.includes(table) && ownerOf(table, columns) !== null &&
    !UNMARKED.has(column) && !UNMARKED.has(`${table}.${column}`)
  );
}

function markExpression(side: MarkedSide, { table, column, type }: Column): string {
  const name = `${table}.${column}`;
  const mark = markOf(side, table, column);
  const shape = SHAPES[name];
  if (type !== "text" && shape === undefined) throw new Error(`Say in SHAPES what ${name} holds`);
  const start = name === "messages.media_url" ? "https://files.example/" : "";
  const value = shape === undefined
    // No two rows have the same: some columns want that.
    ? `'${start}${mark}' || substr(md5(t.ctid::text), 1, 6)`
    : `'${JSON.stringify(shape(mark))}'::jsonb`;
  const condition = CONDITIONS[name];
  return condition === undefined ? value : `case when ${condition} then ${value} end`;
}

async function fill(harness: Harness, { id, phone }: MarkedSide): Promise<void> {
  const person = await insertPerson(harness, id, { phone });
  const kinds = [
    { status: "sent", type: "template" },
    { status: "sent" },
    { status: "failed" },
    { direction: "inbound", status: "received", type: "image" },
  ];
  for (const columns of kinds) await insertMessage(harness, id, { ...person, ...columns });
  await harness.query(
    `update conversations set last_inbound_at = now(), unread_count = 1,
       last_message_at = (select max(created_at) from messages where account_id = $1)
     where account_id = $1`,
    [id],
  );
  const revoked = await harness.makeKey({ accountId: id });
  await harness.query(
    `update api_keys set created_by = gen_random_uuid(), created_by_email = 'x', form_token = gen_random_uuid(),
       revoked_at = case when id = $2 then now() end,
       revoked_by = case when id = $2 then gen_random_uuid() end,
       revoked_by_email = case when id = $2 then 'x' end
     where account_id = $1`,
    [id, revoked.id],
  );
  const rows: Record<string, string> = {
    "api_requests (account_id, id, request_id, method, route, status, duration_ms, created_at)":
      "$2, 'x', 'x', 'x', 400, 1, now()",
    "audit_log (account_id, id, action, target_type, target_id, mode)": "$2, 'x', 'x', 'x', 'live'",
    "idempotency_keys (account_id, message_id, endpoint, key, fingerprint)":
      "$2, 'x', 'x', sha256('x')",
    "links (account_id, id, kind, token_hash, email, created_by, expires_at)":
      `$2, 'invitation', sha256($2::uuid::text::bytea), 'x@x', (select id from users limit 1),
       now() + interval '1 day'`,
    "meta_events (account_id, id, integration_id, kind, field, payload, state, due_at, received_at)":
      "$2, gen_random_uuid(), 'other', 'x', 'x', 'processed', now(), now()",
    "sandbox_webhooks (account_id, id, body, due_at)": "$2, 'x', now() + interval '1 day'",
  };
  for (const [table, values] of Object.entries(rows)) {
    await harness.query(`insert into ${table} values ($1, ${values})`, [id, makeId()]);
  }
  await harness.query(
    `insert into webhook_health (account_id, integration_id)
     select account_id, id from whatsapp_integrations where account_id = $1`,
    [id],
  );
}
