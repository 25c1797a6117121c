/**
 * The pages of messages and conversations in a browser: rows change under the reader's eyes without disturbing them,
 * and the forms work without scripts. How the pages look is in pages_*_test.ts.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { makeId } from "@/lib/ids.ts";
import { openBrowser, type TestBrowser } from "@/tests/browser/helpers/browser.ts";
import { signInPage } from "@/tests/browser/helpers/sign_in_page.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { newWriter, receive } from "@/tests/helpers/inbound.ts";
import { sendOk } from "@/tests/helpers/message_calls.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { messageRows } from "@/tests/helpers/sends.ts";
import { deliverContent, statusItem } from "@/tests/helpers/webhooks.ts";

// The browser itself refuses to fetch scripts that it was told not to run.
const WITHOUT_SCRIPTS = { except: /^failed: .*\/_fresh\/js\/.* csp$/ };

describe("the pages of messages in a browser", () => {
  let harness: Harness;
  let browser: TestBrowser;
  beforeAll(async () => {
    harness = await startHarness();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
  });

  /** Meta reports a status of the account's message. */
  async function report(account: SeededAccount, messageId: string, status: string): Promise<void> {
    const row = (await messageRows(harness, account.id)).find(({ id }) => id === messageId);
    await deliverContent(harness, account, {
      statuses: [statusItem(status, { id: row?.wamid ?? "" })],
    });
  }

  /** Events may come twice, where the stream begins or begins again: here one of a message that nobody else knows. */
  async function tellTwice(page: Page): Promise<void> {
    await page.evaluate((id) => {
      const detail = { id, status: "sent", direction: "outbound", change: "created" };
      for (let count = 0; count < 2; count++) {
        dispatchEvent(new CustomEvent("live:message", { detail }));
      }
    }, makeId());
  }

  it("the log takes a new message and its states in, tells of it, and keeps the focus where it was", async () => {
    await using tab = await signInPage(harness, { browser });
    const { account } = tab.client;
    const first = await sendOk(harness, account, { to: "+14155550123", text: "Before" });
    await tab.visit("/messages");
    await tab.page.locator(`#message-${first.message_id} a`).focus();
    const second = await sendOk(harness, account, { to: "+14155550124", text: "A new one" });
    const row = tab.page.locator(`#message-${second.message_id}`);
    await row.getByText("A new one").waitFor();
    for (const [status, shown] of [["delivered", "Delivered"], ["read", "Read"]] as const) {
      await report(account, second.message_id ?? "", status);
      await row.getByText(shown, { exact: true }).waitFor();
    }
    assertEquals(
      await tab.page.evaluate(() => document.activeElement?.closest("tr")?.id),
      `message-${first.message_id}`,
    );
    assertEquals(await tab.page.getByText("1 new message", { exact: true }).count(), 1);
    await tellTwice(tab.page);
    await tab.page.getByText("2 new messages", { exact: true }).waitFor({ state: "attached" });
    tab.assertClean();
  });

  it("a page of older messages stands still and offers the new ones", async () => {
    await using tab = await signInPage(harness, { browser });
    const { account } = tab.client;
    for (let count = 0; count < 52; count++) {
      await sendOk(harness, account, { to: "+14155550123", text: `Message ${count}` });
    }
    await tab.visit("/messages");
    await tab.page.getByRole("link", { name: "Older" }).click();
    await tab.page.getByText("Message 1", { exact: true }).waitFor();
    await sendOk(harness, account, { to: "+14155550123", text: "Fresh" });
    const offer = tab.page.getByRole("link", { name: "1 new message", exact: true });
    await offer.waitFor();
    await tellTwice(tab.page);
    await tab.page.getByRole("link", { name: "2 new messages", exact: true }).click();
    await tab.page.getByText("Fresh").waitFor();
    assertEquals(new URL(tab.page.url()).search, "");
    tab.assertClean();
  });

  it("a message's page follows its status, down to the JSON of the API", async () => {
    await using tab = await signInPage(harness, { browser });
    const { account } = tab.client;
    const sent = await sendOk(harness, account, { to: "+14155550123", text: "Hi" });
    await tab.visit(`/messages/${sent.message_id}`);
    await report(account, sent.message_id ?? "", "read");
    await tab.page.getByText("The person has seen it").waitFor();
    await tab.page.getByText('"status": "read"').waitFor();
    tab.assertClean();
  });

  it("the list of conversations moves up whoever writes", async () => {
    await using tab = await signInPage(harness, { browser });
    const { account } = tab.client;
    const from = newWriter();
    const { conversation_id: id } = await receive(harness, account, { from });
    await receive(harness, account, { from: newWriter() });
    await tab.visit("/conversations");
    await receive(harness, account, {
      from,
      message: { type: "text", text: { body: "Once more" } },
    });
    await tab.page.locator(`#conversation-${id}`).getByText("2 unread").waitFor();
    assertEquals(
      await tab.page.getByRole("main").getByRole("listitem").first().getAttribute("id"),
      `conversation-${id}`,
    );
    tab.assertClean();
  });

  it("replies and filters work without a script", async () => {
    await using tab = await signInPage(harness, { browser, javaScript: false });
    const { conversation_id: id } = await receive(harness, tab.client.account, {
      from: newWriter(),
    });
    await tab.visit(`/conversations/${id}`);
    await tab.page.getByLabel("Reply").fill("By form alone");
    await tab.page.getByRole("button", { name: "Send to WhatsApp" }).click();
    await tab.page.getByText("By form alone").waitFor();
    await tab.visit("/messages");
    await tab.page.getByText("Filter", { exact: true }).click();
    await tab.page.getByLabel("Direction").selectOption("inbound");
    await tab.page.getByRole("button", { name: "Apply" }).click();
    await tab.page.getByRole("link", { name: /Received.*take this filter away/ }).waitFor();
    assertEquals(await tab.page.getByText("By form alone").count(), 0);
    tab.assertClean(WITHOUT_SCRIPTS);
  });
});
