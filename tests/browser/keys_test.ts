/** A key's life in a browser: made, copied, used, replaced, revoked, each with the API's own answer; and the two modes. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { EVERY_KEY } from "@/lib/keys/permissions.ts";
import { createKey, readText } from "@/tests/admin/key_pages.ts";
import { assertGoodPage } from "@/tests/browser/helpers/axe.ts";
import { openBrowser, type TestBrowser } from "@/tests/browser/helpers/browser.ts";
import { press } from "@/tests/browser/helpers/press.ts";
import { type SignedInPage, signInPage } from "@/tests/browser/helpers/sign_in_page.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { postMessage } from "@/tests/helpers/sends.ts";

describe("API keys in a browser", () => {
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

  const callMe = async (key: string) => await harness.call({ path: "/api/v1/me", key });
  /** Waits until the list under "This key can" or "This key cannot" is right. */
  async function waitForAbilities(
    page: Page,
    heading: string,
    isRight: (abilities: string[]) => boolean,
  ): Promise<void> {
    const items = page.getByText(heading, { exact: true })
      .locator("xpath=following-sibling::ul/li");
    await eventually(async () => isRight(await items.allTextContents()), 20_000);
  }

  const choose = async (page: Page, preset: string): Promise<void> => {
    await page.getByRole("radio", { name: new RegExp(`^${preset}`) }).check();
  };

  /** Uses of a key are written a moment after the answer: opens the key's page once it says so. */
  async function visitOnceUsed(tab: SignedInPage, path: string, words: string): Promise<void> {
    await eventually(
      async () => readText((await tab.client.get(path)).text).includes(words),
      20_000,
    );
    await tab.visit(path);
  }

  it("is made with a choice that says what it can do, is shown once, and its first request is seen", async () => {
    await using tab = await signInPage(harness, { browser });
    const { page } = tab;
    await tab.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await tab.visit("/keys");
    await page.getByRole("link", { name: "Create API key" }).click();
    await page.getByLabel("Name").fill("Shop backend");

    await choose(page, "Read only");
    await waitForAbilities(page, "This key can", (abilities) =>
      abilities.join("; ") === [
        "read messages, their status and received files",
        "read contacts",
        "read the list of conversations",
        EVERY_KEY.can,
      ].join("; "));
    await choose(page, "Custom");
    await waitForAbilities(page, "This key can", (abilities) => abilities.length === 1);
    await page.getByLabel("Send messages", { exact: true }).check();
    await page.getByLabel("Read contacts", { exact: true }).check();
    await waitForAbilities(page, "This key can", (abilities) =>
      abilities.join("; ") ===
        ["send messages to any number", "read contacts", EVERY_KEY.can].join("; "));
    await choose(page, "Send only");
    await waitForAbilities(page, "This key can", (abilities) => abilities.length === 2);
    await waitForAbilities(
      page,
      "This key cannot",
      (abilities) => abilities.includes("read contacts"),
    );
    await assertGoodPage(tab);
    assertEquals(await press(page, "Create key"), 200);

    await page.getByRole("heading", { name: "Save your new key" }).waitFor();
    const key = await page.getByRole("textbox", { name: "API key" }).inputValue();
    assertMatch(key, /^wacrm_live_/);
    await page.getByRole("button", { name: "Copy API key" }).click();
    await page.getByText("Copied API key").waitFor();
    assertEquals(await page.evaluate(() => navigator.clipboard.readText()), key);
    for (const language of ["TypeScript", "Python", "n8n", "curl"]) {
      await page.getByText(language, { exact: true }).first().click();
      const code = page.getByRole("region", { name: language });
      await code.waitFor();
      assert((await code.textContent())?.includes(key), language);
    }
    await page.getByText("Waiting for the first request…").waitFor();
    await assertGoodPage(tab);

    assertEquals((await postMessage(harness.server.baseUrl, { key })).status, 201);
    await page.getByText("First request received at").waitFor();

    await page.reload();
    await page.getByRole("heading", { name: "This key was already created" }).waitFor();
    assertEquals((await page.content()).includes(key), false);
    await page.getByRole("link", { name: "Open the key" }).click();
    await page.getByRole("heading", { name: "Shop backend" }).waitFor();
    await visitOnceUsed(tab, new URL(page.url()).pathname, "/api/v1/messages");
    await page.getByRole("link", { name: "API keys" }).first().click();
    await page.getByRole("heading", { name: "API keys" }).waitFor();
    assertEquals(await page.getByRole("link", { name: "Shop backend" }).count(), 1);
    tab.assertClean();
  });

  it("is revoked after a question that says what it was last used for, and the API answers 401", async () => {
    await using tab = await signInPage(harness, { browser });
    const { page } = tab;
    const { id, text: key } = await createKey(tab.client, { fields: { name: "Old script" } });
    assertEquals((await callMe(key)).status, 200);
    await tab.visit("/keys");
    await page.getByRole("link", { name: "Old script" }).click();
    const dialog = page.getByRole("dialog", { name: "Revoke “Old script”?" });
    const open = page.getByRole("link", { name: "Revoke", exact: true });

    await open.click();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "hidden" });
    assertEquals((await callMe(key)).status, 200);

    await visitOnceUsed(tab, `/keys/${id}`, "for GET /api/v1/me");
    await open.click();
    await dialog.getByText(/It was last used .* for GET \/api\/v1\/me/).waitFor();
    await assertGoodPage(tab);
    assertEquals(await press(page, "Revoke key", { within: dialog }), 200);
    await page.getByText("“Old script” is revoked: its next request is answered 401.").waitFor();
    const refused = await callMe(key);
    assertEquals([refused.status, refused.json.error.code], [401, "unauthorized"]);

    await tab.visit("/keys");
    assertEquals(await page.getByRole("link", { name: "Old script" }).count(), 0);
    await page.getByRole("link", { name: /^Revoked/ }).click();
    await page.getByRole("row", { name: "Old script" }).getByText("Revoked", { exact: true })
      .waitFor();
    tab.assertClean();
  });

  it("is replaced without a gap: both work, and the old one counts down and tells whether it is used", async () => {
    await using tab = await signInPage(harness, { browser });
    const { page } = tab;
    const { id, text: oldKey } = await createKey(tab.client, { fields: { name: "Worker" } });
    await tab.visit(`/keys/${id}`);
    await page.getByRole("link", { name: "Rotate" }).click();
    await page.getByRole("radio", { name: /^For 24 hours/ }).check();
    await assertGoodPage(tab);
    assertEquals(await press(page, "Create the new key"), 200);
    await page.getByText("The old key goes on working for 24 hours.").waitFor();
    const newKey = await page.getByRole("textbox", { name: "API key" }).inputValue();
    assertNotEquals(newKey, oldKey);
    assertEquals((await callMe(newKey)).status, 200);
    await page.getByText("First request received at").waitFor();

    await page.getByRole("link", { name: "I have saved the key" }).click();
    await page.getByText("It was not used since.").waitFor();
    await page.getByRole("link", { name: "Open the old key" }).click();
    const countdown = page.getByRole("timer");
    await countdown.waitFor();
    const before = await countdown.textContent() ?? "";
    assertMatch(before, /^23 h 5\d min \d+ s$/);
    await page.getByText(before, { exact: true }).waitFor({ state: "detached" });
    assertMatch(await countdown.textContent() ?? "", /^23 h 5\d min \d+ s$/);
    await assertGoodPage(tab);

    assertEquals((await callMe(oldKey)).status, 200);
    await visitOnceUsed(tab, `/keys/${id}`, "Something still uses it");
    await page.getByText("Something still uses it").waitFor();
    tab.assertClean();
  });

  it("the switch leads to the keys of test mode and back, and no page hides which it is", async () => {
    await using tab = await signInPage(harness, { browser });
    const { page } = tab;
    await createKey(tab.client, { fields: { name: "Live backend" } });
    const test = await createKey(tab.client, { fields: { name: "Sandbox script" }, mode: "test" });
    const bar = page.getByRole("region", { name: "Test mode" });
    const liveKey = page.getByRole("link", { name: "Live backend" });
    const testKey = page.getByRole("link", { name: "Sandbox script" });

    await tab.visit("/keys");
    await liveKey.waitFor();
    assertEquals([await testKey.count(), await bar.count()], [0, 0]);
    await page.getByRole("link", { name: "Switch to test mode" }).click();
    await bar.getByText("nothing reaches WhatsApp").waitFor();
    await testKey.waitFor();
    assertEquals(await liveKey.count(), 0);
    await assertGoodPage(tab);

    await testKey.click();
    await page.getByRole("heading", { name: "Sandbox script" }).waitFor();
    for (const section of ["Messages", "Playground", "WhatsApp", "Settings", "Overview"]) {
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: section })
        .click();
      await page.getByRole("heading", { name: section, level: 1 }).waitFor();
      assertEquals([section, await bar.isVisible()], [section, true]);
    }
    assertEquals((await callMe(test.text)).json.data.account.mode, "test");

    await tab.visit(`/keys/${test.id}?mode=test`);
    await bar.getByRole("link", { name: "Leave test mode" }).click();
    await liveKey.waitFor();
    assertEquals([await testKey.count(), await bar.count()], [0, 0]);
    tab.assertClean();
  });
});
