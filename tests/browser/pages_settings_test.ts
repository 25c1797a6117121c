/** How the settings look: with one person and with a team, after saving, and where something is wrong. */
import type { Page } from "playwright-core";
import { press } from "@/tests/browser/helpers/press.ts";
import { describeSights, pressUnchecked } from "@/tests/browser/helpers/sights.ts";
import { type Admin, startTwoAdmins } from "@/tests/browser/helpers/two_admins.ts";
import { makeUser, signIn } from "@/tests/helpers/admin_client.ts";

describeSights<Admin>("the pages of the settings", {
  parts: ["settings"],
  sights: [
    { who: "new", path: "/settings" },
    { who: "new", path: "/settings/team" },
    { who: "new", path: "/settings/sessions" },
    { who: "new", path: "/settings/audit" },
    { who: "busy", path: "/settings?mode=test" },
    { who: "busy", path: "/settings", when: "saved", act: (page) => press(page, "Save") },
    {
      who: "busy",
      path: "/settings",
      when: "badly filled in",
      act: async (page) => {
        await page.getByLabel("Name").fill("");
        await pressUnchecked(page, "Save");
      },
      status: 422,
    },

    { who: "busy", path: "/settings/team" },
    { who: "busy", path: "/settings/team?mode=test" },
    {
      who: "busy",
      path: "/settings/team",
      when: "with the link of an invitation",
      act: (page) => invite(page, "new@example.com"),
    },
    {
      who: "busy",
      path: "/settings/team",
      when: "with a wrong address",
      act: (page) => invite(page, "nobody"),
      status: 422,
    },
    {
      who: "busy",
      path: "/settings/team",
      when: "asking whether to remove somebody",
      act: async (page) => {
        await page.getByRole("button", { name: /^Remove/ }).first().click();
        await page.getByRole("dialog").waitFor();
      },
    },

    { who: "new", path: "/settings/data" },
    { who: "busy", path: "/settings/data?mode=test" },
    {
      who: "busy",
      path: "/settings/data",
      when: "saying what would be removed",
      act: async (page) => {
        await page.getByLabel("Messages").fill("90");
        await press(page, "See what this removes");
      },
    },
    {
      who: "busy",
      path: "/settings/data",
      when: "badly filled in",
      act: async (page) => {
        await page.getByLabel("Messages").fill("x");
        await pressUnchecked(page, "See what this removes");
      },
      status: 422,
    },

    { who: "busy", path: "/settings/sessions" },
    {
      who: "busy",
      path: "/settings/sessions",
      when: "with a bad password",
      act: (page) => pressUnchecked(page, "Change password"),
      status: 422,
    },
    { who: "busy", path: "/settings/audit" },
    { who: "busy", path: "/settings/audit?mode=test" },
    { who: "busy", path: "/settings/nowhere", status: 404 },
    { who: "busy", path: "/settings", when: "as a form of another site", act: forge, status: 403 },
  ],
  start: () =>
    startTwoAdmins(async ({ harness, busy }) => {
      const { account } = busy;
      for (const email of ["ann@harbour.example", "bo@harbour.example"]) {
        const user = await makeUser(harness, { accountId: account.id, email });
        await signIn(harness, { account, user });
      }
      await signIn(harness, { account, user: busy.user });
      await busy.post("/settings/team", { action: "invite", email: "cy@harbour.example" });
      await busy.post("/settings?mode=test", { name: "Harbour Tea" });
      return {};
    }),
});

async function invite(page: Page, email: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await pressUnchecked(page, "Create link");
}

/** What a form of another site leads to. */
async function forge(page: Page): Promise<void> {
  const address = page.url();
  await page.goto("about:blank");
  await page.setContent(`<form method="post" action="${address}"><button>Send</button></form>`);
  await press(page, "Send");
}
