/** A body that trickles in holds its own request alone, and not for long. Takes the ten seconds that it proves. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { connectRaw, type RawAnswer, requestHead } from "@/tests/helpers/raw_http.ts";
import { countRows, TEXT_BODY } from "@/tests/helpers/sends.ts";

const TRICKLES = 20;
const BYTE_INTERVAL_MS = 400;

describe("POST /api/v1/messages slow body", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({ environment: { MAX_SENDS: "2" } });
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  /** Sends a byte now and then, for longer than the server waits. */
  async function trickle(key: string): Promise<{ answer: RawAnswer; tookMs: number }> {
    const startedAt = performance.now();
    using connection = await connectRaw(harness.server.port);
    await connection.write(requestHead("POST /api/v1/messages", {
      Host: "localhost",
      Authorization: `Bearer ${key}`,
      "Content-Type": "application/json",
      "Content-Length": "1000",
    }));
    const timer = setInterval(() => {
      // The server may have closed the connection since the last byte.
      connection.write(" ").catch(() => clearInterval(timer));
    }, BYTE_INTERVAL_MS);
    try {
      const answer = await connection.readAnswer();
      return { answer, tookMs: performance.now() - startedAt };
    } finally {
      clearInterval(timer);
    }
  }

  it("POST /api/v1/messages 400 ends slow bodies after ten seconds and holds nobody else up", async () => {
    const account = await harness.makeAccount();
    const slow = Promise.all(Array.from({ length: TRICKLES }, () => trickle(account.key.key)));
    let isSlowDone = false;
    const noteDone = () => isSlowDone = true;
    slow.then(noteDone, noteDone);

    // More of them than there are places for sends: a body that is not there yet takes none.
    for (let count = 0; count < 10; count++) {
      const answer = await harness.call({
        path: "/api/v1/messages",
        key: account.key.key,
        body: TEXT_BODY,
      });
      assertEquals(answer.status, 201, answer.text);
    }
    assertEquals(isSlowDone, false, "Ten sends took as long as the slow bodies were waited for");

    for (const { answer, tookMs } of await slow) {
      assertApiError(answer, { status: 400, code: "bad_request", retryable: false });
      assert(answer.json.error.message.includes("10 seconds"), answer.text);
      assert(tookMs > 9_500 && tookMs < 12_500, `${tookMs} ms`);
    }
    assertEquals((await countRows(harness, account.id)).messages, 10);
  });
});
