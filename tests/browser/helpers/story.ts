/**
 * An account that has been at work for a month: keys, conversations, failures, figures. What the pictures of the pages
 * and whoever looks at them need; tests that count things make their own rows.
 */
import { eventually } from "@/tests/helpers/eventually.ts";
import type { Harness } from "@/tests/helpers/harness.ts";
import type { SeededAccount, SeededKey } from "@/tests/helpers/seed.ts";
import {
  contactItem,
  deliverContent,
  failedItem,
  messageItem,
  newWamid,
  statusItem,
} from "@/tests/helpers/webhooks.ts";

/** The account and what there is to look at. */
export interface Story {
  account: SeededAccount;
  /** A conversation with an answer, and its messages. */
  conversationId: string;
  readMessageId: string;
  failedMessageId: string;
  keyId: string;
  requestId: string;
}

/** What is said to whom; a line that begins with ">" is the answer. */
const THREADS: { name: string; phone: string; lines: string[] }[] = [
  {
    name: "Amara Okafor",
    phone: "+14155550101",
    lines: [
      "Hi Amara, your order 4711 is ready. You can pick it up until 6 pm.",
      "> Great, thank you! Can my brother pick it up for me?",
      "Of course. He only needs the order number.",
      "> Perfect",
    ],
  },
  {
    name: "Jonas Weber",
    phone: "+14155550102",
    lines: [
      "Your appointment is tomorrow at 10:30. Reply YES to confirm.",
      "> YES",
      "Thanks, see you tomorrow!",
    ],
  },
  {
    name: "Mei Tanaka",
    phone: "+14155550103",
    lines: ["Your parcel was handed to the courier and arrives on Thursday."],
  },
  {
    name: "Luis Fernández",
    phone: "+14155550104",
    lines: ["> Hello, are you open on Sundays?", "Yes, from 9 to 3."],
  },
];
const STATUSES = ["sent", "delivered", "read"];
const KEY_NAMES = ["Shop backend", "n8n", "Nightly report"];

/** Fills an account by what would fill it in life: API requests and callbacks; only the past is written as figures. */
export async function tellStory(harness: Harness, account: SeededAccount): Promise<Story> {
  await harness.query(
    "update accounts set name = case when id = $1 then 'Harbour Coffee' else name end",
    [account.id],
  );
  const keys = await makeKeys(harness, account);
  const threads = [];
  for (const [index, thread] of THREADS.entries()) {
    const minutesAgo = 12 + index * 47;
    threads.push(await playThread(harness, account, { ...thread, minutesAgo }));
  }
  const failed = await sendText(harness, account, {
    to: "+14155550109",
    text: "We miss you! Here is 10 % off your next order.",
  });
  await deliverContent(harness, account, { statuses: [failedItem({ id: failed.wamid })] });
  // Requests that are refused belong to a life too.
  await harness.call({ path: "/api/v1/messages", key: account.key.key, body: { to: "12" } });
  await harness.call({
    path: "/api/v1/messages",
    key: account.key.key,
    body: { to: "+14155550101", text: "Hi", type: "txt" },
  });
  await harness.query(
    `update whatsapp_integrations
     set status = 'connected', proof_message_id = $2, display_phone_number = '+1 555-010-0000',
       verified_name = 'Harbour Coffee'
     where account_id = $1`,
    [account.id, threads[0]?.messageId ?? ""],
  );
  await writePast(harness, account.id);
  const requestId = await eventually(async () => {
    const [row] = await harness.query<{ id: string }>(
      "select id from api_requests where account_id = $1 and status = 400 limit 1",
      [account.id],
    );
    return row?.id ?? null;
  });
  return {
    account,
    conversationId: threads[0]?.conversationId ?? "",
    readMessageId: threads[0]?.messageId ?? "",
    failedMessageId: failed.messageId,
    keyId: keys[0]?.id ?? "",
    requestId,
  };
}

async function makeKeys(harness: Harness, account: SeededAccount): Promise<SeededKey[]> {
  const keys: SeededKey[] = [];
  for (const name of KEY_NAMES) {
    const key = await harness.makeKey({ accountId: account.id, scopes: ["messages:send"] });
    await harness.query("update api_keys set name = $1 where account_id = $2 and id = $3", [
      name,
      account.id,
      key.id,
    ]);
    await harness.call({ path: "/api/v1/me", key: key.key });
    keys.push(key);
  }
  return keys;
}

