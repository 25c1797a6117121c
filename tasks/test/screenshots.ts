/**
 * `deno task screenshots`: pictures of every page, light and dark, wide and narrow, into screenshots/ (not part of the
 * repository). Arguments choose pages by their names. Says which pages have something wrong with them.
 */
// deno-lint-ignore-file no-console -- the output of this task is for a reader at a terminal
import { assertGoodPage } from "@/tests/browser/helpers/axe.ts";
import {
  openBrowser,
  type PageOptions,
  type TestBrowser,
} from "@/tests/browser/helpers/browser.ts";
import { signInPage } from "@/tests/browser/helpers/sign_in_page.ts";
import { type Story, tellStory } from "@/tests/browser/helpers/story.ts";
import { type AdminClient, makeUser, signIn } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";

const FOLDER = new URL("../../screenshots/", import.meta.url);
const LOOKS = (["light", "dark"] as const).flatMap((colorScheme) =>
  [1280, 360].map((width) => ({ colorScheme, width }))
);

/** Pages by the name of their picture. */
interface Album {
  /** Seen by somebody who is not signed in. */
  outside: Record<string, string>;
  /** Seen by the owner of an account with a history. */
  busy: Record<string, string>;
  /** Seen by the owner of a new account. */
  empty: Record<string, string>;
}

function albumOf(
  { conversationId, readMessageId, failedMessageId, keyId, requestId }: Story,
): Album {
  const admin = {
    overview: "/",
    messages: "/messages",
    conversations: "/conversations",
    playground: "/playground",
    keys: "/keys",
    whatsapp: "/whatsapp",
    requests: "/requests",
  };
  return {
    outside: { login: "/login", reference: "/docs", errors: "/docs/errors" },
    busy: {
      ...admin,
      "overview-30d": "/?range=30d",
      "overview-test-mode": "/?mode=test",
      message: `/messages/${readMessageId}`,
      "message-failed": `/messages/${failedMessageId}`,
      conversation: `/conversations/${conversationId}`,
      "conversation-erase": `/conversations/${conversationId}/erase`,
      "key": `/keys/${keyId}`,
      "key-new": "/keys/new",
      "key-edit": `/keys/${keyId}/edit`,
      "key-rotate": `/keys/${keyId}/rotate`,
      "key-revoke": `/keys/${keyId}/revoke`,
      "whatsapp-connect": "/whatsapp/connect",
      "whatsapp-number": "/whatsapp/number",
      "whatsapp-proof": "/whatsapp/proof",
      "whatsapp-disconnect": "/whatsapp/disconnect",
      request: `/requests/${requestId}`,
      settings: "/settings",
      "settings-team": "/settings/team",
      "settings-sessions": "/settings/sessions",
      "settings-data": "/settings/data",
      "settings-audit": "/settings/audit",
      "not-found": "/nowhere",
    },
    empty: Object.fromEntries(
      Object.entries({ ...admin, "whatsapp-connect": "/whatsapp/connect" })
        .map(([name, path]) => [`empty-${name}`, path]),
    ),
  };
}

async function takeAll(wanted: string[]): Promise<string[]> {
  await using harness = await startHarness();
  await using browser = await openBrowser();
  const account = await harness.makeAccount();
  const user = await makeUser(harness, { accountId: account.id, email: "mina@harbour.example" });
  const busy = await signIn(harness, { account, user });
  const empty = await signIn(harness, { account: await harness.makeAccount({ connected: false }) });
  const album = albumOf(await tellStory(harness, account));
  const problems: string[] = [];
  const views: [AdminClient | null, Record<string, string>][] = [
    [null, album.outside],
    [busy, album.busy],
    [empty, album.empty],
  ];
  for (const look of LOOKS) {
    for (const [client, pages] of views) {
      const chosen = Object.entries(pages).filter(([name]) =>
        wanted.length === 0 || wanted.includes(name)
      );
      for (const [name, path] of chosen) {
        problems.push(...await take(harness, { browser, client, look, name, path }));
      }
    }
  }
  return problems;
}

async function take(
  harness: Harness,
  options: {
    browser: TestBrowser;
    client: AdminClient | null;
    look: Required<Pick<PageOptions, "colorScheme" | "width">>;
    name: string;
    path: string;
  },
): Promise<string[]> {
  const { browser, client, look, name, path } = options;
  await using watched = client === null
    ? await browser.newPage(look)
    : await signInPage(harness, { browser, client, ...look });
  const folder = new URL(`${look.width}-${look.colorScheme}/`, FOLDER);
  await Deno.mkdir(folder, { recursive: true });
  await watched.page.goto(`${harness.server.baseUrl}${path}`);
  await watched.page.screenshot({
    path: new URL(`${name}.png`, folder).pathname,
    fullPage: true,
  });
  try {
    await assertGoodPage(watched, { except: /status of 404/ });
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [`${look.width} ${look.colorScheme} ${name}: ${error.message}`];
  }
}

if (import.meta.main) {
  const problems = await takeAll(Deno.args);
  console.log(`The pictures are in ${FOLDER.pathname}`);
  for (const problem of problems) console.log(problem);
  Deno.exit(problems.length === 0 ? 0 : 1);
}
