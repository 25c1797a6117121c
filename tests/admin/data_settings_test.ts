/** `/settings/data` and `/settings/export`: how long data is kept, and everything of an account as a file. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { EXPORTED_TABLES } from "@/db/export.ts";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { dumpAccounts, listColumns } from "@/tests/helpers/database_dump.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";
import { insertMessage, insertPerson } from "@/tests/api/seeded_rows.ts";
import { markAccount, type MarkedSide } from "./marked_accounts.ts";

const PATH = "/settings/data";
const DEFAULTS = { message_days: "", event_days: "30", request_days: "30", audit_days: "" };
/** What an export leaves out, and why. */
const LEFT_OUT: Record<string, string> = {
  erasures: "names people who asked to be forgotten",
  idempotency_keys: "hashes; a day",
  links: "ways to sign in",
  message_changes: "a minute; part of message_hours afterwards",
  rate_limit_states: "a minute",
  sandbox_webhooks: "seconds; events afterwards",
  schema_migrations: "no account's",
  sessions: "ways to sign in",
  sign_in_attempts: "no account's",
  whatsapp_drafts: "secrets",
};
const SECRET_COLUMNS = [
  "key_hash",
  "form_token",
  "password_hash",
  "access_token",
  "app_secret",
  "verify_token",
  "wamid_hash",
];
/** Of no use without the table. */
const INTERNAL_COLUMNS = ["account_id", "phone_key", "lease_until", "due_at"];

