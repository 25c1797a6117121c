/** What surrounds every admin page, in a browser: menus, skip link, copying, times and notes, with and without scripts. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { axe } from "@/tests/browser/helpers/axe.ts";
import { openBrowser, type TestBrowser } from "@/tests/browser/helpers/browser.ts";
import { signInPage } from "@/tests/browser/helpers/sign_in_page.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { sendOk } from "@/tests/helpers/message_calls.ts";

// The browser itself refuses to fetch scripts that it was told not to run.
const WITHOUT_SCRIPTS = { except: /^failed: .*\/_fresh\/js\/.* csp$/ };

describe("admin shell in a browser", () => {
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

  it("the narrow menu opens and leads on without a script", async () => {
    await using tab = await signInPage(harness, { browser, width: 360, javaScript: false });
    await tab.visit("/?mode=test");
    const menu = tab.page.getByRole("navigation", { name: "Menu" });
    assertEquals(await menu.isVisible(), false);
    await tab.page.getByRole("button", { name: "Open the menu" }).click();
    await menu.getByRole("link", { name: "API keys" }).click();
    await tab.page.waitForURL(/\/keys\?mode=test$/);
    tab.assertClean(WITHOUT_SCRIPTS);
  });

  it("the account menu signs out without a script", async () => {
    await using tab = await signInPage(harness, { browser, javaScript: false });
    await tab.visit("/");
    await tab.page.getByRole("button", { name: "Account menu" }).click();
    await tab.page.getByRole("button", { name: "Sign out" }).click();
    await tab.page.waitForURL(/\/login/);
    await tab.visit("/keys");
    assertMatch(tab.page.url(), /\/login\?next=/);
    tab.assertClean(WITHOUT_SCRIPTS);
  });

  it("the first stop of the tab key skips the navigation", async () => {
    await using tab = await signInPage(harness, { browser });
    await tab.visit("/");
    await tab.page.keyboard.press("Tab");
    const skip = tab.page.getByRole("link", { name: "Skip to the content" });
    assert(await skip.evaluate((element) => element === document.activeElement));
    assertEquals((await skip.boundingBox())?.x, 8);
    await tab.page.keyboard.press("Enter");
    assertEquals(await tab.page.evaluate(() => document.activeElement?.id), "main");
  });

  it("a code block is copied, and says so", async () => {
    await using tab = await signInPage(harness, { browser });
    await tab.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await tab.visit("/?mode=test");
    await tab.page.getByRole("button", { name: "Copy curl" }).click();
    await tab.page.getByText("Copied curl").waitFor();
    const copied = await tab.page.evaluate(() => navigator.clipboard.readText());
    assertMatch(copied, /^curl 'http.*\/api\/v1\/messages'/);
    tab.assertClean();
  });

  it("a note of a form is there without a script, and can be closed with one", async () => {
    for (const javaScript of [false, true]) {
      await using tab = await signInPage(harness, { browser, javaScript });
      const text = "The name was changed.";
      const value = btoa(JSON.stringify({ kind: "success", text }));
      await tab.context.addCookies([
        { name: "messages_flash", value, url: harness.server.baseUrl },
      ]);
      await tab.visit("/settings");
      await tab.page.getByText(text).waitFor();
      if (javaScript) {
        await tab.page.getByRole("button", { name: "Close" }).click();
        await tab.page.getByText(text).waitFor({ state: "detached" });
      }
      tab.assertClean(javaScript ? {} : WITHOUT_SCRIPTS);
    }
  });

  it("times are told in the reader's own time zone", async () => {
    const context = await browser.browser.newContext({ timezoneId: "Asia/Tokyo" });
    await using tab = await signInPage(harness, { browser, context });
    await tab.visit("/settings/sessions");
    const time = tab.page.locator('time[data-time="datetime"]').first();
    const told = await tab.page.waitForFunction(() => {
      const element = document.querySelector<HTMLTimeElement>('time[data-time="datetime"]');
      const hour = element?.textContent?.slice(-5, -3);
      const wanted = String(new Date(element?.dateTime ?? 0).getHours()).padStart(2, "0");
      return hour === wanted ? hour : null;
    });
    const utcHour = (await time.getAttribute("title"))?.slice(-12, -10);
    assertEquals((Number(utcHour) + 9) % 24, Number(await told.jsonValue()));
    tab.assertClean();
  });

  it("a bar of the chart shows its figures while it is pointed at", async () => {
    await using tab = await signInPage(harness, { browser });
    await sendOk(harness, tab.client.account, { to: "+14155550117", text: "Hello" });
    await tab.visit("/");
    const bars = tab.page.locator("svg[preserveAspectRatio=none]");
    assertEquals(await bars.count(), 24);
    const figures = tab.page.getByText("so far", { exact: false });
    assertEquals(await figures.isVisible(), false);
    await bars.last().hover();
    await figures.waitFor();
    await tab.page.getByText("Figures as a table").click();
    assert(await tab.page.getByRole("table", { name: "Messages by hour" }).isVisible());
    assertEquals(await axe(tab.page), []);
    tab.assertClean();
  });
});
