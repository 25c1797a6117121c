/** What has to work with JavaScript switched off: signing in, making and revoking a key, connecting WhatsApp. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { makeNewcomer } from "@/tests/admin/whatsapp_pages.ts";
import { openBrowser, type TestBrowser } from "@/tests/browser/helpers/browser.ts";
import { press } from "@/tests/browser/helpers/press.ts";
import { signInPage } from "@/tests/browser/helpers/sign_in_page.ts";
import { makeUser } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";

describe("Without JavaScript", () => {
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

  it("somebody signs in to the page that she wanted, and out again", async () => {
    const { baseUrl } = harness.server;
    const account = await harness.makeAccount();
    const user = await makeUser(harness, { accountId: account.id });
    await using tab = await browser.newPage({ javaScript: false });
    const { page } = tab;
    await page.goto(`${baseUrl}/messages?status=failed`);
    await page.getByLabel("E-mail").fill(user.email);
    await page.getByLabel("Password").fill("wrong horse");
    assertEquals(await press(page, "Sign in"), 422);
    await page.getByRole("alert").getByText("or the password is wrong").waitFor();
    assertEquals(await page.getByLabel("E-mail").inputValue(), user.email);
    await page.getByLabel("Password").fill(user.password);
    assertEquals(await press(page, "Sign in"), 200);
    assertEquals(page.url(), `${baseUrl}/messages?status=failed`);
    await page.getByRole("heading", { name: "Messages", level: 1 }).waitFor();

    await page.getByRole("button", { name: "Account menu" }).click();
    await press(page, "Sign out");
    await page.getByText("You are signed out").waitFor();
    await page.goto(`${baseUrl}/messages`);
    assertMatch(page.url(), /\/login\?next=/);
    tab.assertClean({ except: /status of 422/ });
  });

  it("a key is made, shown once, used, and revoked after a question", async () => {
    await using tab = await signInPage(harness, { browser, javaScript: false });
    const { page } = tab;
    await tab.visit("/keys");
    await page.getByRole("link", { name: "Create API key" }).click();
    await page.getByLabel("Name").fill("Cron job");
    const boxes = page.getByRole("group", { name: "Custom permissions" });
    assertEquals(await boxes.isVisible(), false);
    await page.getByRole("radio", { name: /^Custom/ }).check();
    await boxes.getByLabel("Read contacts", { exact: true }).check();
    await page.getByLabel("Expires").selectOption("In a number of days…");
    await page.getByLabel("Days", { exact: true }).fill("0");
    assertEquals(await press(page, "Create key"), 422);
    await page.locator("#field-expiry_days-error").waitFor();
    assertEquals(await boxes.getByLabel("Read contacts", { exact: true }).isChecked(), true);
    await page.getByLabel("Days", { exact: true }).fill("10");
    assertEquals(await press(page, "Create key"), 200);

    const key = await page.getByRole("textbox", { name: "API key" }).inputValue();
    await page.getByRole("radio", { name: "Python" }).check({ force: true });
    const sample = page.getByRole("region", { name: "Python" });
    assert((await sample.textContent())?.includes(key));
    const answer = await harness.call({ path: "/api/v1/me", key });
    assertEquals([answer.status, answer.json.data.key.scopes], [200, ["contacts:read"]]);

    await page.getByRole("link", { name: "I have saved the key" }).click();
    await page.getByRole("heading", { name: "Cron job" }).waitFor();
    await page.getByRole("link", { name: "Revoke", exact: true }).click();
    await page.getByRole("heading", { name: "Revoke “Cron job”?" }).waitFor();
    assertEquals((await harness.call({ path: "/api/v1/me", key })).status, 200);
    assertEquals(await press(page, "Revoke key"), 200);
    await page.getByText("its next request is answered 401").waitFor();
    assertEquals((await harness.call({ path: "/api/v1/me", key })).status, 401);
    tab.assertClean({ except: /status of 422/ });
  });

  it("WhatsApp is connected: token, secret, number, and a secret that is changed later", async () => {
    const { admin, number } = await makeNewcomer(harness, {
      displayPhoneNumber: "+1 555-010-4141",
      subscribed: false,
    });
    await using tab = await signInPage(harness, { browser, client: admin, javaScript: false });
    const { page } = tab;
    await tab.visit("/whatsapp");
    await page.getByLabel("Access token").fill("EAAhushwrong");
    await page.getByLabel("App secret").fill(number.appSecret);
    assertEquals(await press(page, "Continue"), 422);
    await page.getByRole("alert").getByText("Meta refuses this token").waitFor();
    await page.getByLabel("Access token").fill(number.accessToken);
    assertEquals(await press(page, "Continue"), 200);
    await page.getByRole("radio", { name: /\+1 555-010-4141/ }).waitFor();
    await press(page, "Use this number");
    await page.getByText("Connected to +1 555-010-4141").waitFor();

    await press(page, "Subscribe");
    await page.getByText("gets the account's events").waitFor();
    await page.getByText("Look again whether Meta has called").waitFor();
    await press(page, "Finish without a webhook");
    await page.getByText("Sending only", { exact: true }).waitFor();

    await page.getByRole("link", { name: "Change the app secret" }).click();
    await page.getByLabel("App secret").fill("hushanother");
    await press(page, "Change app secret");
    const content = await page.content();
    for (const secret of [number.accessToken, number.appSecret, "hushanother"]) {
      assertEquals(content.includes(secret), false);
    }
    const sent = await harness.call({
      path: "/api/v1/messages",
      key: admin.account.key.key,
      body: { to: "+14155550123", text: "Hello" },
    });
    assertEquals(sent.status, 201);
    tab.assertClean({ except: /status of 422/ });
  });

  it("the API reference says what it needs, and leads to the document and the error codes", async () => {
    await using tab = await browser.newPage({ javaScript: false });
    const { page } = tab;
    await page.goto(`${harness.server.baseUrl}/docs`);
    await page.getByRole("heading", { name: "API reference", level: 1 }).waitFor();
    // Texts in noscript are not searched by Playwright.
    const needed = page.locator("noscript p");
    await needed.waitFor();
    assertMatch(await needed.innerText(), /allow\s+JavaScript for this site/);
    const main = page.getByRole("main");
    assertEquals(await main.getByRole("link", { name: "/api/v1/openapi.json" }).count(), 1);
    await main.getByRole("link", { name: "/docs/errors" }).click();
    await page.getByRole("heading", { name: "Error codes", level: 1 }).waitFor();
    tab.assertClean();
  });

  it("the API reference whose script does not come says so, and where else to read", async () => {
    await using tab = await browser.newPage();
    const { page } = tab;
    await page.route("**/api_reference.js*", (route) => route.abort());
    await page.goto(`${harness.server.baseUrl}/docs`);
    await page.getByRole("alert").getByText("could not be loaded").waitFor();
    await page.getByRole("main").getByRole("link", { name: "/docs/errors" }).waitFor();
    tab.assertClean({ except: /api_reference\.js|ERR_FAILED/ });
  });
});
