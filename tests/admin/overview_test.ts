/** The overview page: the way to a first message, then figures, the connection and what failed, for one account and mode. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { send, sendOk } from "@/tests/helpers/message_calls.ts";

describe("overview page", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  /** The figure of a name, such as "Messages", with its hint. */
  function figureOf(html: string, label: string): string[] {
    const [, figure = "", hint = ""] = new RegExp(
      `<dt[^>]*>${label}</dt><dd[^>]*>(.*?)</dd>(?:<dd[^>]*>(.*?)</dd>)?`,
    ).exec(html) ?? [];
    return [figure.replace(/<[^>]*>/g, ""), hint];
  }

  /** The title of the step that is open. */
  function openStep(html: string): string | undefined {
    return /aria-current="step".*?<h2[^>]*>([^<]*)</.exec(html)?.[1];
  }

  async function revokeKeys(admin: AdminClient): Promise<void> {
    await harness.query(
      "update api_keys set revoked_at = now() where account_id = $1 or account_id = $2",
      [admin.account.id, admin.account.testId],
    );
  }

  it("GET / 200 of a new account asks to connect WhatsApp first", async () => {
    const account = await harness.makeAccount({ connected: false });
    const { status, text } = await (await signIn(harness, { account })).get("/");
    assertEquals(status, 200);
    assertEquals(openStep(text), "Connect WhatsApp");
    assertMatch(text, /<a href="\/whatsapp"[^>]*>.*?Connect WhatsApp/);
    assertEquals(figureOf(text, "Messages"), ["", ""]);
  });

  it("GET / 200 of a connected account without a key asks to create one", async () => {
    const admin = await signIn(harness);
    await revokeKeys(admin);
    const { text } = await admin.get("/");
    assertEquals(openStep(text), "Create an API key");
    assertMatch(text, /<a href="\/keys\/new"/);
  });

  it("GET / 200 of an account with a key shows the request to make, with the server's address", async () => {
    const admin = await signIn(harness);
    const { text } = await admin.get("/");
    assertEquals(openStep(text), "Send your first message");
    assertStringIncludes(text, `${harness.server.baseUrl}/api/v1/messages`);
    assertEquals(text.includes(admin.account.key.key), false);
    assertMatch(text, /<a href="\/playground"/);
  });

  it("GET /?mode=test 200 needs no connection, and keeps the mode in its steps", async () => {
    const account = await harness.makeAccount({ connected: false });
    const admin = await signIn(harness, { account });
    await revokeKeys(admin);
    const { text } = await admin.get("/?mode=test");
    assertEquals(openStep(text), "Create an API key");
    assertMatch(text, /<a href="\/keys\/new\?mode=test"/);
  });

  it("GET / 200 counts messages at once, each under the status it has, and drops the steps", async () => {
    const admin = await signIn(harness);
    for (const text of ["one", "two", "three"]) {
      await sendOk(harness, admin.account, { to: "+14155550111", text });
    }
    await harness.query(
      `update messages set status = 'read' where id = (
         select id from messages where account_id = $1 order by created_at limit 1
       )`,
      [admin.account.id],
    );
    const { text } = await admin.get("/");
    assertEquals(openStep(text), undefined);
    assertEquals(figureOf(text, "Messages"), ["3", "0 failed"]);
    assertEquals(figureOf(text, "Success rate")[0], "100%");
    const totals = [...text.matchAll(/<span class="text-muted">(\w+)<\/span><span[^>]*>(\d+)</g)]
      .map(([, name, count]) => [name, count]);
    assertEquals(totals, [["Read", "1"], ["Delivered", "0"], ["Sent", "2"], ["Failed", "0"]]);
    assertStringIncludes(text, "No message has failed.");
  });

  it("GET / 200 shows requests and their latency once they are written", async () => {
    const admin = await signIn(harness);
    await sendOk(harness, admin.account, { to: "+14155550112", text: "Hello" });
    await send(harness, admin.account, { body: { to: "nobody" } });
    const text = await eventually(async () => {
      const page = (await admin.get("/")).text;
      // Each figure is a query of its own: one may see the batch that the other just missed.
      const isWritten = figureOf(page, "API requests")[0] === "2" &&
        figureOf(page, "API latency, p50")[0] !== "–";
      return isWritten ? page : null;
    });
    assertEquals(figureOf(text, "API requests")[1], "1 with an error");
    const [p50 = "", p95 = ""] = figureOf(text, "API latency, p50");
    assertMatch(p50, /^[\d.]+ m?s$/);
    assertMatch(p95, /^p95 [\d.]+ m?s$/);
  });

  it("GET /?mode=test 200 shows a failure with its reason and what to do, in its mode alone", async () => {
    const admin = await signIn(harness);
    const key = { key: admin.account.testKey };
    await sendOk(harness, key, { to: "+14155550113", text: "Fine" });
    await send(harness, key, { body: { to: "+15005550002", text: "Not on WhatsApp" } });
    const { text } = await admin.get("/?mode=test");
    const [row] = await harness.query<{ id: string; hint: string }>(
      "select id, error ->> 'hint' as hint from messages where account_id = $1 and status = 'failed'",
      [admin.account.testId],
    );
    assert(row !== undefined);
    assertStringIncludes(text, "Meta error 131026");
    assertStringIncludes(text, row.hint.replaceAll("&", "&amp;").replaceAll('"', "&quot;"));
    assertStringIncludes(text, `href="/messages/${row.id}?mode=test"`);
    assertStringIncludes(text, 'href="/messages?status=failed&amp;mode=test"');
    assertEquals(figureOf(text, "Messages"), ["2", "1 failed"]);
    assertEquals(figureOf(text, "Success rate")[0], "50%");
    const live = (await admin.get("/")).text;
    assertEquals(live.includes(row.id), false);
    assertEquals(openStep(live), "Send your first message");
  });

  it("GET / 200 shows nothing of another account", async () => {
    const [admin, other] = [await signIn(harness), await signIn(harness)];
    await sendOk(harness, other.account, { to: "+14155550114", text: "Hello" });
    const { text } = await admin.get("/");
    assertEquals(openStep(text), "Send your first message");
    assertEquals(figureOf(text, "Messages"), ["", ""]);
  });

  const ranges: [query: string, label: string, rows: number][] = [
    ["", "24 hours", 24],
    ["?range=24h", "24 hours", 24],
    ["?range=7d", "7 days", 28],
    ["?range=30d", "30 days", 30],
    ["?range=1y", "24 hours", 24],
    ["?range=%3Cscript%3E", "24 hours", 24],
  ];
  it("GET /?range= 200 has the range in its address, and a row of figures for each bar", async () => {
    const admin = await signIn(harness);
    await sendOk(harness, admin.account, { to: "+14155550115", text: "Hello" });
    for (const [query, label, rows] of ranges) {
      const { status, text } = await admin.get(`/${query}`);
      assertEquals(status, 200);
      assertMatch(text, new RegExp(`aria-current="page"[^>]*>${label}<`));
      const [, table = ""] = /<tbody[^>]*>(.*?)<\/tbody>/.exec(text) ?? [];
      assertEquals([query, table.match(/<tr /g)?.length], [query, rows]);
    }
    await sendOk(harness, { key: admin.account.testKey }, { to: "+14155550116", text: "Hello" });
    const test = (await admin.get("/?range=7d&mode=test")).text;
    assertStringIncludes(test, 'href="/?range=30d&amp;mode=test"');
    assertStringIncludes(test, 'href="/?mode=test"');
  });
});
