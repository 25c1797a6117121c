/** The request log in a browser: everybody can use it, wide and narrow, light and dark, with and without scripts. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { assertGoodPage } from "@/tests/browser/helpers/axe.ts";
import { openBrowser, type TestBrowser } from "@/tests/browser/helpers/browser.ts";
import { signInPage } from "@/tests/browser/helpers/sign_in_page.ts";
import { signIn } from "@/tests/helpers/admin_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";

describe("the request log in a browser", () => {
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

  /** Somebody whose account has made one request that was answered and one that was refused. */
  async function signInWithRequests() {
    const client = await signIn(harness);
    const key = client.account.key.key;
    await harness.call({ path: "/api/v1/me", key });
    const refused = await harness.call({
      path: "/api/v1/messages",
      key,
      body: { to: "+14155550123", txt: "A typing error" },
    });
    await eventually(async () => {
      const { text } = await client.get("/requests");
      return text.includes("bad_request") && text.includes("/api/v1/me");
    });
    return { client, requestId: refused.headers.get("x-request-id") ?? "" };
  }

  it("someone with a request id in her hands finds the error and its fix, also without scripts", async () => {
    const { client, requestId } = await signInWithRequests();
    for (const javaScript of [true, false]) {
      await using tab = await signInPage(harness, { browser, client, javaScript });
      await tab.visit("/requests");
      await tab.page.getByText("Filter", { exact: true }).click();
      await tab.page.getByLabel("Request id").fill(requestId);
      await tab.page.getByRole("button", { name: "Apply" }).click();
      const link = tab.page.getByRole("link", { name: "POST /api/v1/messages" });
      assertEquals(await link.count(), 1);
      await link.click();
      await tab.page.getByText("bad_request").waitFor();
      await tab.page.getByText("Read details.issues").waitFor();
      assertEquals(
        await tab.page.getByRole("textbox", { name: "Request id" }).inputValue(),
        requestId,
      );
      if (javaScript) tab.assertClean();
    }
  });

  it("every state of it is accessible, fits, and does nothing wrong", async () => {
    const { client } = await signInWithRequests();
    const list = await client.get("/requests?error=bad_request");
    const [, path = ""] = /href="(\/requests\/[0-9a-f-]{36})"/.exec(list.text) ?? [];
    for (
      const look of [
        { width: 1280, colorScheme: "light" },
        { width: 360, colorScheme: "dark" },
      ] as const
    ) {
      await using tab = await signInPage(harness, { browser, client, ...look });
      for (const each of ["/requests", "/requests?error=bad_request&status=4xx", path]) {
        await tab.visit(each);
        await assertGoodPage(tab);
      }
      await tab.visit("/requests?status=nonsense");
      await assertGoodPage(tab, { except: /status of 400/ });
      await tab.visit("/requests?mode=test");
      await assertGoodPage(tab, { except: /status of 400/ });
    }
  });
});
