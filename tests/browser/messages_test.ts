/** Messages in test mode as somebody with two windows sees them: sent in one, followed in the other without a reload. */
import { afterAll, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { assertGoodPage } from "@/tests/browser/helpers/axe.ts";
import { openBrowser, type TestBrowser } from "@/tests/browser/helpers/browser.ts";
import { press } from "@/tests/browser/helpers/press.ts";
import { signInPage } from "@/tests/browser/helpers/sign_in_page.ts";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";

const PHONE = "+14155550123";
const NOT_ON_WHATSAPP = "+15005550002";
const FAILS_LATER = "+15005550017";

describe("Messages in a browser", () => {
  let harness: Harness;
  let browser: TestBrowser;
  let client: AdminClient;
  beforeAll(async () => {
    harness = await startHarness();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    client = await signIn(harness);
  });

  /** Makes sure that what is seen later was not loaded anew: `isSame` is false after any reload. */
  async function watchForReload(page: Page): Promise<{ isSame(): Promise<boolean> }> {
    await page.evaluate(() => document.documentElement.dataset.watched = "yes");
    return {
      isSame: async () => await page.evaluate(() => "watched" in document.documentElement.dataset),
    };
  }

  /** The message's row in the log, its bubble in a conversation, whatever has all of these words. */
  const withText = (where: Locator, text: string) => where.filter({ hasText: text });

  async function send(page: Page, message: { to: string; text: string }): Promise<void> {
    await page.getByLabel("To", { exact: true }).fill(message.to);
    await page.getByRole("textbox", { name: "Text" }).fill(message.text);
    await page.getByRole("button", { name: "Send in test mode" }).click();
  }

  it("what the playground sends appears in the open log, where its status moves on to read", async () => {
    await using log = await signInPage(harness, { browser, client });
    await using sender = await signInPage(harness, { browser, client, context: log.context });
    await log.visit("/messages?mode=test");
    await log.page.getByText("No messages yet").waitFor();
    const watched = await watchForReload(log.page);

    await sender.visit("/playground?mode=test");
    await send(sender.page, { to: PHONE, text: "First message" });
    const answer = sender.page.getByRole("group", { name: "Answer" });
    await answer.getByText("201 Created").waitFor();

    const first = withText(log.page.getByRole("row"), "First message");
    await first.waitFor();
    await first.getByText("Read", { exact: true }).waitFor();
    await answer.getByRole("status").getByText("Read", { exact: true }).waitFor();

    await send(sender.page, { to: PHONE, text: "Second message" });
    const second = withText(log.page.getByRole("row"), "Second message");
    await second.getByText("Read", { exact: true }).waitFor();
    const rows = await log.page.getByRole("row").allTextContents();
    assertEquals(rows.map((text) => /First|Second/.exec(text)?.[0]), [
      undefined,
      "Second",
      "First",
    ]);
    assertEquals(await watched.isSame(), true);

    await first.getByRole("link").click();
    await log.page.getByRole("heading", { name: `To ${PHONE}` }).waitFor();
    const happened = log.page.getByRole("listitem");
    for (const what of ["Sent", "Delivered", "Read"]) {
      await happened.getByText(what, { exact: true }).waitFor();
    }
    await log.page.getByText("A person, in these pages").waitFor();
    for (const tab of [log, sender]) tab.assertClean();
  });

  it("a conversation is answered and hears the reply, all of it live", async () => {
    await using tab = await signInPage(harness, { browser, client });
    await using other = await signInPage(harness, { browser, client, context: tab.context });
    const { page } = tab;
    await tab.visit("/playground?mode=test");
    await send(page, { to: PHONE, text: "Are you there?" });
    await page.getByRole("link", { name: "Open the conversation" }).click();
    await page.getByText("Only a template can be sent now").waitFor();
    const address = page.url();
    await other.page.goto(address);
    const watched = await watchForReload(other.page);
    const bubbles = other.page.getByRole("region", { name: "Messages of this conversation" })
      .getByRole("listitem");

    await page.getByLabel("Simulate a reply").fill("Yes, here I am");
    assertEquals(await press(page, "Receive"), 200);
    await page.getByText("The reply is on its way").waitFor();
    await withText(bubbles, "Yes, here I am").waitFor();
    // The person has written, so that the box for a free text opens, in both windows.
    await page.getByRole("textbox", { name: "Reply", exact: true }).waitFor();
    await other.page.getByRole("textbox", { name: "Reply", exact: true })
      .fill("Half of a thought");

    await page.getByRole("textbox", { name: "Reply", exact: true }).fill("Welcome back");
    assertEquals(await press(page, "Send in test mode"), 200);
    await page.getByText("The message was sent").waitFor();
    const answer = withText(bubbles, "Welcome back");
    await answer.waitFor();
    await answer.getByTitle("Read", { exact: true }).waitFor();
    assertEquals(
      (await bubbles.allTextContents()).map((text) =>
        /Are you there\?|Yes, here I am|Welcome back/.exec(text)?.[0]
      ).filter((text) => text !== undefined),
      ["Are you there?", "Yes, here I am", "Welcome back"],
    );
    // What was being typed there meanwhile is still there.
    assertEquals(
      await other.page.getByRole("textbox", { name: "Reply", exact: true }).inputValue(),
      "Half of a thought",
    );
    assertEquals(await watched.isSame(), true);
    for (const each of [tab, other]) await assertGoodPage(each);
  });

  it("a failed send says why, at once and in the log, with what to do about it", async () => {
    await using tab = await signInPage(harness, { browser, client });
    const { page } = tab;
    await tab.visit("/playground?mode=test");
    await page.getByText("Recipients that fail on purpose").click();
    await page.getByRole("link", { name: "Not on WhatsApp" }).click();
    assertEquals(await page.getByLabel("To", { exact: true }).inputValue(), NOT_ON_WHATSAPP);
    await page.getByRole("textbox", { name: "Text" }).fill("Hello");
    await page.getByRole("button", { name: "Send in test mode" }).click();
    const answer = page.getByRole("group", { name: "Answer" });
    await answer.getByRole("status").getByText("Failed", { exact: true }).waitFor();
    await answer.getByText("131026").first().waitFor();

    await tab.visit("/messages?mode=test");
    const row = withText(page.getByRole("row"), NOT_ON_WHATSAPP);
    await row.getByText("Failed", { exact: true }).waitFor();
    assertMatch(await row.textContent() ?? "", /131026/);
    await row.getByRole("link").click();
    await page.getByText("What to do:").waitFor();
    const alert = page.locator('[data-live="error"]');
    assertMatch(await alert.textContent() ?? "", /131026.*What to do: \S.{20}/s);
    await assertGoodPage(tab);
  });

  it("a message that fails later turns red on its open page, with the reason", async () => {
    await using tab = await signInPage(harness, { browser, client });
    const { page } = tab;
    await tab.visit("/playground?mode=test");
    await send(page, { to: FAILS_LATER, text: "Hello" });
    await page.getByRole("link", { name: "Open the message" }).click();
    await page.getByText("What to do:").waitFor();
    await page.locator('[data-live="head"]').getByText("Failed", { exact: true }).waitFor();
    tab.assertClean();
  });
});
