/**
 * The reference of the benchmarks: what any honest implementation has to do at least. One insert, one call of Meta, one
 * update; for a read one look-up by an index, for a webhook one insert. No authentication, no validation, no limits, no
 * contacts. The same HTTP server, database driver and HTTP client as the product's. Prints its port.
 */
// deno-lint-ignore-file no-console -- its port goes to the process that has started it
import { Agent, request } from "undici";
import { connect, openDatabase } from "@/db/connect.ts";
import { makeId } from "@/lib/ids.ts";

/** As many as the product's pool has. */
const POOL_SIZE = 16;
const FIRST_ID = "00000000-0000-7000-8000-000000000000";
const ROWS = 20_000;

if (import.meta.main) {
  const environment = Deno.env.toObject();
  const { META_GRAPH_URL = "", PHONE_NUMBER_ID = "", ACCESS_TOKEN = "" } = environment;
  const { DATABASE_URL, DATA_DIR = "" } = environment;
  const sql = DATABASE_URL === undefined
    ? (await openDatabase({ databaseUrl: null, dataDir: DATA_DIR })).sql
    : connect(DATABASE_URL, { poolSize: POOL_SIZE });
  await sql`
    create table if not exists bare_messages (
      id uuid primary key,
      recipient text not null,
      body text not null,
      status text not null,
      wamid text,
      created_at timestamptz not null default now()
    )
  `;
  // Rows and statistics, or its statements would be planned for an empty table, and read it from its beginning.
  await sql`
    insert into bare_messages (id, recipient, body, status)
    select ${FIRST_ID}::uuid, '+14155550123', 'Hello', 'sent'
    union all
    select gen_random_uuid(), '+14155550123', 'Hello', 'sent' from generate_series(1, ${ROWS}::int)
  `;
  await sql`vacuum analyze bare_messages`;
  const agent = new Agent({ pipelining: 1 });
  const url = `${META_GRAPH_URL}/v25.0/${PHONE_NUMBER_ID}/messages`;

  const send = async (req: Request): Promise<Response> => {
    const { to, text } = await req.json();
    const [row] = await sql<{ id: string }[]>`
      insert into bare_messages (id, recipient, body, status)
      values (${makeId()}, ${to}, ${text}, 'pending')
      returning id
    `;
    const answer = await request(url, {
      method: "POST",
      dispatcher: agent,
      headers: { authorization: `Bearer ${ACCESS_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({
        messaging_product: "whatsapp",
        recipient_type: "individual",
        to,
        type: "text",
        text: { body: text },
      }),
    });
    const taken = await answer.body.json() as { messages: { id: string }[] };
    const wamid = taken.messages[0]?.id ?? null;
    await sql`update bare_messages set status = 'sent', wamid = ${wamid} where id = ${
      row?.id ?? ""
    }`;
    return Response.json({ data: { message_id: row?.id, whatsapp_message_id: wamid } }, {
      status: 201,
    });
  };
  const store = async (req: Request): Promise<Response> => {
    await sql`
      insert into bare_messages (id, recipient, body, status)
      values (${makeId()}, '', ${await req.text()}, 'stored')
    `;
    return new Response("stored");
  };
  const read = async (): Promise<Response> => {
    const [row] = await sql`
      select id, recipient, body, status from bare_messages
      where id = ${FIRST_ID}
    `;
    return Response.json({ data: row });
  };

  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (req) => req.method === "POST" ? send(req) : req.method === "PUT" ? store(req) : read(),
  );
  console.log(server.addr.port);
}
