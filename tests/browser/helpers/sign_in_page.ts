/** A page of somebody who is signed in, without going through the form: that has tests of its own. */
import type { PageOptions, TestBrowser, WatchedPage } from "@/tests/browser/helpers/browser.ts";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import type { Harness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

/** A page and whose it is. */
export interface SignedInPage extends WatchedPage {
  client: AdminClient;
  /** Goes to a path of the server and waits until the page has loaded. */
  visit(path: string): Promise<void>;
}

/**
 * Opens a page with a session: of a new person, or of the one that a client is signed in as.
 *
 * @param options.account whose new person it is; an account of its own if absent
 */
export async function signInPage(
  harness: Harness,
  options: PageOptions & { browser: TestBrowser; account?: SeededAccount; client?: AdminClient },
): Promise<SignedInPage> {
  const { browser, account, client: known, ...pageOptions } = options;
  const client = known ?? await signIn(harness, account === undefined ? {} : { account });
  const watched = await browser.newPage(pageOptions);
  const cookies = [...client.cookies].map(([name, value]) => ({
    name,
    value,
    url: harness.server.baseUrl,
    httpOnly: true,
    sameSite: "Lax" as const,
  }));
  await watched.context.addCookies(cookies);
  return {
    ...watched,
    client,
    visit: async (path) => {
      await watched.page.goto(`${harness.server.baseUrl}${path}`);
    },
  };
}
