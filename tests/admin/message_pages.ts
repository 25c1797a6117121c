/** What tests of the pages about messages share: rows of a known shape, and looking into a page as its reader does. */
import { assertEquals } from "@std/assert";
import { insertMessage, insertPerson } from "@/tests/api/seeded_rows.ts";
import type { PageAnswer } from "@/tests/helpers/admin_client.ts";
import type { Harness } from "@/tests/helpers/harness.ts";

type Value = string | number | boolean | null;

/**
 * A person and messages with them: outbound delivered texts a minute apart unless told otherwise, the first the oldest.
 * Columns that hold JSON are given as texts.
 */
export async function seedThread(
  harness: Pick<Harness, "query">,
  accountId: string,
  options: { contact: Record<string, Value>; messages: Record<string, Value>[] },
): Promise<{ contactId: string; conversationId: string; ids: string[] }> {
  const person = await insertPerson(harness, accountId, options.contact);
  const ids: string[] = [];
  for (const [index, columns] of options.messages.entries()) {
    const at = new Date(Date.UTC(2026, 2, 1, 12, index)).toISOString();
    ids.push(
      await insertMessage(harness, accountId, { ...person, created_at: at, ...columns }),
    );
  }
  // The driver takes a text for a JSON text.
  for (const column of ["template", "error", "media", "content"]) {
    await harness.query(
      `update messages set ${column} = (${column} #>> '{}')::jsonb
       where account_id = $1 and conversation_id = $2 and jsonb_typeof(${column}) = 'string'`,
      [accountId, person.conversation_id],
    );
  }
  await harness.query(
    `update conversations set last_message_at = m.at, last_message_text = 'Last words'
     from (select max(created_at) as at from messages where account_id = $1 and conversation_id = $2) as m
     where account_id = $1 and id = $2`,
    [accountId, person.conversation_id],
  );
  return { contactId: person.contact_id, conversationId: person.conversation_id, ids };
}

/** The columns of a message that somebody wrote. */
export const INBOUND = {
  direction: "inbound",
  status: "received",
  recipient: "+15550100000",
  sender: "+14155550123",
};

/** The page's main part; fails unless the page was shown. */
export function mainOf(answer: PageAnswer, status = 200): string {
  assertEquals(answer.status, status, answer.text.slice(0, 500));
  return /<main[^]*<\/main>/.exec(answer.text)?.[0] ?? "";
}

/** The ids of the messages that a page shows, in its order. */
export function shownMessages(answer: PageAnswer): string[] {
  return [...mainOf(answer).matchAll(/ id="message-([0-9a-f-]{36})"/g)].map(([, id = ""]) => id);
}

/** The address of the link with this text, or null. */
export function linkTo(html: string, text: string): string | null {
  for (const [, attributes = "", content = ""] of html.matchAll(/<a\b([^>]*)>([^]*?)<\/a>/g)) {
    const words = content.replace(/<[^>]*>/g, "").trim();
    if (words !== text) continue;
    const href = / href="([^"]*)"/.exec(attributes)?.[1] ?? "";
    return href.replaceAll("&amp;", "&");
  }
  return null;
}

/** The value of a hidden field. */
export function hiddenField(html: string, name: string): string {
  const field = [...html.matchAll(/<input\b[^>]*>/g)].map(([tag]) => tag)
    .find((tag) => tag.includes(`name="${name}"`));
  return /value="([^"]*)"/.exec(field ?? "")?.[1] ?? "";
}

/** Texts that would do harm on a page that does not escape them. */
export const NASTY_TEXTS = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `'><svg onload=alert(1)>`,
  `</textarea></title></script><script>alert(1)</script>`,
  `<!--<script>`,
  `javascript:alert(1)`,
  `{{constructor.constructor('alert(1)')()}}`,
];

/** Fails if a nasty text has become markup, or a link with a script stands in the page. */
export function assertHarmless(html: string): void {
  assertEquals(/<script>alert|<img src=x|<svg onload|<!--<script/i.exec(html)?.[0] ?? null, null);
  assertEquals(/(href|src|action)="\s*javascript:/i.exec(html)?.[0] ?? null, null);
  assertEquals(/\son[a-z]+=/i.exec(html.replace(/"[^"]*"|>[^<]*</g, ""))?.[0] ?? null, null);
}
