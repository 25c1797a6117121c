/**
 * What fuzzed requests may name: accounts in every state that matters, keys good and bad, and ids, cursors and files
 * that exist. Made before the fuzzing, through the API and Meta's webhooks.
 */
import { assertEquals } from "@std/assert";
import { expireKey, mistypedKey, revokeKey, unknownKey } from "@/tests/helpers/bad_keys.ts";
import type { Harness } from "@/tests/helpers/harness.ts";
import { newWriter, receive } from "@/tests/helpers/inbound.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { integrationIdOf } from "@/tests/helpers/webhooks.ts";

/** The surroundings of the fuzzed requests. */
export interface World {
  host: string;
  /** Keys that are accepted, by what they may do; `foreign` and what is its are never used, only named. */
  keys: {
    live: string;
    test: string;
    unconnected: string;
    inbox: string;
    limited: string;
    bare: string;
  };
  /** Keys that are refused. */
  badKeys: string[];
  /** The account that Meta's webhooks are signed for, and its callback's id. */
  inbox: SeededAccount & { integrationId: string };
  /** Nobody has this account's keys: nothing of it may change. */
  foreignAccountId: string;
  /** Numbers and user ids that messages were sent to. */
  people: string[];
  messageIds: string[];
  /** Of messages with a file. */
  fileMessageIds: string[];
  contactIds: string[];
  conversationIds: string[];
  cursors: string[];
  /** Ids of a WhatsApp message that exist. */
  wamids: string[];
}

const PEOPLE = ["+14155550123", "+5511987654321", "+447400123456", "US.13491208655302741918"];
const KEY_LIMIT = 30;

/** Makes it. */
export async function makeWorld(harness: Harness): Promise<World> {
  const [main, foreign, inbox, unconnected] = [
    await harness.makeAccount(),
    await harness.makeAccount(),
    await harness.makeAccount(),
    await harness.makeAccount({ connected: false }),
  ];
  const accountId = main.id;
  const limited = await harness.makeKey({ accountId, rateLimit: KEY_LIMIT });
  const bare = await harness.makeKey({ accountId, scopes: [] });
  const revoked = await harness.makeKey({ accountId });
  const expired = await harness.makeKey({ accountId, expiresInDays: 1 });
  await revokeKey(harness, revoked.id);
  await expireKey(harness, expired.id);
  const file = await receiveFile(harness, inbox);
  const own = await sendToAll(harness, main.key.key);
  const other = await sendToAll(harness, foreign.key.key);
  return {
    host: `127.0.0.1:${harness.server.port}`,
    keys: {
      live: main.key.key,
      test: main.testKey.key,
      unconnected: unconnected.key.key,
      inbox: inbox.key.key,
      limited: limited.key,
      bare: bare.key,
    },
    badKeys: [
      revoked.key,
      expired.key,
      mistypedKey(main.key.key),
      unknownKey(),
      unknownKey("test"),
    ],
    inbox: { ...inbox, integrationId: await integrationIdOf(harness, inbox.id) },
    foreignAccountId: foreign.id,
    people: PEOPLE,
    messageIds: [...own.messageIds, ...other.messageIds.slice(0, 1), file.id],
    fileMessageIds: [file.id],
    contactIds: [...own.contactIds, ...other.contactIds.slice(0, 1), file.contact_id],
    conversationIds: [...own.conversationIds, ...other.conversationIds.slice(0, 1)],
    cursors: await firstCursors(harness, main.key.key),
    wamids: [file.wamid, ...own.wamids],
  };
}

async function receiveFile(harness: Harness, account: SeededAccount) {
  const bytes = new Uint8Array(2_000).fill(7);
  const id = crypto.randomUUID();
  const { accessToken } = account;
  harness.simulator.addFile({
    id,
    accessToken,
    mimeType: "image/png",
    size: bytes.length,
    pieces: () => [bytes],
  });
  return await receive(harness, account, {
    from: newWriter(),
    message: { type: "image", image: { id, mime_type: "image/png" } },
  });
}

/** Two messages to everybody: a list of one entry a page then has a next page. */
async function sendToAll(harness: Harness, key: string) {
  const bodies = [...PEOPLE, ...PEOPLE].map((to) => ({ to, text: "Hello" }));
  const sent: Record<string, unknown>[] = [];
  for (const body of bodies) {
    const answer = await harness.call({ path: "/api/v1/messages", key, body });
    assertEquals(answer.status, 201, answer.text);
    sent.push(answer.json.data);
  }
  const all = (name: string) => [...new Set(sent.map((data) => String(data[name])))];
  return {
    messageIds: all("message_id"),
    contactIds: all("contact_id"),
    conversationIds: all("conversation_id"),
    wamids: all("whatsapp_message_id"),
  };
}

async function firstCursors(harness: Harness, key: string): Promise<string[]> {
  const cursors = [];
  for (const list of ["messages", "contacts", "conversations"]) {
    const { json } = await harness.call({ path: `/api/v1/${list}?limit=1`, key });
    cursors.push(json.meta.next_cursor);
  }
  return cursors;
}