describe("the data of an account", () => {
  let harness: Harness;
  let admin: AdminClient;
  let sides: Record<"live" | "test", MarkedSide>;
  beforeAll(async () => {
    harness = await startHarness();
    admin = await signIn(harness);
    const stranger = await signIn(harness);
    sides = await markAccount(harness, admin.account);
    await markAccount(harness, stranger.account);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const count = async (table: string, where = "true") => {
    const [row] = await harness.query<{ rows: number }>(
      `select count(*)::int as rows from ${table} where ${where}`,
    );
    return row?.rows ?? -1;
  };

  it("every table and column is part of the export or left out for a reason", async () => {
    const columns = await listColumns(harness);
    for (const { table, column } of columns) {
      if (Object.hasOwn(LEFT_OUT, table)) continue;
      const exported = EXPORTED_TABLES.find((each) => each.table === table);
      const isIn = exported?.columns.includes(column) ?? false;
      const isSecret = SECRET_COLUMNS.includes(column);
      assertEquals([table, column, isIn && isSecret], [table, column, false]);
      const isKnown = isIn || isSecret || INTERNAL_COLUMNS.includes(column);
      assertEquals([table, column, isKnown], [table, column, true]);
    }
  });

  for (const mode of ["live", "test"] as const) {
    it(`POST /settings/export 200 has each row of the ${mode} account once, nobody else's, and no secret`, async () => {
      const { id } = sides[mode];
      // More than a page of them, and of some that many at the same time.
      const person = await insertPerson(harness, id, { phone: "+4930987654" });
      for (let made = 0; made < 3; made++) await insertMessage(harness, id, person);
      await harness.query(
        `insert into meta_events (account_id, id, integration_id, kind, field, payload, state, due_at, received_at)
         select $1, gen_random_uuid(), gen_random_uuid(), 'other', 'x', '{}', 'processed', now(), now()
         from generate_series(1, 450)`,
        [id],
      );
      await harness.query(
        `insert into message_hours select $1, date_trunc('hour', now()) + (i / 2) * interval '1 hour', 'outbound',
           case i % 2 when 0 then 'sent' else 'read' end, i from generate_series(1, 420) i`,
        [id],
      );
      const before = await dumpAccounts(harness, { accountIds: [id] });
      const answer = await admin.post(`/settings/export?mode=${mode}`);
      assertEquals(answer.status, 200);
      assertEquals(answer.headers.get("content-type"), "application/x-ndjson");
      assertMatch(
        answer.headers.get("content-disposition") ?? "",
        new RegExp(`^attachment; filename="messages-${mode}-[0-9-]{10}\\.ndjson"$`),
      );
      const lines = answer.text.trimEnd().split("\n").map((line) => JSON.parse(line));
      const [first, last] = [lines.shift(), lines.pop()];
      assertEquals([first.type, first.version, first.account_id], ["export", 1, id]);
      assertEquals(last.type, "end");
      for (const { type, table, key } of EXPORTED_TABLES) {
        const rows = lines.filter((line) => line.type === type);
        assertEquals([type, last.counts[type]], [type, rows.length]);
        const keyOf = (row: Record<string, unknown>) =>
          key.map((column) => column === "hour" ? Date.parse(String(row[column])) : row[column])
            .join();
        const expected = (before.get(table) ?? []).map((row) => keyOf(JSON.parse(row)));
        // The audit log has one entry more: that of the export.
        const actual = rows.map((row) => keyOf(row.data));
        const missing = expected.filter((each) => !actual.includes(each));
        assertEquals([table, missing], [table, []]);
        const more = table === "audit_log" && mode === "live" ? 1 : 0;
        assertEquals([table, new Set(actual).size, actual.length], [
          table,
          expected.length + more,
          expected.length + more,
        ]);
      }
      const [message] = lines.filter((line) => line.type === "message");
      const [stored] = (before.get("messages") ?? []).map((row) => JSON.parse(row))
        .filter((row) => row.id === message.data.id);
      assertEquals([message.data.body, message.data.template], [stored.body, stored.template]);
      for (const { access_token, app_secret, key_hash, password_hash } of secretsOf(before)) {
        for (const secret of [access_token, app_secret, key_hash, password_hash]) {
          if (secret) assertEquals(answer.text.includes(secret), false);
        }
      }
    });
  }

  it("GET /settings/export is no page, and a form of another site gets nothing", async () => {
    assertEquals((await admin.get("/settings/export")).status, 405);
    const foreign = { "sec-fetch-site": "cross-site", origin: "https://example.org" };
    assertEquals((await admin.post("/settings/export", {}, { headers: foreign })).status, 403);
  });

  it("says what would be removed before it is saved, and saves only then", async () => {
    const { account } = admin;
    const person = await insertPerson(harness, account.id, { phone: "+4930111111" });
    for (const days of [91, 92, 89]) {
      const [{ at } = { at: "" }] = await harness.query<{ at: string }>(
        "select (now() - make_interval(days => $1))::text as at",
        [days],
      );
      await insertMessage(harness, account.id, { ...person, created_at: at });
    }
    assertMatch((await admin.get(PATH)).text, /How long data is kept/);
    const wanted = { ...DEFAULTS, message_days: "90" };
    const preview = await admin.post(PATH, { action: "preview", ...wanted });
    assertEquals(preview.status, 200);
    assertMatch(preview.text, /Messages older than 90 days: 2 now/);
    assertMatch(preview.text, /Audit log: kept for ever/);
    assertEquals(await count("retention_settings"), 0);

    for (const wrong of ["0", "3651", "1.5", "x", "-1"]) {
      const refused = await admin.post(PATH, { action: "save", ...DEFAULTS, message_days: wrong });
      assertEquals([wrong, refused.status], [wrong, 422]);
      assertMatch(refused.text, /Enter a whole number of days from 1 to 3650, or nothing for ever/);
    }
    assertEquals(
      (await admin.post(PATH, { action: "save", ...DEFAULTS, event_days: "" })).status,
      422,
    );
    // Neither without a look at it, nor with other values than those that were shown.
    for (const previewed of [{}, { previewed: "91/30/30/" }]) {
      const shown = await admin.post(PATH, { action: "save", ...wanted, ...previewed });
      assertEquals(shown.status, 200);
      assertMatch(shown.text, /name="previewed" value="90\/30\/30\/"/);
    }
    assertEquals(await count("retention_settings"), 0);
    const previewed = "90/30/30/";
    const saved = await admin.post(PATH, { action: "save", ...wanted, previewed });
    assertEquals([saved.status, saved.location], [303, PATH]);
    assertMatch(
      (await admin.get(PATH)).text,
      /name="message_days"[^>]*value="90"|value="90"[^>]*name="message_days"/,
    );
    assertMatch((await admin.get("/settings/audit")).text, /messages 90 days, events 30 days/);
    await harness.query("delete from retention_settings");
  });

  it("removes what is older than the account keeps it, and nothing else", async () => {
    if (harness.kind === "embedded") return;
    const mine = await harness.makeAccount();
    const other = await harness.makeAccount();
    const ago = async (interval: string) => {
      const [row] = await harness.query<{ at: string }>(
        "select (now() - $1::interval)::text as at",
        [interval],
      );
      return row?.at ?? "";
    };
    const [older, newer] = [await ago("7 days 1 minute"), await ago("6 days 23 hours 50 minutes")];
    const people: Record<string, { contact_id: string; conversation_id: string }> = {};
    for (
      const [account, name] of [[mine.id, "old"], [mine.id, "new"], [mine.testId, "twin"], [
        other.id,
        "other",
      ]] as const
    ) {
      const person = people[name] = await insertPerson(harness, account, {
        phone: `+49301234${name.length}${Object.keys(people).length}`,
      });
      await insertMessage(harness, account, { ...person, created_at: older });
      if (name === "new") {
        await insertMessage(harness, account, { ...person, created_at: newer });
        await insertMessage(harness, account, {
          ...person,
          created_at: older,
          status: "pending",
          lease_until: await ago("-1 hour"),
        });
      }
      const last = name === "new" ? newer : older;
      await harness.query(
        "update conversations set last_message_text = 'Hello', last_message_at = $1 where id = $2",
        [last, person.conversation_id],
      );
      for (const at of [older, newer]) {
        await harness.query(
          `insert into meta_events (account_id, id, integration_id, kind, field, payload, state, due_at, received_at)
           values ($1, gen_random_uuid(), gen_random_uuid(), 'other', 'x', '{}', 'ignored', now(), $2)`,
          [account, at],
        );
        await harness.query(
          `insert into api_requests (account_id, id, request_id, method, route, status, duration_ms, created_at)
           values ($1, gen_random_uuid(), 'x', 'x', 'x', 200, 1, $2)`,
          [account, at],
        );
        await harness.query(
          `insert into audit_log (account_id, id, action, target_type, target_id, mode, created_at)
           values ($1, gen_random_uuid(), 'user.signed_in', 'user', 'x', 'live', $2)`,
          [account, at],
        );
      }
    }
    await harness.query(
      `insert into retention_settings (account_id, message_days, event_days, request_days, audit_days)
       values ($1, 7, 7, 7, 7)`,
      [mine.id],
    );
    const untouched = await dumpAccounts(harness, { accountIds: [other.id] });
    const hours = await count("message_hours");
    // A server does its chores when it starts.
    await using _server = await startServerProcess(harness.environment());
    const both = `account_id in ('${mine.id}', '${mine.testId}')`;
    await eventually(async () => await count("audit_log", both) === 3);
    await eventually(async () => await count("messages", both) === 2);
    await eventually(async () => await count("meta_events", both) === 3);
    await eventually(async () => await count("api_requests", both) === 3);
    assertEquals(
      await harness.query("select status from messages where account_id = $1 order by status", [
        mine.id,
      ]),
      [{ status: "delivered" }, { status: "pending" }],
    );
    const texts = await harness.query<{ id: string; last_message_text: string | null }>(
      "select id, last_message_text from conversations where account_id = $1",
      [mine.id],
    );
    for (const { id, last_message_text } of texts) {
      assertEquals(last_message_text, id === people.new?.conversation_id ? "Hello" : null);
    }
    assertEquals(await count("contacts", both), 3);
    assertEquals(await count("message_hours") >= hours, true);
    assertEquals(await dumpAccounts(harness, { accountIds: [other.id] }), untouched);
  });

  it("erases a person on the page of the conversation, once the end of the number is typed", async () => {
    const { account } = admin;
    const person = await insertPerson(harness, account.id, { phone: "+4930222333", name: "Ada" });
    const message = await insertMessage(harness, account.id, {
      ...person,
      recipient: "+4930222333",
    });
    const path = `/conversations/${person.conversation_id}/erase`;
    assertMatch((await admin.get(path.replace("/erase", ""))).text, new RegExp(`href="${path}"`));
    assertMatch((await admin.get(path)).text, /type “2333”/);
    for (const confirm of ["", "2334", "+4930222333"]) {
      const refused = await admin.post(path, { confirm });
      assertEquals([confirm, refused.status], [confirm, 422]);
      assertMatch(refused.text, /nothing was erased/);
    }
    assertEquals(await count("contacts", `id = '${person.contact_id}' and erased_at is null`), 1);
    const done = await admin.post(path, { confirm: "2333" });
    assertEquals([done.status, done.location], [303, "/conversations"]);
    assertEquals((await admin.get(path)).status, 404);
    const { status, text } = await admin.get(`/messages/${message}`);
    assertEquals(status, 200);
    assertMatch(text, /An erased person’s message/);
    assertEquals(text.includes(`href="/conversations/${person.conversation_id}"`), false);
    assertMatch((await admin.get("/settings/audit")).text, /erased the data of a person/);
    assert(await count("messages", `contact_id = '${person.contact_id}' and body is null`) === 1);
  });
});

function secretsOf(dump: Map<string, string[]>): Record<string, string | null>[] {
  return ["api_keys", "whatsapp_integrations", "users"].flatMap((table) =>
    (dump.get(table) ?? []).map((row) => JSON.parse(row))
  );
}
