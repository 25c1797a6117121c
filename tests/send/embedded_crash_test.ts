/**
 * The server on its embedded database, killed in the middle of sends and started again on the same directory: nothing
 * that was answered is lost, nothing that was begun is forgotten, and no repeat delivers anything twice.
 */
import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { openDatabase } from "@/db/connect.ts";
import { loadOrCreateKeyFile } from "@/lib/encryption_key.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import type { ApiAnswer } from "@/tests/helpers/api_client.ts";
import { makeDataDir } from "@/tests/helpers/embedded_template.ts";
import { seedAccount, type SeededAccount } from "@/tests/helpers/seed.ts";
import { postMessage, receivedFrom, type SentRow } from "@/tests/helpers/sends.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";
import { type Simulator, startSimulator } from "@/tests/simulator/simulator.ts";

const SENDS = 24;
const ROUNDS = 3;
/** How many answers are waited for before the kill, in each round: another moment each time. */
const ANSWERED_BEFORE_KILL = [3, 9, 15];

interface Sent {
  idempotencyKey: string;
  answer: ApiAnswer | null;
}

describe("the embedded database when its server ends", () => {
  it("has the result of a send that was under way at SIGTERM", async () => {
    await using stage = await setUp();
    const { account, simulator, dataDir } = stage;
    await using server = await startServerProcess(stage.environment);
    simulator.faults.next({ kind: "delay", ms: 500 });
    const answering = postMessage(server.baseUrl, requestOf(account, "k"));
    await simulator.waitFor((received) => received.length === 1);
    assertEquals(await server.stop(), 0);
    const answer = await answering;
    assertEquals(answer.status, 201);
    const rows = await readRows(dataDir, account.id);
    assertEquals(rows.map(({ status, wamid }) => [status, wamid]), [
      ["sent", answer.json.data.whatsapp_message_id],
    ]);
  });

  it("keeps every answered message with its wamid, and every begun one as unknown, over three kills", async () => {
    await using stage = await setUp();
    const { account, simulator, dataDir, environment } = stage;
    const sent: Sent[] = [];
    // Every third message to Meta hangs, so that each kill meets some.
    simulator.faults.when(
      ({ body }) => JSON.stringify(body).includes("hang"),
      { kind: "neverAnswer" },
    );
    for (let round = 0; round < ROUNDS; round++) {
      sent.push(...await sendUntilKilled({ environment, account, simulator, round }));
    }

    const server = await startServerProcess(environment);
    await server.waitForLog(({ event }) => event === "sends_of_a_dead_process");
    const repeated = await Promise.all(sent.map(async (one) => ({
      ...one,
      again: await postMessage(server.baseUrl, requestOf(account, one.idempotencyKey)),
    })));
    assertEquals(await server.stop(), 0);

    const rows = await readRows(dataDir, account.id);
    const byId = new Map(rows.map((row) => [row.id, row]));
    assertEquals(rows.filter(({ status }) => status === "pending"), []);
    for (const { answer, again } of repeated) {
      if (answer?.status !== 201) continue;
      const row = byId.get(answer.json.data.message_id);
      assertEquals([row?.status, row?.wamid], ["sent", answer.json.data.whatsapp_message_id]);
      assertEquals([again.status, again.json.data], [201, answer.json.data]);
    }
    for (const { answer, again } of repeated) {
      if (answer !== null || again.status === 201) continue;
      // Still hanging when it was repeated for the first time, or begun before a kill: never sent again.
      assert([409, 504].includes(again.status), again.text);
      assertEquals(byId.get(again.json.error.details.message_id)?.status, "unknown");
    }
    const received = receivedFrom(simulator, account);
    for (const { body } of received) {
      const row = byId.get(String(body?.biz_opaque_callback_data));
      assert(
        row?.status === "sent" || row?.status === "unknown",
        "Meta has a message that is lost here",
      );
    }
    const texts = received.map(({ rawBody }) => JSON.parse(rawBody).text.body);
    assertEquals(texts.length, new Set(texts).size, "A message was delivered twice");
    assert(repeated.some(({ answer }) => answer?.status === 201));
    assert(repeated.some(({ again }) => again.status === 409));
  });
});

/** A simulator, and a data directory with an account that is connected to it. */
async function setUp(): Promise<
  {
    simulator: Simulator;
    dataDir: string;
    account: SeededAccount;
    environment: Record<string, string>;
  } & AsyncDisposable
> {
  await using onFailure = new AsyncDisposableStack();
  const simulator = onFailure.use(await startSimulator());
  const dataDir = await makeDataDir();
  onFailure.defer(() => Deno.remove(dataDir, { recursive: true }));
  const account = await seed(dataDir);
  simulator.addNumber({
    id: account.phoneNumberId ?? "",
    wabaId: account.wabaId,
    accessToken: account.accessToken,
  });
  const owned = onFailure.move();
  return {
    simulator,
    dataDir,
    account,
    environment: { DATA_DIR: dataDir, META_GRAPH_URL: simulator.url },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Sends many at once and kills the server when some are answered and some hang. */
async function sendUntilKilled(options: {
  environment: Record<string, string>;
  account: SeededAccount;
  simulator: Simulator;
  round: number;
}): Promise<Sent[]> {
  const { account, round } = options;
  await using server = await startServerProcess(options.environment);
  let answered = 0;
  const enough = Promise.withResolvers<void>();
  const sends = Array.from({ length: SENDS }, async (_, index): Promise<Sent> => {
    const idempotencyKey = `${index % 3 === 0 ? "hang" : "pass"}-${round}-${index}`;
    try {
      const answer = await postMessage(server.baseUrl, requestOf(account, idempotencyKey));
      if (++answered === ANSWERED_BEFORE_KILL[round]) enough.resolve();
      return { idempotencyKey, answer };
    } catch (error) {
      // The connection broke with the server.
      if (!(error instanceof TypeError)) throw error;
      return { idempotencyKey, answer: null };
    }
  });
  await Promise.all([
    enough.promise,
    options.simulator.waitFor((received) =>
      received.some(({ rawBody }) => rawBody.includes(`hang-${round}-`))
    ),
  ]);
  await server.kill();
  return await Promise.all(sends);
}

function requestOf(account: SeededAccount, idempotencyKey: string) {
  return {
    key: account.key.key,
    body: { to: "+14155550123", text: idempotencyKey },
    idempotencyKey,
  };
}

async function seed(dataDir: string): Promise<SeededAccount> {
  const db = await openDatabase({ databaseUrl: null, dataDir });
  try {
    const secrets = new SecretBox([await loadOrCreateKeyFile(dataDir)]);
    return await seedAccount(db.sql, { secrets, connected: true });
  } finally {
    await db.close();
  }
}

async function readRows(dataDir: string, accountId: string): Promise<SentRow[]> {
  const db = await openDatabase({ databaseUrl: null, dataDir });
  try {
    return await db.sql<SentRow[]>`
      select id, status, wamid from messages where account_id = ${accountId}
    `;
  } finally {
    await db.close();
  }
}
