/** The message log: what it shows, its filters in the address, its pages, and whose messages it never shows. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type AdminClient, openPages, signIn } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  assertHarmless,
  INBOUND,
  linkTo,
  mainOf,
  NASTY_TEXTS,
  seedThread,
  shownMessages,
} from "./message_pages.ts";

const REFUSED = JSON.stringify({
  code: 131026,
  title: "Message undeliverable",
  message: "No",
  hint: "Check the number",
});
const OTHER_ERROR = REFUSED.replace("131026", "131047");

describe("GET /messages", () => {
  let harness: Harness;
  let admin: AdminClient;
  /** By what they are. */
  let ids: Record<string, string>;

  beforeAll(async () => {
    harness = await startHarness();
    admin = await signIn(harness);
    const { account } = admin;
    const ada = await seedThread(harness, account.id, {
      contact: { phone: "+14155550123", name: "Ada" },
      messages: [
        { body: null, type: "template", template: '{"name":"order_shipped"}' },
        { ...INBOUND, body: "an answer" },
        { status: "failed", error: REFUSED, body: "refused" },
        { status: "read", type: "image", media_url: "https://example.com/a.jpg", body: null },
      ],
    });
    const bia = await seedThread(harness, account.id, {
      contact: { phone: "+5511987654321", bsuid: "BR.1234567890" },
      messages: [
        { recipient: "+5511987654321", status: "sent", created_at: "2026-04-01T23:59:59Z" },
        { recipient: "+5511987654321", status: "failed", error: OTHER_ERROR, type: "image" },
      ],
    });
    const names = ["template", "answer", "refused", "image", "april", "lateImage"];
    ids = Object.fromEntries(
      [...ada.ids, ...bia.ids].map((id, index) => [names[index] ?? "", id]),
    );
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("200 shows every message with its person, its words and how far it got, and leads to it", async () => {
    const page = await admin.get("/messages");
    const html = mainOf(page);
    assertEquals(shownMessages(page)[0], ids.april);
    assertEquals(new Set(shownMessages(page)), new Set(Object.values(ids)));
    for (const text of ["order_shipped", "an answer", "refused", "Ada", "+14155550123", "131026"]) {
      assertStringIncludes(html, text);
    }
    assertStringIncludes(html, `href="/messages/${ids.refused}"`);
    assertEquals(page.headers.get("cache-control"), "no-store");
  });

  const filters: [query: string, expected: string[]][] = [
    ["status=failed", ["refused", "lateImage"]],
    ["status=received", ["answer"]],
    ["type=image", ["image", "lateImage"]],
    ["type=image&status=failed", ["lateImage"]],
    ["direction=inbound", ["answer"]],
    ["direction=inbound&status=failed", []],
    ["direction=outbound&type=template", ["template"]],
    ["error=131026", ["refused"]],
    ["error=131047&type=image", ["lateImage"]],
    ["number=%2B14155550123", ["template", "answer", "refused", "image"]],
    ["number=+1+(415)+555-0123", ["template", "answer", "refused", "image"]],
    ["number=14155550123&direction=inbound", ["answer"]],
    ["number=%2B551187654321", ["april", "lateImage"]],
    ["number=BR.1234567890&status=sent", ["april"]],
    ["number=%2B14155550199", []],
    ["from=2026-04-01", ["april"]],
    ["to=2026-03-31", ["template", "answer", "refused", "image", "lateImage"]],
    ["from=2026-04-01&to=2026-04-01", ["april"]],
    ["from=2026-04-02", []],
    ["status=&type=&direction=&number=&from=&to=&error=131047", ["lateImage"]],
  ];
  for (const [query, expected] of filters) {
    it(`200 ?${query} shows what matches`, async () => {
      const page = await admin.get(`/messages?${query}`);
      assertEquals(shownMessages(page).sort(), expected.map((name) => ids[name] ?? "").sort());
      if (expected.length === 0) assertStringIncludes(mainOf(page), "No message matches");
    });
  }

  it("200 has a chip for each filter, which leads to the page without it", async () => {
    const html = mainOf(await admin.get("/messages?status=failed&type=image"));
    assertEquals(
      linkTo(html, "Status: Failed, take this filter away"),
      "/messages?type=image",
    );
    assertEquals(linkTo(html, "Clear all"), "/messages");
  });

  const broken: [query: string, words: string][] = [
    ["number=hello", "neither a phone number"],
    ["number=020+7946", "national form"],
    ["status=gone", "There is no status"],
    ["direction=up", "Choose"],
    ["type=%3Cb%3E", "Choose one of the list"],
    ["error=abc", "digits only"],
    ["from=2026-02-30", "Write a day"],
    // Its end is in a year of five digits, which Postgres does not read as JavaScript writes it.
    ["to=9999-12-31", "Write a day"],
    ["from=2026-03-02&to=2026-03-01", "before the first one"],
  ];
  for (const [query, words] of broken) {
    it(`400 ?${query} says at its field what is wrong, and keeps what was typed`, async () => {
      const html = mainOf(await admin.get(`/messages?${query}`), 400);
      assertStringIncludes(html, words);
      assertStringIncludes(html, 'aria-invalid="true"');
      assertHarmless(html);
    });
  }

  it("200 leads a new account to the playground and the keys", async () => {
    const html = mainOf(await (await signIn(harness)).get("/messages"));
    assertStringIncludes(html, "No messages yet");
    assertEquals(linkTo(html, "Open the playground"), "/playground");
  });

  it("200 leads from page to page and back, every message once, also while new ones arrive", async () => {
    const reader = await signIn(harness);
    const { ids: all, ...person } = await seedThread(harness, reader.account.id, {
      contact: { phone: "+14155550123" },
      messages: Array.from({ length: 120 }, () => ({})),
    });
    const pages: string[][] = [];
    let path: string | null = "/messages?direction=outbound";
    let last = "";
    while (path !== null) {
      const page = await reader.get(path);
      pages.push(shownMessages(page));
      if (pages.length === 1) {
        await harness.query(
          `insert into messages (account_id, id, conversation_id, contact_id, direction, type, status, recipient)
           values ($1, gen_random_uuid(), $2, $3, 'outbound', 'text', 'delivered', '+14155550123')`,
          [reader.account.id, person.conversationId, person.contactId],
        );
      }
      last = path;
      path = linkTo(mainOf(page), "Older");
    }
    assertEquals(pages.map(({ length }) => length), [50, 50, 20]);
    assertEquals(pages.flat(), all.toReversed());
    const back = linkTo(mainOf(await reader.get(last)), "Newer");
    assert(back !== null);
    assertEquals(shownMessages(await reader.get(back)), pages[1]);
    const newest = linkTo(mainOf(await reader.get(back)), "Newer");
    assert(newest !== null);
    // There is a new one: it and the fifty before it are more than a page, so this is the page before the newest.
    assertEquals(shownMessages(await reader.get(newest)), pages[0]);
    assertEquals(
      linkTo(mainOf(await reader.get(newest)), "Newest"),
      "/messages?direction=outbound",
    );
  });

  it("200 shows the first page for a place that no page has named", async () => {
    for (const place of ["before=x", "before=1.2", "after=99999999999999999.x", "before="]) {
      assertEquals(shownMessages(await admin.get(`/messages?${place}`)).length, 6, place);
    }
  });

  it("200 never shows messages of another account or of the other mode", async () => {
    const stranger = await signIn(harness);
    await seedThread(harness, admin.account.testId, {
      contact: { phone: "+14155550123" },
      messages: [{ body: "only in test mode" }],
    });
    assertEquals(shownMessages(await stranger.get("/messages")), []);
    assertEquals(shownMessages(await stranger.get("/messages?number=%2B14155550123")), []);
    const live = mainOf(await admin.get("/messages"));
    assertEquals(live.includes("only in test mode"), false);
    const test = mainOf(await admin.get("/messages?mode=test"));
    assertStringIncludes(test, "only in test mode");
    assertEquals(test.includes("an answer"), false);
    // Every link of the page stays in its mode.
    for (const [, href = ""] of test.matchAll(/ href="(\/messages[^"]*)"/g)) {
      assertStringIncludes(href, "mode=test");
    }
  });

  it("200 shows texts and names with markup as texts", async () => {
    const reader = await signIn(harness);
    for (const [index, text] of NASTY_TEXTS.entries()) {
      await seedThread(harness, reader.account.id, {
        contact: { phone: `+141555501${50 + index}`, name: text },
        messages: [
          { body: text },
          { ...INBOUND, body: text, type: "document", sender: text },
          {
            type: "template",
            body: null,
            template: JSON.stringify({ name: text }),
            status: "failed",
            error: JSON.stringify({ code: 1, title: text, message: text, hint: text }),
          },
        ],
      });
    }
    const page = await reader.get("/messages");
    assertEquals(shownMessages(page).length, 3 * NASTY_TEXTS.length);
    assertHarmless(mainOf(page));
    assertStringIncludes(page.text, "&lt;script>alert(1)&lt;/script>");
  });

  it("303 signed out", async () => {
    const page = await openPages(harness.server.baseUrl).get("/messages?status=failed");
    assertEquals(page.status, 303);
    assertEquals(page.location, "/login?next=%2Fmessages%3Fstatus%3Dfailed");
  });
});
