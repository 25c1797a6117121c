/** The page of one message, and the file that came with it. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { NO_SUCH_ID } from "@/tests/api/seeded_rows.ts";
import { type AdminClient, openPages, signIn } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { newWriter, receive } from "@/tests/helpers/inbound.ts";
import { assertHarmless, INBOUND, mainOf, NASTY_TEXTS, seedThread } from "./message_pages.ts";

/** Of the magic recipients of the sandbox, which the simulator knows too. */
const NOT_ON_WHATSAPP = "+15005550002";

describe("GET /messages/{id}", () => {
  let harness: Harness;
  let admin: AdminClient;
  beforeAll(async () => {
    harness = await startHarness();
    admin = await signIn(harness);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function send(body: Record<string, unknown>, headers: Record<string, string> = {}) {
    const answer = await harness.call({
      path: "/api/v1/messages",
      key: admin.account.key.key,
      body,
      headers,
    });
    const data = answer.json.data ?? answer.json.error.details;
    return { id: String(data.message_id), requestId: answer.headers.get("x-request-id") ?? "" };
  }

  /** The JSON that the page shows. */
  const shownJson = (html: string) => {
    const code = /<code>([^]*?)<\/code>/.exec(html)?.[1] ?? "";
    const text = code.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&");
    return JSON.parse(text);
  };

  it("200 shows what was sent, its ids, key, request and times, and the JSON of the API", async () => {
    const { id, requestId } = await send(
      {
        to: "+14155550123",
        type: "template",
        template: { name: "order_shipped", params: ["Ada"] },
      },
      { "idempotency-key": "order-4711", "x-request-id": "my-request-1" },
    );
    const html = mainOf(await admin.get(`/messages/${id}`));
    assertEquals(requestId, "my-request-1");
    for (
      const text of [
        id,
        "order_shipped",
        "{{1}}",
        "Ada",
        "my-request-1",
        "order-4711",
        admin.account.key.prefix,
        `href="/keys/${admin.account.key.id}"`,
        "wamid.",
        "Accepted",
        "Sent",
      ]
    ) assertStringIncludes(html, text);
    const api = await harness.call({
      path: `/api/v1/messages/${id}`,
      key: admin.account.key.key,
    });
    assertEquals(shownJson(html), { data: api.json.data });
    assertEquals(html.includes(admin.account.key.key), false);
    assertEquals(html.includes("outside the 24-hour window"), false);
  });

  it("200 shows Meta's error with its code, and what to do about it", async () => {
    const { id } = await send({ to: NOT_ON_WHATSAPP, text: "Hi" });
    const html = mainOf(await admin.get(`/messages/${id}`));
    assertStringIncludes(html, "131026");
    assertStringIncludes(html, "What to do:");
    assertStringIncludes(html, "Check the number");
    assertStringIncludes(html, "Sent outside the 24-hour window");
  });

  it("200 warns of a free text only if the recipient had not written the day before", async () => {
    const writer = newWriter();
    await receive(harness, admin.account, { from: writer });
    const inside = await send({ to: `+${writer.waId}`, text: "Hi" });
    const html = mainOf(await admin.get(`/messages/${inside.id}`));
    assertEquals(html.includes("outside the 24-hour window"), false);
  });

  it("200 shows edits, deletions and what a message answers", async () => {
    const { ids } = await seedThread(harness, admin.account.id, {
      contact: { phone: "+14155550188" },
      messages: [
        { body: "a question" },
        { ...INBOUND, body: "an answer", edited_at: "2026-03-02T00:00:00Z" },
        { ...INBOUND, body: null, revoked_at: "2026-03-02T00:00:00Z" },
      ],
    });
    await harness.query(
      "update messages set reply_to_message_id = $1 where account_id = $2 and id = $3",
      [ids[0] ?? "", admin.account.id, ids[1] ?? ""],
    );
    const answer = mainOf(await admin.get(`/messages/${ids[1]}`));
    assertStringIncludes(answer, "a question");
    assertStringIncludes(answer, "Edited by its sender");
    const deleted = mainOf(await admin.get(`/messages/${ids[2]}`));
    assertStringIncludes(deleted, "This message was deleted by its sender");
  });

  it("200 shows texts, names and addresses with markup as texts, and links no scripts", async () => {
    for (const [index, text] of NASTY_TEXTS.entries()) {
      const { ids } = await seedThread(harness, admin.account.id, {
        contact: { phone: `+141555502${10 + index}`, name: text },
        messages: [
          { body: text, type: "image", media_url: text, filename: text },
          { type: "template", template: JSON.stringify({ name: text, params: { body: [text] } }) },
          {
            ...INBOUND,
            type: "document",
            sender: text,
            media: JSON.stringify({ id: "1", mime_type: text, filename: text, voice: null }),
          },
          {
            status: "failed",
            error: JSON.stringify({ code: 1, title: text, message: text, hint: text }),
          },
        ],
      });
      for (const id of ids) assertHarmless(mainOf(await admin.get(`/messages/${id}`)));
    }
  });

  it("404 for another account's message, the other mode's, an unknown one and no id at all", async () => {
    const stranger = await signIn(harness);
    const { id } = await send({ to: "+14155550123", text: "Hi" });
    for (
      const [client, path] of [
        [stranger, `/messages/${id}`],
        [stranger, `/messages/${id}/media`],
        [admin, `/messages/${id}?mode=test`],
        [admin, `/messages/${NO_SUCH_ID}`],
        [admin, "/messages/not-an-id"],
        [admin, "/messages/not-an-id/media"],
      ] as const
    ) assertEquals((await client.get(path)).status, 404, path);
  });

  describe("media", () => {
    async function receiveFile(mimeType: string): Promise<{ id: string; bytes: Uint8Array }> {
      const bytes = new Uint8Array([1, 2, 3, 255, 0]);
      const mediaId = crypto.randomUUID();
      harness.simulator.addFile({
        id: mediaId,
        accessToken: admin.account.accessToken,
        mimeType,
        size: bytes.length,
        pieces: () => [bytes],
      });
      const row = await receive(harness, admin.account, {
        from: newWriter(),
        message: { type: "document", document: { id: mediaId, mime_type: mimeType } },
      });
      return { id: row.id, bytes };
    }

    it("200 passes the file on, by session, as nothing that a browser would run", async () => {
      const { id, bytes } = await receiveFile("text/html");
      const response = await admin.fetch(`/messages/${id}/media`);
      assertEquals(response.status, 200);
      assertEquals(new Uint8Array(await response.arrayBuffer()), bytes);
      assertEquals(response.headers.get("content-security-policy"), "sandbox");
      assertEquals(response.headers.get("x-content-type-options"), "nosniff");
      assert(response.headers.get("content-disposition")?.startsWith("attachment"));
      assertEquals(response.headers.get("cache-control"), "private, no-store");
    });

    it("303 signed out, and nothing of the file", async () => {
      const { id } = await receiveFile("image/png");
      const response = await openPages(harness.server.baseUrl).get(`/messages/${id}/media`);
      assertEquals(response.status, 303);
    });

    it("404 for a message without a file, in plain text", async () => {
      const { id } = await send({ to: "+14155550123", text: "Hi" });
      const response = await admin.get(`/messages/${id}/media`);
      assertEquals(response.status, 404);
      assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
    });
  });
});
