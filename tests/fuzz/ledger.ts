/**
 * Which rows the answers account for: every message and contact that an answer says it has made. What is in the
 * database beyond that came from a refused request, and what is not there although an answer says so was lost.
 */
import type { WireAnswer } from "@/tests/fuzz/answer_reader.ts";
import { jsonOf } from "@/tests/fuzz/verdict.ts";
import type { Harness } from "@/tests/helpers/harness.ts";
import type { ReceivedRequest } from "@/tests/simulator/received_log.ts";

type Query = Pick<Harness, "query">;

interface AnswerJson {
  data?: { id?: string; message_id?: string };
  error?: { details?: { message_id?: string } };
}

/** The ids that answers have named as new. */
export class Ledger {
  readonly messages = new Set<string>();
  readonly contacts = new Set<string>();

  /** Takes what is in the database already as accounted for. */
  async open(harness: Query): Promise<void> {
    for (const { id } of await outboundRows(harness)) this.messages.add(id);
    for (const { id } of await harness.query<{ id: string }>("select id from contacts")) {
      this.contacts.add(id);
    }
  }

  /** Notes what an answer says that it has made; if that was another answer's already, says so. */
  enter({ status, headers, body }: WireAnswer): string[] {
    if (![201, 502, 503, 504].includes(status) || headers.has("idempotent-replayed")) return [];
    const json = jsonOf(new TextDecoder().decode(body)) as AnswerJson | null | undefined;
    const messageId = json?.data?.message_id ?? json?.error?.details?.message_id;
    if (messageId !== undefined) return enterId(this.messages, messageId);
    const contactId = status === 201 ? json?.data?.id : undefined;
    return contactId === undefined ? [] : enterId(this.contacts, contactId);
  }

  /** Messages that Meta was asked to send and that no answer has named, each in a sentence. */
  findStrangers(received: readonly ReceivedRequest[]): string[] {
    return received.map(({ body }) => body?.biz_opaque_callback_data).filter((id) =>
      id !== undefined && !this.messages.has(String(id))
    ).map((id) => `Meta was asked to send ${id}, which no answer has named`);
  }
}

/** Rows that no answer accounts for, and answers without a row, each in a sentence; for when nothing is under way. */
export async function findRowProblems(harness: Query, ledger: Ledger): Promise<string[]> {
  const rows = await outboundRows(harness);
  const ids = new Set(rows.map(({ id }) => id));
  const lost = [...ledger.messages].filter((id) => !ids.has(id));
  const contacts = await harness.query<{ id: string }>(
    `select id from contacts c where merged_into is null and not exists (
       select 1 from messages m where m.account_id = c.account_id and m.contact_id = c.id
     )`,
  );
  const conversations = await harness.query<{ id: string }>(
    `select id from conversations c where merged_into is null and not exists (
       select 1 from messages m where m.account_id = c.account_id and m.conversation_id = c.id
     )`,
  );
  const keys = await harness.query<{ key: string }>(
    `select key from idempotency_keys k where not exists (
       select 1 from messages m where m.account_id = k.account_id and m.id = k.message_id
         and (m.wamid is not null or m.status <> 'failed')
     )`,
  );
  return [
    ...rows.filter(({ id }) => !ledger.messages.has(id)).map(({ id, request_id }) =>
      `The message ${id} (X-Request-Id ${request_id}) comes from a request that was not accepted`
    ),
    ...lost.map((id) => `The message ${id} was answered but is not there`),
    ...contacts.filter(({ id }) => !ledger.contacts.has(id)).map(({ id }) =>
      `The contact ${id} has no message, and no answer has created it`
    ),
    ...conversations.map(({ id }) => `The conversation ${id} has no message`),
    ...keys.map(({ key }) => `The idempotency key "${key}" has no accepted message`),
  ];
}

/** Everything that an account has, as one text that changes with it. */
export async function contentsOf(harness: Query, accountId: string): Promise<string> {
  const [row] = await harness.query<{ contents: string }>(
    `select md5(string_agg(line, '' order by line)) as contents from (
       select c::text as line from contacts c where account_id = $1
       union all select c::text from conversations c where account_id = $1
       union all select m::text from messages m where account_id = $1
       union all select k::text from idempotency_keys k where account_id = $1
     ) lines`,
    [accountId],
  );
  return row?.contents ?? "";
}

function enterId(ids: Set<string>, id: string): string[] {
  if (ids.has(id)) return [`Two answers say that they have made ${id}`];
  ids.add(id);
  return [];
}

function outboundRows(harness: Query): Promise<{ id: string; request_id: string | null }[]> {
  return harness.query("select id, request_id from messages where direction = 'outbound'");
}
