/**
 * Two server processes on one Postgres: no contact twice, no message twice, and what a killed process leaves behind is
 * settled by the other.
 */
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { countRows, messageRows, postMessage, receivedFrom } from "@/tests/helpers/sends.ts";
import { type ServerProcess, startServerProcess } from "@/tests/helpers/server_process.ts";

/** Twice the interval at which every process looks for abandoned messages. */
const SWEEP_MS = 10_000;

describe("two server processes on one database", () => {
  let harness: Harness;
  let other: ServerProcess;
  beforeAll(async () => {
    harness = await startHarness();
    other = await startServerProcess(harness.environment());
  });
  afterEach(() => harness.simulator.faults.clear());
  afterAll(async () => {
    await other[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
  });

  const SPELLINGS: [country: string, spellings: [string, string]][] = [
    ["Brazil", ["+5531987654321", "+553187654321"]],
    ["Mexico", ["+525512345678", "+5215512345678"]],
    ["Argentina", ["+5491123456789", "+541123456789"]],
    ["the United States", ["+14155550123", "+1 (415) 555-0123"]],
  ];
  for (const [country, spellings] of SPELLINGS) {
    it(`POST /api/v1/messages 201 for fifty simultaneous sends to a new number of ${country} in two spellings: one contact`, async () => {
      const account = await harness.makeAccount();
      const answers = await Promise.all(
        Array.from(
          { length: 50 },
          (_, index) =>
            postMessage(index % 2 === 0 ? harness.server.baseUrl : other.baseUrl, {
              key: account.key.key,
              body: { to: spellings[Math.floor(index / 2) % 2], text: `Message ${index}` },
              idempotencyKey: `k${index}`,
            }),
        ),
      );
      assertEquals(answers.map(({ status }) => status), Array(50).fill(201));
      const data = answers.map(({ json }) => json.data);
      assertEquals(data.filter((ids) => ids.contact_created).length, 1);
      assertEquals(new Set(data.map((ids) => ids.contact_id)).size, 1);
      assertEquals(new Set(data.map((ids) => ids.conversation_id)).size, 1);
      assertEquals(new Set(data.map((ids) => ids.message_id)).size, 50);
      assertEquals(new Set(data.map((ids) => ids.whatsapp_message_id)).size, 50);
      assertEquals(await countRows(harness, account.id), {
        contacts: 1,
        conversations: 1,
        messages: 50,
        keys: 50,
      });
      const rows = await messageRows(harness, account.id);
      assert(rows.every(({ status }) => status === "sent"));
      const received = receivedFrom(harness.simulator, account);
      assertEquals(received.length, 50);
      assertEquals(
        new Set(received.map(({ body }) => body?.biz_opaque_callback_data)),
        new Set(rows.map(({ id }) => id)),
      );
    });
  }

  it("POST /api/v1/messages 201 once for simultaneous requests with one key in both processes", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({ kind: "delay", ms: 100 });
    const answers = await Promise.all(
      Array.from(
        { length: 20 },
        (_, index) =>
          postMessage(index % 2 === 0 ? harness.server.baseUrl : other.baseUrl, {
            key: account.key.key,
            idempotencyKey: "k",
          }),
      ),
    );
    const statuses = Map.groupBy(answers, ({ status }) => status);
    assertEquals([...statuses.keys()].filter((status) => status !== 201 && status !== 409), []);
    const created = statuses.get(201)?.filter(({ headers }) =>
      headers.get("idempotent-replayed") === null
    );
    assertEquals(created?.length, 1);
    assertEquals((await countRows(harness, account.id)).messages, 1);
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });

  it("POST /api/v1/messages 201 replays what the other process has sent", async () => {
    const account = await harness.makeAccount();
    const request = { key: account.key.key, idempotencyKey: "k" };
    const first = await postMessage(harness.server.baseUrl, request);
    const second = await postMessage(other.baseUrl, request);
    assertEquals([second.status, second.json.data], [201, first.json.data]);
    assertEquals(second.headers.get("idempotent-replayed"), "true");
  });

  it("the sends of a killed process become unknown after their lease, and their keys stay reserved", async () => {
    const account = await harness.makeAccount();
    const doomed = await startServerProcess(harness.environment());
    const done = await postMessage(doomed.baseUrl, {
      key: account.key.key,
      idempotencyKey: "done",
    });
    assertEquals(done.status, 201);
    harness.simulator.faults.next({ kind: "neverAnswer" }, 5);
    const hanging = Array.from(
      { length: 5 },
      (_, index) =>
        postMessage(doomed.baseUrl, { key: account.key.key, idempotencyKey: `k${index}` })
          .then(() => "answered", () => "cut"),
    );
    await harness.simulator.waitFor(() => receivedFrom(harness.simulator, account).length === 6);
    await doomed.kill();
    assertEquals(await Promise.all(hanging), Array(5).fill("cut"));
    const pending = await messageRows(harness, account.id);
    assertEquals(pending.map(({ status }) => status), ["sent", ...Array(5).fill("pending")]);
    for (const { lease_until: lease } of pending.slice(1)) assertNotEquals(lease, null);
    const waiting = await postMessage(other.baseUrl, {
      key: account.key.key,
      idempotencyKey: "k0",
    });
    assertApiError(waiting, { status: 409, code: "idempotency_in_progress" });

    await harness.query(
      `update messages set lease_until = clock_timestamp() - interval '1 second'
       where account_id = $1 and idempotency_key <> 'k4' and status = 'pending'`,
      [account.id],
    );
    const rows = await eventually(async () => {
      const found = await messageRows(harness, account.id);
      return found.filter(({ status }) => status === "unknown").length === 4 && found;
    }, SWEEP_MS);
    // The last one still has its lease.
    assertEquals(rows.map(({ status }) => status).sort(), [
      "pending",
      "sent",
      "unknown",
      "unknown",
      "unknown",
      "unknown",
    ]);
    const swept = rows.filter(({ status }) => status === "unknown");
    assert(swept.every(({ lease_until, wamid }) => lease_until === null && wamid === null));
    assert(swept.every(({ error }) => error !== null && error.hint !== ""));
    const again = await postMessage(other.baseUrl, { key: account.key.key, idempotencyKey: "k0" });
    assertApiError(again, { status: 409, code: "outcome_unknown" });
    const replayed = await postMessage(other.baseUrl, {
      key: account.key.key,
      idempotencyKey: "done",
    });
    assertEquals([replayed.status, replayed.json.data], [201, done.json.data]);
    assertEquals((await countRows(harness, account.id)).keys, 6);
    assertEquals(receivedFrom(harness.simulator, account).length, 6);
  });

  it("a starting process leaves the sends of a running one alone", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({ kind: "delay", ms: 1_000 });
    const answer = postMessage(harness.server.baseUrl, { key: account.key.key });
    await harness.simulator.waitFor(() => receivedFrom(harness.simulator, account).length === 1);
    await using third = await startServerProcess(harness.environment());
    const statuses = (await messageRows(harness, account.id)).map(({ status }) => status);
    assert(statuses[0] === "pending" || statuses[0] === "sent", statuses[0]);
    assertEquals((await answer).status, 201);
    assert(!third.log().some(({ event }) => event === "sends_of_a_dead_process"));
  });
});
