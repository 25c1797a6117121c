/** Errors: typed, with everything that the API says, and without the key wherever it might show up. */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { World } from "@/tests/clients/typescript/world.ts";

type Case = (world: World) => Promise<void>;

const TO = "+14155550123";

export const ERROR_CASES: Record<string, Case> = {
  "400 is not repeated, and lists every problem": async (world) => {
    const { id, key } = await world.makeAccount();
    const error = await world.client(key).messages.send({ to: "0415 555", text: " " }).catch((
      error,
    ) => error);
    assert.ok(error instanceof world.api.MessagesApiError, String(error));
    assert.ok(error instanceof world.api.MessagesError && error instanceof Error);
    assert.deepEqual(
      [error.name, error.code, error.status, error.retryable, error.attempts],
      ["MessagesApiError", "bad_request", 400, false, 1],
    );
    assert.deepEqual(error.issues.map(({ path }) => path).toSorted(), ["text", "to"]);
    assert.match(error.message, /^(to|text): .*\(and 1 more in details\.issues\)$/);
    assert.match(error.docUrl, /\/docs\/errors#bad_request$/);
    assert.match(error.requestId ?? "", /^[0-9a-f-]{36}$/);
    assert.deepEqual([error.retryAfterSeconds, error.rateLimit], [null, null]);
    assert.equal((await world.countSent(id)).messages, 0);
  },

  "401 of a send is the API's error, not a broken connection": async (world) => {
    const unknown = world.client(`wacrm_live_${"x".repeat(49)}`);
    const { key } = await world.makeAccount();
    // The same through a connection that is kept.
    await world.client(key).me();
    const error = await unknown.messages.send({ to: TO, text: "Hi" }).catch((error) => error);
    assert.ok(error instanceof world.api.MessagesApiError, String(error));
    assert.deepEqual([error.code, error.status, error.attempts], ["unauthorized", 401, 1]);
    assert.deepEqual(error.issues, []);
  },

  "404 and 422 have their codes": async (world) => {
    const { key } = await world.makeAccount();
    const client = world.client(key);
    const missing = await client.contacts.get(crypto.randomUUID()).catch((error) => error);
    assert.deepEqual([missing.code, missing.status, missing.idempotencyKey], [
      "not_found",
      404,
      null,
    ]);
    const options = { idempotencyKey: "k" };
    await client.messages.send({ to: TO, text: "One" }, options);
    const mismatch = await client.messages.send({ to: TO, text: "Two" }, options).catch((error) =>
      error
    );
    assert.deepEqual([mismatch.code, mismatch.status, mismatch.idempotencyKey], [
      "idempotency_mismatch",
      422,
      "k",
    ]);
  },

  "what Meta refuses is not repeated, and Meta's words are in the details": async (world) => {
    const { id, key } = await world.makeAccount();
    await world.setFault(id, { kind: "metaError", code: 131026 });
    const error = await world.client(key).messages.send({ to: TO, text: "Hi" }).catch((error) =>
      error
    );
    assert.ok(error instanceof world.api.MessagesApiError, String(error));
    assert.deepEqual([error.code, error.status, error.attempts], ["meta_error", 502, 1]);
    assert.equal(error.details.meta?.code, 131026);
    assert.ok((error.details.meta?.hint ?? "").length > 10);
    assert.match(error.details.message_id ?? "", /^[0-9a-f-]{36}$/);
    assert.equal((await world.countSent(id)).deliveries, 1);
  },

  "the key is in no error and in no print of the client": async (world) => {
    const { key } = await world.makeAccount();
    const secret = "wacrm_test_secretSECRETsecret";
    const echo = await world.startPeer([
      { status: 500, headers: { "content-type": "text/html" }, body: `Bearer ${secret}` },
      {
        status: 400,
        body: JSON.stringify({
          error: { code: "bad_request", message: `Bearer ${secret}`, details: { it: secret } },
        }),
      },
      { cut: "reset" },
    ]);
    const client = world.client(secret, { baseUrl: echo.url, maxRetries: 0 });
    const careless = world.client(secret, {
      maxRetries: 0,
      fetch: (_input, init) => Promise.reject(new TypeError(`bad ${inspect(init)}`)),
    });
    const unreachable = world.client(secret, { baseUrl: "http://127.0.0.1:59999", maxRetries: 0 });
    const slow = world.client(secret, {
      maxRetries: 0,
      timeoutMs: 20,
      fetch: (_input, init) =>
        new Promise((_resolve, reject) =>
          init?.signal?.addEventListener("abort", () => reject(new Error(inspect(init))))
        ),
    });
    const refused = world.client(key.replace(/.$/, "!"));
    const errors = [];
    for (const it of [client, client, client, careless, unreachable, slow, refused]) {
      errors.push(await it.messages.send({ to: TO, text: "Hi" }).catch((error) => error));
    }
    assert.deepEqual(errors.map(({ code, reason }) => code ?? reason), [
      "unexpected_answer",
      "bad_request",
      "lost",
      "lost",
      "lost",
      "timed_out",
      "unauthorized",
    ]);
    const shown = [...errors, client, client.messages, client.contacts, client.messages.list(), {
      ...client,
    }].flatMap((it) => [
      String(it),
      JSON.stringify(it),
      inspect(it, { depth: 20, showHidden: true }),
      it instanceof Error ? `${it.stack}${it.message}` : "",
      "Deno" in globalThis ? Deno.inspect(it, { depth: 20, showHidden: true }) : "",
    ]).join("\n");
    for (const text of [secret, key.slice(0, -1)]) assert.equal(shown.includes(text), false, shown);
  },

  "an error of a list names no phone number of its filters": async (world) => {
    const unreachable = world.client("wacrm_test_x", {
      baseUrl: "http://127.0.0.1:59999",
      maxRetries: 0,
    });
    const error = await unreachable.messages.list({ to: TO }).page().catch((error) => error);
    assert.equal(error.reason, "lost");
    assert.equal(inspect(error, { depth: 20, showHidden: true }).includes("4155550123"), false);
  },

  "options that are missing or malformed are named, and never shown": (world) => {
    const good = { baseUrl: "http://localhost:8000", apiKey: "wacrm_test_x" };
    for (
      const [options, name] of [
        [{ ...good, apiKey: undefined }, "apiKey"],
        [{ ...good, apiKey: "" }, "apiKey"],
        [{ ...good, apiKey: "secret secret" }, "apiKey"],
        [{ ...good, apiKey: "secret\n" }, "apiKey"],
        [{ ...good, baseUrl: "localhost:8000" }, "baseUrl"],
        [{ ...good, baseUrl: "" }, "baseUrl"],
        [{ ...good, baseUrl: "ftp://localhost" }, "baseUrl"],
        [{ ...good, baseUrl: "http://user:secret@localhost" }, "baseUrl"],
        [{ ...good, baseUrl: "http://localhost/?secret=1" }, "baseUrl"],
        [{ ...good, timeoutMs: 0 }, "timeoutMs"],
        [{ ...good, totalTimeoutMs: 1.5 }, "totalTimeoutMs"],
        [{ ...good, maxRetries: -1 }, "maxRetries"],
        [{ ...good, maxRetries: NaN }, "maxRetries"],
      ] as const
    ) {
      assert.throws(() => new world.api.MessagesClient(options), (error) => {
        assert.ok(error instanceof TypeError);
        assert.ok(error.message.startsWith(name), error.message);
        assert.equal(inspect(error).includes("secret"), false);
        return true;
      });
    }
    return Promise.resolve();
  },

  "keys and ids that cannot be are refused before anything is asked": async (world) => {
    const peer = await world.startPeer([{ status: 200, body: '{"data":[]}' }]);
    const client = world.client("wacrm_test_x", { baseUrl: peer.url });
    for (const idempotencyKey of ["", "two words", "line\nend", "é", "x".repeat(256)]) {
      await assert.rejects(
        client.messages.send({ to: TO, text: "Hi" }, { idempotencyKey }),
        /^TypeError: idempotencyKey must be 1 to 255/,
      );
    }
    for (const id of ["", ".", "..", "a/b", "a?b"]) {
      await assert.rejects(client.messages.get(id), /^TypeError: The id must be/);
      await assert.rejects(client.messages.media(id), TypeError);
      await assert.rejects(client.contacts.update(id, { name: "x" }), TypeError);
      assert.throws(() => client.conversations.messages(id), TypeError);
    }
    assert.deepEqual(await peer.received(), []);
  },
};
