/** From a server that nobody can sign in to, to the overview; out and in again; and what guessing a password meets. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { assertGoodPage } from "@/tests/browser/helpers/axe.ts";
import { openBrowser, type TestBrowser } from "@/tests/browser/helpers/browser.ts";
import { press } from "@/tests/browser/helpers/press.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";

const EMAIL = "ann@example.com";
const PASSWORD = "correct horse battery";

describe("The first run in a browser", () => {
  let harness: Harness;
  let browser: TestBrowser;
  let baseUrl: string;
  let setupLink: string;
  beforeAll(async () => {
    harness = await startHarness();
    baseUrl = harness.server.baseUrl;
    browser = await openBrowser();
    setupLink = await eventually(
      () => harness.server.lines.find((line) => line.startsWith(`${baseUrl}/setup/`)),
      20_000,
    );
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
  });

  async function signIn(page: Page, password: string): Promise<number> {
    await page.getByLabel("E-mail").fill(EMAIL);
    await page.getByLabel("Password").fill(password);
    return await press(page, "Sign in");
  }

  const signOut = async (page: Page): Promise<void> => {
    await page.getByRole("button", { name: "Account menu" }).click();
    await press(page, "Sign out");
  };

  it("whoever comes without the link is told where it is", async () => {
    await using tab = await browser.newPage();
    await tab.page.goto(baseUrl);
    await tab.page.getByRole("heading", { name: "Almost there" }).waitFor();
    assertEquals(new URL(tab.page.url()).pathname, "/setup");
    assertEquals((await tab.page.content()).includes(setupLink), false);
    await assertGoodPage(tab);
  });

  it("the link makes the account, once, and leads to the overview with the way to a first message", async () => {
    await using tab = await browser.newPage();
    const { page } = tab;
    await page.goto(setupLink);
    await page.getByLabel("Account name").fill("Ann's shop");
    await page.getByLabel("E-mail").fill(EMAIL);
    await page.getByLabel("Password").fill("too short");
    await page.getByRole("button", { name: "Create account" }).click();
    // The browser itself refuses it: nothing was sent.
    assertEquals(await page.getByLabel("Password").evaluate((it) => it.matches(":invalid")), true);
    await assertGoodPage(tab);
    await page.getByLabel("Password").fill(PASSWORD);
    assertEquals(await press(page, "Create account"), 200);

    assertEquals(page.url(), `${baseUrl}/`);
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.getByRole("banner").getByText("Ann's shop").first().waitFor();
    const steps = page.getByRole("listitem").filter({ has: page.getByRole("heading") });
    assertEquals(await steps.getByRole("heading").allTextContents(), [
      "Connect WhatsApp, current step",
      "Create an API key, to do",
      "Send your first message, to do",
    ]);
    tab.assertClean();

    // Neither for herself nor for somebody else.
    await using other = await browser.newPage();
    for (const { page: visited } of [tab, other]) {
      await visited.goto(setupLink);
      await visited.getByRole("heading", { name: "This server is set up" }).waitFor();
      assertEquals(await visited.getByRole("button", { name: "Create account" }).count(), 0);
    }
    tab.assertClean({ except: /status of 410/ });
    await other.page.getByRole("link", { name: "Sign in" }).click();
    await other.page.getByRole("heading", { name: "Sign in" }).waitFor();
    other.assertClean({ except: /status of 410/ });
  });

  it("signs in to the page that was wanted, and out again", async () => {
    await using tab = await browser.newPage();
    const { page } = tab;
    await page.goto(`${baseUrl}/keys?mode=test`);
    assertMatch(page.url(), /\/login\?next=/);
    await assertGoodPage(tab);
    assertEquals(await signIn(page, PASSWORD), 200);
    assertEquals(page.url(), `${baseUrl}/keys?mode=test`);

    await signOut(page);
    await page.getByText("You are signed out").waitFor();
    // What the browser has kept of the page before does not come back either.
    await page.goBack();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto(`${baseUrl}/`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    tab.assertClean();
  });

  it("a wrong password is told, and many of them have to wait, with the right one too", async () => {
    await using tab = await browser.newPage();
    const { page } = tab;
    await page.goto(`${baseUrl}/login`);
    for (let count = 0; count < 5; count++) {
      assertEquals(await signIn(page, `wrong horse ${count}`), 422);
      await page.getByRole("alert").getByText("The e-mail address or the password is wrong")
        .waitFor();
      assertEquals(await page.getByLabel("E-mail").inputValue(), EMAIL);
      assertEquals(await page.getByLabel("Password").inputValue(), "");
    }
    assertEquals(await signIn(page, PASSWORD), 429);
    await page.getByRole("alert").getByText(/Too many attempts\. Try again in \d+ seconds\./)
      .waitFor();
    await page.goto(`${baseUrl}/`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    tab.assertClean({ except: /status of (422|429)/ });

    await harness.query("update sign_in_attempts set blocked_until = now()");
    assertEquals(await signIn(page, PASSWORD), 200);
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    tab.assertClean({ except: /status of (422|429)/ });
  });
});
