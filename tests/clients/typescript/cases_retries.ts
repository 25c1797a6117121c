/** What is repeated and when, what is not, and how a call is ended early. */
import assert from "node:assert/strict";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type PeerStep, watchedFetch, type World } from "@/tests/clients/typescript/world.ts";

type Case = (world: World) => Promise<void>;

const TO = "+14155550123";
const PATIENCE_MS = 20_000;
const ME: PeerStep = { status: 200, body: JSON.stringify({ data: { account: { id: "a" } } }) };

function refusal(retryAfter: string | null, retryable = true): PeerStep {
  return {
    status: 503,
    headers: retryAfter === null ? {} : { "retry-after": retryAfter },
    body: JSON.stringify({
      error: {
        code: "unavailable",
        message: "Busy",
        request_id: "r1",
        retryable,
        doc_url: "http://localhost:8000/docs/errors#unavailable",
      },
    }),
  };
}

export const RETRY_CASES: Record<string, Case> = {
  "503 unavailable is repeated after Retry-After, and the message is sent once": async (world) => {
    const { id, key } = await world.makeAccount();
    // The server takes two sends of an account at a time (client_test.ts).
    const held = ["a", "b"].map((name) => `${name} ${crypto.randomUUID()}`);
    const areHeld = Promise.all(held.map((text) => world.holdAtMeta(text)));
    const first = held.map((text) => world.client(key).messages.send({ to: TO, text }));
    await areHeld;
    const statuses: number[] = [];
    const watched = world.client(key, { fetch: watchedFetch(statuses) });
    const startedAt = performance.now();
    const sending = watched.messages.send({ to: TO, text: "c" });
    await eventually(() => statuses.length > 0, PATIENCE_MS);
    await world.releaseAtMeta();
    const [third] = await Promise.all([sending, ...first]);
    assert.deepEqual([statuses, third.attempts], [[503, 201], 2]);
    assert.ok(performance.now() - startedAt >= 2000, "Retry-After is 2 seconds");
    assert.equal((await world.countSent(id)).deliveries, 3);
  },

  "429 rate_limited is repeated after Retry-After": async (world) => {
    const { id } = await world.makeAccount();
    const client = world.client(await world.makeKey(id, 60));
    const first = await client.me();
    assert.deepEqual([first.rateLimit?.limit, first.rateLimit?.remaining], [60, 59]);
    const resetInMs = (first.rateLimit?.resetAt.getTime() ?? 0) - Date.now();
    assert.ok(resetInMs > -1000 && resetInMs < 3000, String(resetInMs));
    let calls = 1;
    while (true) {
      const startedAt = performance.now();
      const { attempts } = await client.me();
      calls++;
      if (attempts === 1) continue;
      assert.ok(performance.now() - startedAt >= 1000, "Retry-After is a second");
      break;
    }
    assert.ok(calls > 60, String(calls));
  },

  "429 without repetitions is an error that says how long to wait": async (world) => {
    const { id } = await world.makeAccount();
    const client = world.client(await world.makeKey(id, 1), { maxRetries: 0 });
    await client.me();
    const error = await client.me().catch((error) => error);
    assert.ok(error instanceof world.api.MessagesApiError, String(error));
    assert.deepEqual([error.code, error.status, error.retryable], ["rate_limited", 429, true]);
    assert.ok(error.retryAfterSeconds !== null && error.retryAfterSeconds > 50);
    assert.deepEqual([error.rateLimit?.limit, error.rateLimit?.remaining], [1, 0]);
  },

  "Retry-After beyond the call's time ends it at once": async (world) => {
    const peer = await world.startPeer([refusal("60"), ME]);
    const client = world.client("wacrm_test_x", { baseUrl: peer.url, totalTimeoutMs: 20_000 });
    const startedAt = performance.now();
    const error = await client.me().catch((error) => error);
    assert.deepEqual([error.code, error.retryAfterSeconds, error.attempts], ["unavailable", 60, 1]);
    assert.ok(performance.now() - startedAt < 10_000);
    assert.equal((await peer.received()).length, 1);
  },

  "Retry-After may be a date, and be missing": async (world) => {
    const date = new Date(Date.now() + 1500).toUTCString();
    const peer = await world.startPeer([refusal(null), refusal(date), ME]);
    const result = await world.client("wacrm_test_x", { baseUrl: peer.url }).me();
    assert.equal(result.attempts, 3);
  },

  "an error that is not retryable is not repeated, whatever its status": async (world) => {
    const peer = await world.startPeer([refusal("0", false), ME]);
    const error = await world.client("wacrm_test_x", { baseUrl: peer.url }).me().catch((error) =>
      error
    );
    assert.deepEqual([error.code, error.attempts, error.requestId], ["unavailable", 1, "r1"]);
    assert.equal((await peer.received()).length, 1);
  },

  "repetitions end with maxRetries": async (world) => {
    const peer = await world.startPeer([refusal("0")]);
    const client = world.client("wacrm_test_x", { baseUrl: peer.url, maxRetries: 2 });
    const error = await client.me().catch((error) => error);
    assert.deepEqual([error.code, error.attempts], ["unavailable", 3]);
    assert.equal((await peer.received()).length, 3);
  },

  "a proxy that does not reach the server is a lost connection, and repeated": async (world) => {
    const html = { headers: { "content-type": "text/html" }, body: "<h1>Bad gateway</h1>" };
    const peer = await world.startPeer([{ status: 502, ...html }, ME]);
    const options = { baseUrl: peer.url };
    assert.equal((await world.client("wacrm_test_x", options).me()).attempts, 2);
    const away = await world.startPeer([{ status: 504, ...html }]);
    const error = await world.client("wacrm_test_x", { baseUrl: away.url, maxRetries: 0 }).me()
      .catch((error) => error);
    assert.ok(error instanceof world.api.MessagesConnectionError);
    assert.deepEqual([error.reason, error.status], ["lost", 504]);
  },

  "what is no answer of the API is an error at once": async (world) => {
    for (
      const step of [
        { status: 404, headers: { "content-type": "text/html" }, body: "<h1>Not here</h1>" },
        { status: 200, headers: { "content-type": "text/html" }, body: "<h1>Welcome</h1>" },
        { status: 200, body: '{"data": tru' },
        { status: 500, body: '{"error": "no"}' },
      ]
    ) {
      const peer = await world.startPeer([step]);
      const error = await world.client("wacrm_test_x", { baseUrl: peer.url }).me().catch((error) =>
        error
      );
      assert.ok(error instanceof world.api.MessagesConnectionError, String(error));
      assert.deepEqual([error.reason, error.status, error.attempts], [
        "unexpected_answer",
        step.status,
        1,
      ]);
      assert.match(error.message, /check baseUrl/);
    }
  },

  "a redirect is not followed: the key goes to one address alone": async (world) => {
    const other = await world.startPeer([ME]);
    for (const status of [301, 302, 303, 307, 308]) {
      const peer = await world.startPeer([
        { status, headers: { location: `${other.url}/api/v1/messages` }, body: "" },
      ]);
      const client = world.client("wacrm_test_x", { baseUrl: peer.url });
      const error = await client.messages.send({ to: TO, text: "Hi" }).catch((error) => error);
      assert.deepEqual([error.reason, error.status, error.attempts], [
        "unexpected_answer",
        status,
        1,
      ]);
      assert.match(error.message, /redirects are not followed/);
    }
    assert.deepEqual(await other.received(), []);
  },

  "a refused connection is repeated, and then an error": async (world) => {
    // A port that browsers and runtimes do not block, and that nobody listens on.
    const client = world.client("wacrm_test_x", {
      baseUrl: "http://127.0.0.1:59999",
      maxRetries: 1,
    });
    const error = await client.me().catch((error) => error);
    assert.ok(error instanceof world.api.MessagesConnectionError, String(error));
    assert.deepEqual([error.reason, error.attempts, error.status], ["lost", 2, null]);
    assert.match(
      error.message,
      /GET http:\/\/127\.0\.0\.1:59999\/api\/v1\/me .*refused|ECONNREFUSED/i,
    );
  },

  "a server that does not answer in time is an error that says so": async (world) => {
    const { id, key } = await world.makeAccount();
    await world.setFault(id, { kind: "delay", ms: 1000 });
    const client = world.client(key, { timeoutMs: 200, maxRetries: 0 });
    const error = await client.messages.send({ to: TO, text: "Hi" }).catch((error) => error);
    assert.ok(error instanceof world.api.MessagesConnectionError, String(error));
    assert.deepEqual([error.reason, error.attempts], ["timed_out", 1]);
    assert.match(error.message, /^POST .* was not answered in time$/);
    assert.match(error.idempotencyKey ?? "", /^[0-9a-f-]{36}$/);
  },

  "the total time limit ends a call that would be repeated for ever": async (world) => {
    const peer = await world.startPeer([refusal("0")]);
    const client = world.client("wacrm_test_x", {
      baseUrl: peer.url,
      totalTimeoutMs: 600,
      maxRetries: 1000,
    });
    const startedAt = performance.now();
    const error = await client.me().catch((error) => error);
    // The last refusal, or the request that was under way when time was up.
    assert.ok(error instanceof world.api.MessagesError, String(error));
    assert.ok(performance.now() - startedAt < 5000);
  },

  "a signal ends a call while it waits for an answer, with its own reason": async (world) => {
    const { id, key } = await world.makeAccount();
    await world.setFault(id, { kind: "delay", ms: 1000 });
    const controller = new AbortController();
    const sending = world.client(key).messages.send({ to: TO, text: "Hi" }, {
      signal: controller.signal,
    });
    const reason = new Error("the user went away");
    setTimeout(() => controller.abort(reason), 100);
    assert.equal(await sending.catch((error) => error), reason);
  },

  "a signal ends a call while it waits to repeat, with its own reason": async (world) => {
    const peer = await world.startPeer([refusal("30"), ME]);
    const controller = new AbortController();
    const client = world.client("wacrm_test_x", { baseUrl: peer.url });
    const startedAt = performance.now();
    const calling = client.me({ signal: controller.signal });
    await eventually(async () => (await peer.received()).length === 1, PATIENCE_MS);
    controller.abort();
    const error = await calling.catch((error) => error);
    assert.equal(error.name, "AbortError");
    assert.ok(performance.now() - startedAt < 20_000);
    assert.equal((await peer.received()).length, 1);
  },

  "a signal that was aborted before asks for nothing": async (world) => {
    const peer = await world.startPeer([ME]);
    const client = world.client("wacrm_test_x", { baseUrl: peer.url });
    const signal = AbortSignal.abort();
    const calls = [
      client.me({ signal }),
      client.messages.send({ to: TO, text: "Hi" }, { signal }),
      client.messages.list({}, { signal }).page(),
    ];
    for (const call of calls) assert.equal((await call.catch((error) => error)).name, "AbortError");
    assert.deepEqual(await peer.received(), []);
  },
};
