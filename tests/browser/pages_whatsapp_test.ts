/** How the pages of WhatsApp look, from nothing connected to a number that is live or has lost its token. */
import type { Page } from "playwright-core";
import { connect, giveSecrets, makeConnected, makeNewcomer } from "@/tests/admin/whatsapp_pages.ts";
import { openBrowser } from "@/tests/browser/helpers/browser.ts";
import { press } from "@/tests/browser/helpers/press.ts";
import {
  describeSights,
  pressUnchecked,
  type Surroundings,
} from "@/tests/browser/helpers/sights.ts";
import { signInPage } from "@/tests/browser/helpers/sign_in_page.ts";
import { tellStory } from "@/tests/browser/helpers/story.ts";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { startHarness } from "@/tests/helpers/harness.ts";

/** By how far they have come; "broken" has lost the token, "sending" has no webhook. */
type Owner = "new" | "drafted" | "connected" | "sending" | "live" | "broken";

describeSights<Owner>("the pages of WhatsApp", {
  parts: ["whatsapp"],
  sights: [
    { who: "new", path: "/whatsapp" },
    { who: "new", path: "/whatsapp?mode=test" },
    { who: "new", path: "/whatsapp/connect" },
    {
      who: "new",
      path: "/whatsapp/connect",
      when: "with a wrong token",
      act: async (page) => {
        await page.getByLabel("Access token").fill("EAAwrong");
        await pressUnchecked(page, "Continue");
      },
      status: 422,
    },
    { who: "new", path: "/whatsapp/connect?mode=test", lands: "/whatsapp" },
    { who: "new", path: "/whatsapp/number", lands: "/whatsapp/connect" },

    { who: "drafted", path: "/whatsapp" },
    { who: "drafted", path: "/whatsapp/connect" },
    { who: "drafted", path: "/whatsapp/number" },
    {
      who: "drafted",
      path: "/whatsapp/number",
      when: "with no choice",
      act: async (page) => {
        await page.evaluate(() => {
          for (const box of document.querySelectorAll<HTMLInputElement>("[type=radio]")) {
            box.checked = false;
          }
        });
        await pressUnchecked(page, "Use this number");
      },
      status: 422,
    },

    { who: "connected", path: "/whatsapp" },
    {
      who: "connected",
      path: "/whatsapp",
      when: "checked",
      act: (page) => press(page, "Check now"),
    },
    { who: "connected", path: "/whatsapp/register" },
    {
      who: "connected",
      path: "/whatsapp/register",
      when: "badly filled in",
      act: (page) => pressUnchecked(page, "Register"),
      status: 422,
    },
    {
      who: "connected",
      path: "/whatsapp",
      when: "with a number that cannot be written to",
      act: async (page) => {
        await page.getByLabel("Your own phone").fill("12");
        await pressUnchecked(page, "Send to WhatsApp");
      },
      lands: "/whatsapp/proof",
      status: 422,
    },
    {
      who: "connected",
      path: "/whatsapp",
      when: "asking whether to disconnect",
      act: async (page) => {
        await page.getByRole("link", { name: "Disconnect WhatsApp" }).click();
        await page.getByRole("dialog").waitFor();
      },
    },
    { who: "connected", path: "/whatsapp/disconnect" },
    { who: "connected", path: "/whatsapp/number" },
    { who: "connected", path: "/whatsapp/secrets/access-token" },
    { who: "connected", path: "/whatsapp/secrets/app-secret" },
    { who: "connected", path: "/whatsapp/secrets/verify-token" },
    {
      who: "connected",
      path: "/whatsapp/secrets/access-token",
      when: "badly filled in",
      act: (page) => pressUnchecked(page, "Change access token"),
      status: 422,
    },
    { who: "connected", path: "/whatsapp/secrets/nothing", status: 404 },

    { who: "sending", path: "/whatsapp" },
    { who: "live", path: "/whatsapp" },
    { who: "live", path: "/whatsapp?mode=test" },
    { who: "broken", path: "/whatsapp" },
    { who: "broken", path: "/whatsapp/number" },
    { who: "broken", path: "/keys", when: "with the banner", act: seeBanner },
    { who: "broken", path: "/", when: "with the banner", act: seeBanner },
  ],
  start: startOwners,
});

async function startOwners(): Promise<Surroundings<Owner>> {
  const cleanUp = new AsyncDisposableStack();
  const harness = cleanUp.use(await startHarness());
  const browser = cleanUp.use(await openBrowser());
  const open = async (client: AdminClient) =>
    cleanUp.use(await signInPage(harness, { browser, client }));
  const owners = {
    new: (await makeNewcomer(harness)).admin,
    drafted: await (async () => {
      const newcomer = await makeNewcomer(harness);
      await giveSecrets(newcomer);
      return newcomer.admin;
    })(),
    connected: (await makeConnected(harness, { subscribed: false })).admin,
    sending: (await makeConnected(harness)).admin,
    live: await signIn(harness),
    broken: await (async () => {
      const newcomer = await makeNewcomer(harness);
      await connect(newcomer);
      harness.simulator.addNumber({ ...newcomer.number, accessToken: "EAAanother" });
      await newcomer.admin.post("/whatsapp/check");
      return newcomer.admin;
    })(),
  };
  await owners.sending.post("/whatsapp/sending-only");
  await tellStory(harness, owners.live.account);
  return {
    baseUrl: harness.server.baseUrl,
    tabs: {
      new: await open(owners.new),
      drafted: await open(owners.drafted),
      connected: await open(owners.connected),
      sending: await open(owners.sending),
      live: await open(owners.live),
      broken: await open(owners.broken),
    },
    ids: {},
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  };
}

async function seeBanner(page: Page): Promise<void> {
  await page.getByRole("region", { name: "WhatsApp connection" }).waitFor();
}
