/** The list of conversations and the page of one: what they show, to whom, and that reading them changes nothing. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { insertContact, insertConversation, NO_SUCH_ID } from "@/tests/api/seeded_rows.ts";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { conversationRows, newWriter, receive } from "@/tests/helpers/inbound.ts";
import type { PageAnswer } from "@/tests/helpers/admin_client.ts";
import {
  assertHarmless,
  INBOUND,
  linkTo,
  mainOf,
  NASTY_TEXTS,
  seedThread,
  shownMessages,
} from "./message_pages.ts";

describe("the pages of conversations", () => {
  let harness: Harness;
  let admin: AdminClient;
  beforeAll(async () => {
    harness = await startHarness();
    admin = await signIn(harness);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const shownConversations = (answer: PageAnswer) =>
    [...mainOf(answer).matchAll(/ id="conversation-([0-9a-f-]{36})"/g)].map(([, id = ""]) => id);

  /** A file that somebody sent, as the thread shows it. */
  async function showMedia(mimeType: string, type = "document"): Promise<string> {
    const { conversationId } = await seedThread(harness, admin.account.id, {
      contact: { bsuid: `US.${crypto.randomUUID().replaceAll("-", "")}` },
      messages: [{
        ...INBOUND,
        type,
        body: null,
        media: JSON.stringify({ id: "1", mime_type: mimeType, filename: "a file", voice: null }),
      }],
    });
    return mainOf(await admin.get(`/conversations/${conversationId}`));
  }

  it("GET /conversations 200 lists by the last message, and by state", async () => {
    const reader = await signIn(harness);
    const { id: accountId } = reader.account;
    const threads = [];
    for (const [index, day] of ["2026-03-02", "2026-03-03", "2026-03-01"].entries()) {
      threads.push(
        await seedThread(harness, accountId, {
          contact: { phone: `+141555503${10 + index}`, name: `Person ${index}` },
          messages: [{ ...INBOUND, created_at: `${day}T00:00:00Z` }],
        }),
      );
    }
    const [second = "", first = "", third = ""] = threads.map(
      ({ conversationId }) => conversationId,
    );
    await harness.query(
      `update conversations set unread_count = case when id = $2 then 3 else 0 end,
         status = case when id = $2 then 'pending' when id = $3 then 'closed' else 'open' end
       where account_id = $1`,
      [accountId, second, third],
    );
    const all = await reader.get("/conversations");
    assertEquals(shownConversations(all), [first, second, third]);
    assertStringIncludes(mainOf(all), "3 unread");
    assertStringIncludes(mainOf(all), "Person 1");
    const expected = { unread: [second], open: [first], pending: [second], closed: [third] };
    for (const [show, ids] of Object.entries(expected)) {
      assertEquals(shownConversations(await reader.get(`/conversations?show=${show}`)), ids, show);
    }
    assertEquals(shownConversations(await reader.get("/conversations?show=odd")).length, 3);
  });

  it("GET /conversations 200 hides erased people, merged conversations and other accounts'", async () => {
    const reader = await signIn(harness);
    const stranger = await signIn(harness);
    const { id: accountId } = reader.account;
    const kept = await seedThread(harness, accountId, {
      contact: { phone: "+14155550301" },
      messages: [{}],
    });
    const erased = await seedThread(harness, accountId, {
      contact: { phone: "+14155550302" },
      messages: [{}],
    });
    await harness.query(
      "update contacts set erased_at = now(), phone = null where account_id = $1 and id = $2",
      [accountId, erased.contactId],
    );
    assertEquals(shownConversations(await reader.get("/conversations")), [kept.conversationId]);
    assertEquals(shownConversations(await reader.get("/conversations?mode=test")), []);
    assertEquals(shownConversations(await stranger.get("/conversations")), []);
    const erasedPage = await reader.get(`/conversations/${erased.conversationId}`);
    assertEquals(erasedPage.status, 404);
  });

  it("GET /conversations 200 says where to begin when there is none", async () => {
    const html = mainOf(await (await signIn(harness)).get("/conversations"));
    assertStringIncludes(html, "No conversations yet");
    assertEquals(linkTo(html, "Open the playground"), "/playground");
  });

  it("GET /conversations/{id} 200 shows both sides with ticks, quotes, reactions, edits and deletions", async () => {
    const { ids, conversationId } = await seedThread(harness, admin.account.id, {
      contact: { phone: "+14155550123", name: "Ada" },
      messages: [
        { body: "a question", status: "read" },
        { ...INBOUND, body: "an answer", edited_at: "2026-03-02T00:00:00Z" },
        { ...INBOUND, body: null, revoked_at: "2026-03-02T00:00:00Z" },
        { ...INBOUND, type: "reaction", body: "😀" },
        { ...INBOUND, type: "reaction", body: "👍" },
        { status: "pending", lease_until: "2036-03-01T00:00:00Z", body: "on its way" },
        {
          status: "failed",
          error: JSON.stringify({ code: 1, title: "Odd", message: "No", hint: "Do this" }),
        },
      ],
    });
    const [question = "", answer = "", , first = "", second = ""] = ids;
    for (const id of [answer, first, second]) {
      await harness.query(
        "update messages set reply_to_message_id = $1 where account_id = $2 and id = $3",
        [question, admin.account.id, id],
      );
    }
    const page = await admin.get(`/conversations/${conversationId}`);
    const html = mainOf(page);
    // Oldest first; a reaction stands at its message, and only the last one of a person.
    assertEquals(shownMessages(page), ids.filter((id) => id !== first && id !== second));
    assertEquals(html.includes("😀"), false);
    for (
      const text of [
        "👍",
        "Edited",
        "This message was deleted by its sender",
        `<span class="sr-only">Read</span>`,
        `<span class="sr-only">Pending</span>`,
        `<span class="sr-only">Failed</span>`,
        "Do this",
        "You wrote",
        "1 Mar 2026",
      ]
    ) assertStringIncludes(html, text);
  });

  const inline: [mimeType: string, type: string, tag: string][] = [
    ["image/jpeg", "image", "<img"],
    ["image/png", "image", "<img"],
    ["image/webp", "sticker", "<img"],
    ["video/mp4", "video", "<video"],
    ["audio/ogg; codecs=opus", "audio", "<audio"],
    ["audio/mpeg", "audio", "<audio"],
    ["audio/mp4", "audio", "<audio"],
  ];
  for (const [mimeType, type, tag] of inline) {
    it(`GET /conversations/{id} 200 shows a file of type ${mimeType} in its place`, async () => {
      const html = await showMedia(mimeType, type);
      assert(new RegExp(`${tag} src="/messages/[0-9a-f-]{36}/media"`).test(html), html);
    });
  }
  for (
    const mimeType of ["image/svg+xml", "image/gif", "text/html", "application/pdf", "video/webm"]
  ) {
    it(`GET /conversations/{id} 200 only links a file of type ${mimeType}`, async () => {
      const html = await showMedia(mimeType, "image");
      assertEquals(/<(img|video|audio|iframe|object|embed)\b/.exec(html), null);
      assertStringIncludes(html, "Download a file");
    });
  }

  it("GET /conversations/{id} 200 links what was sent by its address and loads nothing of it", async () => {
    const { conversationId } = await seedThread(harness, admin.account.id, {
      contact: { phone: "+14155550401" },
      messages: [
        { type: "image", media_url: "https://example.com/a.png" },
        { type: "video", media_url: "javascript:alert(1)" },
      ],
    });
    const html = mainOf(await admin.get(`/conversations/${conversationId}`));
    assertEquals(/<(img|video|audio)\b/.exec(html), null);
    assertEquals(/src="https?:/.exec(html), null);
    assertStringIncludes(html, 'href="https://example.com/a.png"');
    assertStringIncludes(html, 'rel="noopener noreferrer"');
    assertHarmless(html);
  });

  it("GET /conversations/{id} 200 shows names and texts with markup as texts", async () => {
    for (const [index, text] of NASTY_TEXTS.entries()) {
      const { conversationId, ids } = await seedThread(harness, admin.account.id, {
        contact: { phone: `+141555505${10 + index}`, name: text, username: text, company: text },
        messages: [
          { body: text },
          { ...INBOUND, body: text },
          { ...INBOUND, type: "reaction", body: text },
          { ...INBOUND, type: "system", body: text },
          { ...INBOUND, type: "location", content: JSON.stringify({ latitude: text }) },
        ],
      });
      await harness.query(
        "update messages set reply_to_message_id = $1 where account_id = $2 and id in ($3, $4)",
        [ids[0] ?? "", admin.account.id, ids[1] ?? "", ids[2] ?? ""],
      );
      await harness.query(
        "update conversations set last_message_text = $1 where account_id = $2 and id = $3",
        [text, admin.account.id, conversationId],
      );
      assertHarmless(mainOf(await admin.get(`/conversations/${conversationId}`)));
    }
    assertHarmless(mainOf(await admin.get("/conversations")));
  });

  it("GET /conversations/{id} 200 leads to older messages and back, each shown once", async () => {
    const { ids, conversationId } = await seedThread(harness, admin.account.id, {
      contact: { phone: "+14155550601" },
      messages: Array.from({ length: 120 }, () => ({})),
    });
    const pages: string[][] = [];
    let path: string | null = `/conversations/${conversationId}`;
    let last = "";
    while (path !== null) {
      const page = await admin.get(path);
      pages.push(shownMessages(page));
      last = path;
      path = linkTo(mainOf(page), "Older messages");
    }
    assertEquals(pages.toReversed().flat(), ids);
    const newer = linkTo(mainOf(await admin.get(last)), "Newer messages");
    assertEquals(shownMessages(await admin.get(newer ?? "")), pages[1]);
  });

  it("GET /conversations/{id} 200 an id that was merged stands for the one it was merged into", async () => {
    const { conversationId, ids } = await seedThread(harness, admin.account.id, {
      contact: { phone: "+14155550701" },
      messages: [{}],
    });
    const { id: accountId } = admin.account;
    const contact = await insertContact(harness, accountId, { phone: "+14155550702" });
    const alias = await insertConversation(harness, accountId, {
      contact_id: contact,
      merged_into: conversationId,
    });
    assertEquals(shownMessages(await admin.get(`/conversations/${alias}`)), ids);
  });

  it("GET /conversations/{id} 200 changes nothing: what is unread stays so", async () => {
    const account = await harness.makeAccount();
    const reader = await signIn(harness, { account });
    const { conversation_id: id } = await receive(harness, account, { from: newWriter() });
    const before = await conversationRows(harness, account.id);
    const page = await reader.get(`/conversations/${id}`);
    assertStringIncludes(mainOf(page), "1 unread");
    assertEquals(await conversationRows(harness, account.id), before);
  });

  it("404 for another account's conversation, the other mode's, an unknown one, by any method", async () => {
    const stranger = await signIn(harness);
    const { conversationId: id } = await seedThread(harness, admin.account.id, {
      contact: { phone: "+14155550801" },
      messages: [{}],
    });
    const form = { text: "Hi", idempotency_key: "1", status: "closed" };
    for (
      const [client, path, mode] of [
        [stranger, id, ""],
        [admin, id, "?mode=test"],
        [admin, NO_SUCH_ID, ""],
        [admin, "not-an-id", ""],
      ] as const
    ) {
      assertEquals((await client.get(`/conversations/${path}${mode}`)).status, 404);
      for (const action of ["", "/status", "/read", "/simulate"]) {
        const answer = await client.post(`/conversations/${path}${action}${mode}`, form);
        assertEquals(answer.status, 404, `${path}${action}`);
      }
    }
    const [row] = await harness.query<{ status: string }>(
      "select status from conversations where account_id = $1 and id = $2",
      [admin.account.id, id],
    );
    assertEquals(row?.status, "open");
  });
});
