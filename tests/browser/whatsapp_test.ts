/** Connecting WhatsApp in a browser: from a wrong token to the badge "Live", with lines that turn green by themselves. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import { addNumber, makeNewcomer, type Newcomer } from "@/tests/admin/whatsapp_pages.ts";
import { openBrowser, type TestBrowser } from "@/tests/browser/helpers/browser.ts";
import { press } from "@/tests/browser/helpers/press.ts";
import { signInPage } from "@/tests/browser/helpers/sign_in_page.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { newPhone, onlyMessage } from "@/tests/helpers/sends.ts";
import {
  contactItem,
  deliver,
  entryOf,
  messageItem,
  newWamid,
  statusItem,
} from "@/tests/helpers/webhooks.ts";

const NUMBER = "+1 555-010-3131";

describe("Connecting WhatsApp in a browser", () => {
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

  /** Meta calls the server about the number. */
  const tell = ({ number }: Newcomer, content: Record<string, unknown>): Promise<void> =>
    deliver(harness, number, entryOf({ phoneNumberId: number.id, wabaId: number.wabaId }, content));

  /** Meta asks a callback URL whether it is the right one; the status it gets. */
  async function shakeHands(callbackUrl: string, verifyToken: string): Promise<number> {
    const query = new URLSearchParams({
      "hub.mode": "subscribe",
      "hub.challenge": "1158201444",
      "hub.verify_token": verifyToken,
    });
    return (await harness.call({ path: `${new URL(callbackUrl).pathname}?${query}` })).status;
  }

  it("goes from a wrong token to a live number without a reload by hand", async () => {
    const newcomer = await makeNewcomer(harness, {
      displayPhoneNumber: NUMBER,
      subscribed: false,
    });
    const { admin, number } = newcomer;
    addNumber(harness, {
      accessToken: number.accessToken,
      displayPhoneNumber: "+1 555-010-2020",
    });
    await using tab = await signInPage(harness, { browser, client: admin });
    const { page } = tab;
    const badge = (words: string) => page.getByRole("main").getByText(words, { exact: true });

    await tab.visit("/");
    await page.getByRole("main").getByRole("link", { name: "Connect WhatsApp" }).click();
    await badge("Not connected").waitFor();
    await page.getByLabel("Access token").fill("EAAhushwrong");
    await page.getByLabel("App secret").fill(number.appSecret);
    assertEquals(await press(page, "Continue"), 422);
    await page.getByRole("alert").getByText("Meta refuses this token").waitFor();
    assertEquals(await page.getByLabel("Access token").inputValue(), "");
    await page.getByLabel("Access token").fill(number.accessToken);
    assertEquals(await press(page, "Continue"), 200);

    await page.getByRole("radio", { name: /\+1 555-010-2020/ }).waitFor();
    await page.getByRole("radio", { name: /\+1 555-010-3131/ }).check();
    assertEquals(await press(page, "Use this number"), 200);
    await page.getByText(`Connected to ${NUMBER}`).waitFor();
    for (const check of ["Works and never expires", "Registered for the Cloud API"]) {
      await page.getByText(check).waitFor();
    }
    await page.getByText("No app is subscribed").first().waitFor();
    await press(page, "Subscribe");
    await page.getByText("gets the account's events").waitFor();
    await badge("Setting up").waitFor();

    const callbackUrl = await page.getByRole("textbox", { name: "Callback URL" }).inputValue();
    const verifyToken = await page.getByRole("textbox", { name: "Verify token" }).inputValue();
    await page.getByText("Waiting for Meta…").waitFor();
    assertEquals(await shakeHands(callbackUrl, "wrong"), 403);
    await page.getByText("The verify token differs").waitFor();
    await page.getByText("Copy the verify token above into Meta's console once more").waitFor();
    assertEquals(await shakeHands(callbackUrl, verifyToken), 200);
    await page.getByText(/Received \d\d:\d\d:\d\d UTC, token matched/).waitFor();
    await page.getByRole("link", { name: "Continue" }).click();

    const phone = newPhone();
    await page.getByLabel("Your own phone").fill(phone);
    assertEquals(await press(page, "Send to WhatsApp"), 200);
    await page.getByText(`Sent to ${phone}`).waitFor();
    await page.getByText("Waiting for the delivery status").waitFor();
    const { wamid } = await onlyMessage(harness, admin.account.id);
    await tell(newcomer, { statuses: [statusItem("delivered", { id: wamid ?? "" })] });
    await page.getByText("Delivered", { exact: true }).waitFor();
    await badge("Setting up").waitFor();
    await tell(newcomer, { statuses: [statusItem("read", { id: wamid ?? "" })] });
    await page.getByText("Delivered and read").waitFor();
    await tell(newcomer, {
      contacts: [contactItem({ waId: phone.slice(1) })],
      messages: [messageItem({ id: newWamid(), from: phone.slice(1) })],
    });
    await page.getByText(/Answered .*“Hello”/).waitFor();
    await page.getByRole("link", { name: "Done" }).click();
    await badge("Live").waitFor();

    const content = await page.content();
    for (const secret of [number.accessToken, number.appSecret, verifyToken]) {
      assertEquals(content.includes(secret), false);
    }
    assertMatch(await page.getByRole("main").textContent() ?? "", /Last event received/);
    tab.assertClean({ except: /status of 422/ });
  });

  it("a token that Meta no longer takes is told on every page, and a new one ends it", async () => {
    const newcomer = await makeNewcomer(harness, { displayPhoneNumber: NUMBER });
    const { admin, number } = newcomer;
    await using tab = await signInPage(harness, { browser, client: admin });
    const { page } = tab;
    await tab.visit("/whatsapp");
    await page.getByLabel("Access token").fill(number.accessToken);
    await page.getByLabel("App secret").fill(number.appSecret);
    await press(page, "Continue");
    await press(page, "Use this number");
    await press(page, "Finish without a webhook");
    await page.getByText("Sending only", { exact: true }).waitFor();

    const accessToken = `${number.accessToken}new`;
    harness.simulator.addNumber({ ...number, accessToken });
    await press(page, "Check now");
    await page.getByText("Needs attention", { exact: true }).waitFor();
    const banner = page.getByRole("region", { name: "WhatsApp connection" });
    await tab.visit("/keys");
    await banner.getByText("WhatsApp").waitFor();
    await banner.getByRole("link").click();
    await page.getByRole("link", { name: "Change the access token" }).first().click();
    await page.getByLabel("New access token").fill(accessToken);
    assertEquals(await press(page, "Change access token"), 200);
    await page.getByText("The access token is changed").waitFor();
    await page.getByText("Sending only", { exact: true }).waitFor();
    assertEquals([await banner.count(), await page.getByText("Needs attention").count()], [0, 0]);
    tab.assertClean();
  });
});
