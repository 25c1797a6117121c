/** How the pages of API keys look: lists, forms and their objections, a key shown once, rotation, the end of a key. */
import type { Page } from "playwright-core";
import { createKey, newKeyFields } from "@/tests/admin/key_pages.ts";
import { press } from "@/tests/browser/helpers/press.ts";
import { describeSights, pressUnchecked } from "@/tests/browser/helpers/sights.ts";
import { type Admin, startTwoAdmins } from "@/tests/browser/helpers/two_admins.ts";
import type { AdminClient } from "@/tests/helpers/admin_client.ts";

describeSights<Admin>("the pages of API keys", {
  parts: ["keys"],
  sights: [
    { who: "new", path: "/keys" },
    { who: "new", path: "/keys?mode=test" },
    { who: "busy", path: "/keys" },
    { who: "busy", path: "/keys?show=revoked" },
    { who: "busy", path: "/keys?mode=test" },

    { who: "busy", path: "/keys/new" },
    {
      who: "busy",
      path: "/keys/new?mode=test",
      when: "with a choice of one's own",
      act: (page) => page.getByRole("radio", { name: /^Custom/ }).check(),
    },
    {
      who: "busy",
      path: "/keys/new",
      when: "badly filled in",
      act: (page) => pressUnchecked(page, "Create key"),
      status: 422,
    },
    { who: "busy", path: "/keys/new", when: "with the new key", act: create },
    {
      who: "busy",
      path: "/keys/new?mode=test",
      when: "sent twice",
      act: async (page) => {
        await create(page);
        await page.reload();
        await page.getByRole("heading", { name: "This key was already created" }).waitFor();
      },
    },

    { who: "busy", path: "/keys/{key}" },
    { who: "busy", path: "/keys/{unused}" },
    { who: "busy", path: "/keys/{replaced}" },
    { who: "busy", path: "/keys/{successor}" },
    { who: "busy", path: "/keys/{revoked}" },
    { who: "busy", path: "/keys/{testKey}?mode=test" },
    { who: "new", path: "/keys/{key}", status: 404 },
    {
      who: "busy",
      path: "/keys/{key}",
      when: "asking whether to revoke it",
      act: async (page) => {
        await page.getByRole("link", { name: "Revoke", exact: true }).click();
        await page.getByRole("dialog").waitFor();
      },
    },
    { who: "busy", path: "/keys/{key}/revoke" },
    { who: "busy", path: "/keys/{revoked}/revoke", lands: "/keys/:id" },

    { who: "busy", path: "/keys/{key}/edit" },
    {
      who: "busy",
      path: "/keys/{key}/edit",
      when: "badly filled in",
      act: async (page) => {
        await page.getByLabel("Name").fill("");
        await pressUnchecked(page, "Save changes");
      },
      status: 422,
    },
    {
      who: "busy",
      path: "/keys/{unused}/edit",
      when: "saved",
      act: (page) => press(page, "Save changes"),
      lands: "/keys/:id",
    },

    { who: "busy", path: "/keys/{key}/rotate" },
    {
      who: "busy",
      path: "/keys/{testKey}/rotate?mode=test",
      when: "with the new key",
      act: (page) => press(page, "Create the new key"),
    },
    { who: "busy", path: "/keys/{replaced}/rotate", lands: "/keys/:id" },
  ],
  start: () => startTwoAdmins(({ busy }) => makeKeys(busy)),
});

/** A key in each of its states. */
async function makeKeys(admin: AdminClient): Promise<Record<string, string>> {
  const make = async (name: string) => (await createKey(admin, { fields: { name } })).id;
  const [unused, replaced, revoked] = [
    await make("Never used"),
    await make("Worker"),
    await make("Old script"),
  ];
  const rotated = await admin.post(`/keys/${replaced}/rotate`, { overlap: "7d" });
  await admin.post(`/keys/${revoked}/revoke`);
  // One more that is about to end.
  const form = await admin.get("/keys/new");
  await admin.post(
    "/keys/new",
    newKeyFields(form.text, { name: "For a day", expiry: "custom", expiry_days: "1" }),
  );
  const successor = /\/keys\/([0-9a-f-]{36})\/first-request/.exec(rotated.text)?.[1] ?? "";
  return { unused, replaced, revoked, successor };
}

async function create(page: Page): Promise<void> {
  await page.getByLabel("Name").fill("Shop backend");
  await press(page, "Create key");
  await page.getByText("Waiting for the first request…").waitFor();
}