async function playThread(
  harness: Harness,
  account: SeededAccount,
  { name, phone, lines, minutesAgo }: (typeof THREADS)[number] & { minutesAgo: number },
): Promise<{ conversationId: string; messageId: string }> {
  const waId = phone.slice(1);
  await harness.call({ path: "/api/v1/contacts", key: account.key.key, body: { phone, name } });
  let first: { conversationId: string; messageId: string } | null = null;
  const wamids: string[] = [];
  for (const line of lines) {
    if (line.startsWith("> ")) {
      const id = newWamid();
      wamids.push(id);
      const text = { body: line.slice(2) };
      await deliverContent(harness, account, {
        contacts: [contactItem({ waId, name })],
        messages: [messageItem({ id, from: waId, type: "text", text })],
      });
      continue;
    }
    const sent = await sendText(harness, account, { to: phone, text: line });
    first ??= sent;
    wamids.push(sent.wamid);
    for (const status of STATUSES) {
      await deliverContent(harness, account, {
        statuses: [statusItem(status, { id: sent.wamid, recipient_id: waId })],
      });
    }
  }
  if (first === null) throw new Error(`Nobody has written to "${name}"`);
  await spreadOverTime(harness, { accountId: account.id, wamids, minutesAgo });
  return first;
}

/** What has just happened in a second becomes a conversation that took its time. */
async function spreadOverTime(
  harness: Harness,
  { accountId, wamids, minutesAgo }: { accountId: string; wamids: string[]; minutesAgo: number },
): Promise<void> {
  for (const [index, wamid] of wamids.entries()) {
    const at = new Date(Date.now() - (minutesAgo - index * 2) * 60_000).toISOString();
    await harness.query(
      `update messages set
         created_at = $3::timestamptz,
         sent_at = $3::timestamptz + (sent_at - sent_at) + interval '1 second',
         delivered_at = $3::timestamptz + (delivered_at - delivered_at) + interval '3 seconds',
         read_at = $3::timestamptz + (read_at - read_at) + interval '50 seconds'
       where account_id = $1 and wamid = $2`,
      [accountId, wamid, at],
    );
    await harness.query(
      `update conversations set last_message_at = $3,
         last_inbound_at = case when m.direction = 'inbound' then $3 else last_inbound_at end
       from messages m
       where conversations.account_id = $1 and m.account_id = $1 and m.wamid = $2
         and conversations.id = m.conversation_id`,
      [accountId, wamid, at],
    );
  }
}

async function sendText(
  harness: Harness,
  account: SeededAccount,
  body: { to: string; text: string },
): Promise<{ conversationId: string; messageId: string; wamid: string }> {
  const answer = await harness.call({ path: "/api/v1/messages", key: account.key.key, body });
  if (answer.status !== 201) throw new Error(answer.text);
  const { conversation_id, message_id } = answer.json.data;
  const [row] = await harness.query<{ wamid: string }>(
    "select wamid from messages where account_id = $1 and id = $2",
    [account.id, message_id],
  );
  return { conversationId: conversation_id, messageId: message_id, wamid: row?.wamid ?? "" };
}

/** Counters of thirty days with busier and quieter hours. */
async function writePast(harness: Harness, accountId: string): Promise<void> {
  await harness.query(
    `insert into message_hours (account_id, hour, direction, status, messages)
     select $1, hour, 'outbound', status,
       greatest(0, round(share * (12 + 9 * sin(extract(hour from hour) / 24 * 6.28 - 2)
         + 4 * sin(extract(epoch from hour) / 90000))))::bigint
     from generate_series(
       date_trunc('hour', now(), 'UTC') - interval '30 days',
       date_trunc('hour', now(), 'UTC') - interval '1 hour', interval '1 hour'
     ) hour,
     (values ('read', 0.62), ('delivered', 0.26), ('sent', 0.09), ('failed', 0.03)) as part (status, share)
     on conflict do nothing`,
    [accountId],
  );
  await harness.query(
    `insert into request_hours (account_id, hour, api_key_id, requests, errors)
     select account_id, hour, '00000000-0000-0000-0000-000000000000', sum(messages), max(messages) / 20
     from message_hours where account_id = $1 group by 1, 2 on conflict do nothing`,
    [accountId],
  );
  await harness.query(
    `insert into latency_hours (account_id, hour, bucket, requests)
     select account_id, hour, latency_bucket(ms), greatest(1, sum(messages) / 3)
     from message_hours, (values (90::double precision), (140), (420)) as speed (ms)
     where account_id = $1 group by 1, 2, 3 on conflict do nothing`,
    [accountId],
  );
}
