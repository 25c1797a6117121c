/** How conversations, the playground and the request log look: with and without data, in both modes, and when refused. */
import type { Page } from "playwright-core";
import { describeSights, openFilters, pressUnchecked } from "@/tests/browser/helpers/sights.ts";
import { type Admin, startTwoAdmins } from "@/tests/browser/helpers/two_admins.ts";

describeSights<Admin>("the pages of conversations, playground and requests", {
  parts: ["conversations", "playground", "requests"],
  sights: [
    { who: "new", path: "/conversations" },
    { who: "new", path: "/conversations?show=unread" },
    { who: "busy", path: "/conversations" },
    { who: "busy", path: "/conversations?mode=test" },
    { who: "busy", path: "/conversations/{conversation}" },
    { who: "busy", path: "/conversations/{writer}" },
    { who: "busy", path: "/conversations/{testConversation}?mode=test" },
    {
      who: "busy",
      path: "/conversations/{conversation}",
      when: "with an empty reply",
      act: (page) => pressUnchecked(page, "Send to WhatsApp"),
      status: 422,
    },
    {
      who: "busy",
      path: "/conversations/{testConversation}?mode=test",
      when: "with an empty simulated reply",
      act: (page) => pressUnchecked(page, "Receive"),
      lands: "/conversations/:id/simulate",
      status: 422,
    },

    { who: "busy", path: "/conversations/{conversation}/erase" },
    {
      who: "busy",
      path: "/conversations/{conversation}/erase",
      when: "with another number's end",
      act: async (page) => {
        await page.getByLabel("The last 4").fill("x");
        await pressUnchecked(page, "Erase this person’s data");
      },
      status: 422,
    },

    { who: "new", path: "/playground" },
    { who: "busy", path: "/playground" },
    { who: "busy", path: "/playground?type=template&template_name=hello&body_value=Ann" },
    { who: "busy", path: "/playground?type=document&media_url=x" },
    { who: "busy", path: "/playground?mode=test" },
    {
      who: "busy",
      path: "/playground?mode=test&to=%2B14155550178&text=Hello",
      when: "with an answer",
      act: (page) => sendInTestMode(page, "201 Created"),
    },
    {
      who: "busy",
      path: "/playground?mode=test&to=12&text=Hello",
      when: "with a refusal",
      act: (page) => sendInTestMode(page, "400 Bad Request"),
    },

    { who: "new", path: "/requests" },
    { who: "busy", path: "/requests", when: "with the filters open", act: openFilters },
    { who: "busy", path: "/requests?status=4xx&error=bad_request" },
    { who: "busy", path: "/requests?request_id=none" },
    { who: "busy", path: "/requests?status=odd", status: 400 },
    { who: "busy", path: "/requests?mode=test" },
    { who: "busy", path: "/requests/{request}" },
  ],
  start: () => startTwoAdmins(),
});

async function sendInTestMode(page: Page, status: string): Promise<void> {
  await page.getByRole("button", { name: "Send in test mode" }).click();
  await page.getByText(status).first().waitFor();
}
