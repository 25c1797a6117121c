/**
 * How the pages look to who is not signed in: the way in, the set-up of a new server, invitations, and what is said
 * when it goes wrong.
 */
import type { Page } from "playwright-core";
import { openBrowser } from "@/tests/browser/helpers/browser.ts";
import { press } from "@/tests/browser/helpers/press.ts";
import {
  describeSights,
  pressUnchecked,
  type Surroundings,
} from "@/tests/browser/helpers/sights.ts";
import { type AdminClient, openPages, signIn } from "@/tests/helpers/admin_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { startHarness } from "@/tests/helpers/harness.ts";

describeSights("the pages of a server without users", {
  parts: ["setup"],
  sights: [
    { who: "nobody", path: "/", lands: "/setup" },
    { who: "nobody", path: "/setup" },
    { who: "nobody", path: "/setup/{token}" },
    {
      who: "nobody",
      path: "/setup/{token}",
      when: "badly filled in",
      act: async (page) => {
        await page.getByLabel("Password").fill("short");
        await pressUnchecked(page, "Create account");
      },
      status: 422,
    },
    { who: "nobody", path: "/setup/no-such-link", status: 410 },
  ],
  start: async () => {
    const cleanUp = new AsyncDisposableStack();
    const harness = cleanUp.use(await startHarness());
    const browser = cleanUp.use(await openBrowser());
    const { baseUrl, lines } = harness.server;
    const start = `${baseUrl}/setup/`;
    const link = await eventually(() => lines.find((line) => line.startsWith(start)), 20_000);
    return {
      baseUrl,
      tabs: { nobody: cleanUp.use(await browser.newPage()) },
      ids: { token: link.slice(start.length) },
      [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
    };
  },
});

describeSights("the pages outside", {
  parts: ["outside"],
  sights: [
    { who: "nobody", path: "/keys?mode=test", lands: "/login" },
    { who: "nobody", path: "/login" },
    {
      who: "nobody",
      path: "/login",
      when: "badly filled in",
      act: (page) => pressUnchecked(page, "Sign in"),
      status: 422,
    },
    {
      who: "nobody",
      path: "/login",
      when: "with a wrong password",
      act: (page) => tryToSignIn(page, "wrong@example.com"),
      status: 422,
    },
    {
      who: "nobody",
      path: "/login",
      when: "after too many attempts",
      act: (page) => tryToSignIn(page, "blocked@example.com"),
      status: 429,
    },
    {
      who: "somebody",
      path: "/",
      when: "signing out",
      act: async (page) => {
        await page.getByRole("button", { name: "Account menu" }).click();
        await press(page, "Sign out");
      },
      lands: "/login",
    },
    { who: "nobody", path: "/setup/any", lands: "/setup/:token", status: 410 },
    { who: "nobody", path: "/invite/{open}" },
    {
      who: "nobody",
      path: "/invite/{open}",
      when: "badly filled in",
      act: async (page) => {
        await page.getByLabel("Password").fill("short");
        await pressUnchecked(page, "Join");
      },
      status: 422,
    },
    { who: "nobody", path: "/invite/{used}", status: 410 },
    { who: "nobody", path: "/invite/{expired}", status: 410 },
    { who: "nobody", path: "/invite/no-such-link", status: 410 },
  ],
  start: startOutside,
});

async function startOutside(): Promise<Surroundings<"nobody" | "somebody">> {
  const cleanUp = new AsyncDisposableStack();
  const harness = cleanUp.use(await startHarness());
  const browser = cleanUp.use(await openBrowser());
  const { baseUrl } = harness.server;
  const client = await signIn(harness);
  const [open, used, expired] = [await invite(client), await invite(client), await invite(client)];
  await openPages(baseUrl).post(`/invite/${used}`, { password: "correct horse battery" });
  await harness.query(
    "update links set expires_at = now() - interval '1 minute' where email = $1",
    [`guest${count}@example.com`],
  );
  const email = "blocked@example.com";
  await eventually(async () => {
    const answer = await openPages(baseUrl).post("/login", { email, password: "wrong" });
    return answer.status === 429;
  }, 20_000);
  const somebody = cleanUp.use(await browser.newPage());
  await somebody.context.addCookies(
    [...client.cookies].map(([name, value]) => ({ name, value, url: baseUrl })),
  );
  return {
    baseUrl,
    tabs: { nobody: cleanUp.use(await browser.newPage()), somebody },
    ids: { open, used, expired },
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  };
}

let count = 0;

async function invite(client: AdminClient): Promise<string> {
  const email = `guest${++count}@example.com`;
  const { text } = await client.post("/settings/team", { action: "invite", email });
  return /\/invite\/([\w-]{43})"/.exec(text)?.[1] ?? "";
}

async function tryToSignIn(page: Page, email: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill("wrong");
  await press(page, "Sign in");
}
