/** People who write to an account, and what the database then holds of them. */
import { randomInt } from "node:crypto";
import { assertEquals } from "@std/assert";
import type { Harness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import {
  contactItem,
  deliver,
  entryOf,
  eventRows,
  messageItem,
  newWamid,
} from "@/tests/helpers/webhooks.ts";

type Json = Record<string, unknown>;
type Surroundings = Pick<Harness, "server" | "query">;

/** Who writes; what is not given, Meta does not tell. */
export interface Writer {
  /** Digits. */
  waId?: string;
  bsuid?: string;
  name?: string;
  username?: string;
}

/** A contact row. */
export interface ContactRow {
  id: string;
  phone: string | null;
  wa_id: string | null;
  bsuid: string | null;
  username: string | null;
  name: string | null;
  profile_name: string | null;
  merged_into: string | null;
}

/** A conversation row. */
export interface ConversationRow {
  id: string;
  contact_id: string;
  status: string;
  last_message_text: string | null;
  last_message_at: string | Date | null;
  last_inbound_at: string | Date | null;
  unread_count: number;
  merged_into: string | null;
}

/** A message row, as far as tests of inbound messages look at it. */
export interface InboundRow {
  id: string;
  wamid: string;
  conversation_id: string;
  contact_id: string;
  direction: string;
  type: string;
  status: string;
  recipient: string;
  sender: string | null;
  body: string | null;
  media: Json | null;
  content: Json | null;
  reply_to_message_id: string | null;
  created_at: string | Date;
  edited_at: string | Date | null;
  revoked_at: string | Date | null;
}

/** Somebody of the United States whom nobody knows yet. */
export function newWriter(): Required<Pick<Writer, "waId" | "bsuid">> {
  return { waId: `1415${randomInt(2_000_000, 10_000_000)}`, bsuid: newBsuid() };
}

/** A business-scoped user id that nobody has. */
export function newBsuid(): string {
  return `US.${randomInt(1e14, 2e14)}`;
}

/** The content of a change: one message of somebody; `message` overrides what a text would be. */
export function writing(writer: Writer, message: Json = {}): Json {
  return {
    // Meta leaves the contacts out of system messages.
    ...(message.type === "system" ? {} : { contacts: [contactItem(writer)] }),
    messages: [messageItem({
      id: newWamid(),
      ...(writer.waId === undefined ? {} : { from: writer.waId }),
      ...(writer.bsuid === undefined ? {} : { from_user_id: writer.bsuid }),
      ...message,
    })],
  };
}

/** Somebody writes a message; the row once it is there. */
export async function receive(
  harness: Surroundings,
  account: SeededAccount,
  options: { from: Writer; message?: Json },
): Promise<InboundRow> {
  const wamid = String(options.message?.id ?? newWamid());
  await deliver(
    harness,
    account,
    entryOf(account, writing(options.from, { ...options.message, id: wamid })),
  );
  return await eventually(async () =>
    (await inboundRows(harness, account.id)).find((row) => row.wamid === wamid)
  );
}

/** Posts the content of one change and waits until no event of the account is pending; all must have been processed. */
export async function deliverAll(
  harness: Surroundings,
  account: SeededAccount,
  ...contents: Json[]
): Promise<void> {
  await deliver(harness, account, ...contents.map((content) => entryOf(account, content)));
  await allProcessed(harness, account.id);
}

/** Waits until no event of the account is pending; all must have been processed. */
export async function allProcessed(
  harness: Pick<Harness, "query">,
  accountId: string,
  timeoutMs = 10_000,
): Promise<void> {
  const rows = await eventually(async () => {
    const events = await eventRows(harness, accountId);
    return events.length > 0 && events.every(({ state }) => state !== "pending") ? events : null;
  }, timeoutMs);
  assertEquals(rows.filter(({ state }) => state !== "processed"), []);
}

/** The account's inbound messages, the oldest first. */
export async function inboundRows(
  harness: Pick<Harness, "query">,
  accountId: string,
): Promise<InboundRow[]> {
  return await harness.query<InboundRow>(
    `select id, wamid, conversation_id, contact_id, direction, type, status, recipient, sender, body, media, content,
       reply_to_message_id, created_at, edited_at, revoked_at
     from messages where account_id = $1 and direction = 'inbound' order by created_at, id`,
    [accountId],
  );
}

/** The account's contacts, aliases included, the oldest first. */
export async function contactRows(
  harness: Pick<Harness, "query">,
  accountId: string,
): Promise<ContactRow[]> {
  return await harness.query<ContactRow>(
    `select id, phone, wa_id, bsuid, username, name, profile_name, merged_into
     from contacts where account_id = $1 order by created_at, id`,
    [accountId],
  );
}

/** The account's only contact that is no alias. */
export async function onlyContact(
  harness: Pick<Harness, "query">,
  accountId: string,
): Promise<ContactRow> {
  return only((await contactRows(harness, accountId)).filter((row) => row.merged_into === null));
}

/** The account's conversations, aliases included, the oldest first. */
export async function conversationRows(
  harness: Pick<Harness, "query">,
  accountId: string,
): Promise<ConversationRow[]> {
  return await harness.query<ConversationRow>(
    `select id, contact_id, status, last_message_text, last_message_at, last_inbound_at, unread_count, merged_into
     from conversations where account_id = $1 order by created_at, id`,
    [accountId],
  );
}

/** The account's only conversation that is no alias. */
export async function onlyConversation(
  harness: Pick<Harness, "query">,
  accountId: string,
): Promise<ConversationRow> {
  const rows = await conversationRows(harness, accountId);
  return only(rows.filter((row) => row.merged_into === null));
}

/** Unix seconds as Meta writes them, some seconds from now. */
export function unixSeconds(fromNow = 0): string {
  return String(Math.floor(Date.now() / 1000) + fromNow);
}

function only<Row>(rows: Row[]): Row {
  const [row, ...others] = rows;
  if (row === undefined || others.length > 0) {
    throw new Error(`There are ${others.length + (row ? 1 : 0)} rows, not one`);
  }
  return row;
}
