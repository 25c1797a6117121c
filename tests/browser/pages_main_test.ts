/**
 * How the overview and the messages look: with and without data, in both modes, and when something is wrong. Whatever
 * page has no table of its own belongs into this one.
 */
import type { Page } from "playwright-core";
import { describeSights, openFilters } from "@/tests/browser/helpers/sights.ts";
import { type Admin, startTwoAdmins } from "@/tests/browser/helpers/two_admins.ts";
import type { Harness } from "@/tests/helpers/harness.ts";

let harness: Harness;

describeSights<Admin>("the main pages", {
  parts: ["rest"],
  sights: [
    { who: "new", path: "/" },
    { who: "new", path: "/?mode=test" },
    { who: "busy", path: "/" },
    { who: "busy", path: "/?range=7d" },
    {
      who: "busy",
      path: "/?range=30d",
      when: "with the figures as a table",
      act: (page) => page.getByText("Figures as a table").click(),
    },
    { who: "busy", path: "/?mode=test" },
    {
      who: "busy",
      path: "/",
      when: "with the account menu open",
      act: (page) => page.getByRole("button", { name: "Account menu" }).click(),
      widths: [1280],
    },
    {
      who: "busy",
      path: "/?mode=test",
      when: "with the narrow menu open",
      act: (page) => page.getByRole("button", { name: "Open the menu" }).click(),
      widths: [360],
    },
    { who: "busy", path: "/", when: "when the database fails", act: failToLoad, status: 500 },
    { who: "busy", path: "/nowhere", status: 404 },
    { who: "busy", path: "/nowhere?mode=test", status: 404 },

    { who: "new", path: "/messages" },
    { who: "new", path: "/messages?mode=test" },
    { who: "busy", path: "/messages", when: "with the filters open", act: openFilters },
    { who: "busy", path: "/messages?status=failed&error=131047&type=text" },
    { who: "busy", path: "/messages?status=unknown" },
    { who: "busy", path: "/messages?number=x", status: 400 },
    { who: "busy", path: "/messages?mode=test" },
    { who: "busy", path: "/messages/{message}" },
    { who: "busy", path: "/messages/{failed}" },
    { who: "busy", path: "/messages/{document}" },
    { who: "busy", path: "/messages/{testMessage}?mode=test" },
    { who: "new", path: "/messages/{message}", status: 404 },
  ],
  start: async () => {
    const started = await startTwoAdmins();
    harness = started.harness;
    return started;
  },
});

/** Takes away a table that the page reads, and puts it back. */
async function failToLoad(page: Page): Promise<void> {
  await harness.query("alter table latency_hours rename to latency_hours_away");
  try {
    await page.reload();
    await page.getByRole("heading", { name: "Something went wrong" }).waitFor();
  } finally {
    await harness.query("alter table latency_hours_away rename to latency_hours");
  }
}
