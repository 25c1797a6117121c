/** Who looks at the pages behind the sign-in: the owner of an account with a history, and the owner of a new one. */
import { openBrowser } from "@/tests/browser/helpers/browser.ts";
import { signInPage } from "@/tests/browser/helpers/sign_in_page.ts";
import type { Surroundings } from "@/tests/browser/helpers/sights.ts";
import { tellStory } from "@/tests/browser/helpers/story.ts";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { newWriter, receive } from "@/tests/helpers/inbound.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

/** The two. */
export type Admin = "busy" | "new";

const TEST_PHONE = "+14155550177";

/**
 * Starts a server with both signed in.
 *
 * @param prepare further rows, told the ids so far; it gives the ids of what it made
 */
export async function startTwoAdmins(
  prepare: (
    options: { harness: Harness; busy: AdminClient; ids: Record<string, string> },
  ) => Promise<Record<string, string>> = () => Promise.resolve({}),
): Promise<Surroundings<Admin> & { harness: Harness }> {
  const cleanUp = new AsyncDisposableStack();
  const harness = cleanUp.use(await startHarness());
  const browser = cleanUp.use(await openBrowser());
  const busy = cleanUp.use(await signInPage(harness, { browser }));
  const account = await harness.makeAccount({ connected: false });
  await harness.query("delete from api_keys where account_id in ($1, $2)", [
    account.id,
    account.testId,
  ]);
  const { account: busyAccount } = busy.client;
  const story = await tellStory(harness, busyAccount);
  const ids = {
    conversation: story.conversationId,
    message: story.readMessageId,
    failed: story.failedMessageId,
    key: story.keyId,
    request: story.requestId,
    ...await tellOfTestMode(harness, busyAccount),
    ...await receiveMedia(harness, busyAccount),
  };
  return {
    harness,
    baseUrl: harness.server.baseUrl,
    tabs: {
      busy,
      new: cleanUp.use(
        await signInPage(harness, { browser, client: await signIn(harness, { account }) }),
      ),
    },
    ids: { ...ids, ...await prepare({ harness, busy: busy.client, ids }) },
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  };
}

/** Messages with the sandbox, one of them answered. */
async function tellOfTestMode(
  harness: Harness,
  { testId, testKey }: SeededAccount,
): Promise<Record<string, string>> {
  const sent = await harness.call({
    path: "/api/v1/messages",
    key: testKey.key,
    body: { to: TEST_PHONE, text: "/reply It works" },
  });
  const { conversation_id: testConversation, message_id: testMessage } = sent.json.data;
  await eventually(async () => {
    const rows = await harness.query(
      "select id from messages where account_id = $1 and direction = 'inbound'",
      [testId],
    );
    return rows.length > 0;
  }, 30_000);
  return { testConversation, testMessage, testKey: testKey.id };
}

/** A message with what cannot be shown here as it is: a file, and a kind of message that is not known. */
async function receiveMedia(
  harness: Harness,
  account: SeededAccount,
): Promise<Record<string, string>> {
  const from = newWriter();
  const document = { id: "1", mime_type: "application/pdf", sha256: "x", filename: "invoice.pdf" };
  const { id: document_, conversation_id: writer } = await receive(harness, account, {
    from,
    message: { type: "document", document },
  });
  await receive(harness, account, {
    from,
    message: { type: "location", location: { latitude: 1, longitude: 2, name: "The harbour" } },
  });
  return { document: document_, writer };
}
