/**
 * The event stream of the admin pages: what happens to messages is told on every instance within two seconds, to the
 * people of that account and mode alone, as ids and statuses; a stream ends with its session and with the server.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type AdminClient, openPages, signIn } from "@/tests/helpers/admin_client.ts";
import { callApi } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { type ServerProcess, startServerProcess } from "@/tests/helpers/server_process.ts";
import { bodyOf, entryOf, newWamid, postCallback, statusItem } from "@/tests/helpers/webhooks.ts";

interface StreamEvent {
  event: string;
  id: string;
  data: Record<string, string>;
}

/** How soon an open page hears of something, by the contract. */
const SOON_MS = 2_000;
const SECRET_TEXT = "Nobody reads this in a stream";

/** A reader of `GET /events`. */
class Reader implements AsyncDisposable {
  readonly response: Response;
  readonly events: StreamEvent[] = [];
  readonly ended: Promise<void>;
  text = "";
  readonly #abort: AbortController;
  #wake: () => void = () => {};

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.ended = this.#read();
  }

  static async open(
    client: Pick<AdminClient, "fetch">,
    path = "/events",
    headers: Record<string, string> = {},
  ): Promise<Reader> {
    const abort = new AbortController();
    const reader = new Reader(await client.fetch(path, { headers, signal: abort.signal }), abort);
    if (reader.response.status === 200) {
      await reader.waitFor((event) => event.event === "tick");
    }
    return reader;
  }

  async waitFor(
    isWanted: (event: StreamEvent) => boolean,
    withinMs = SOON_MS,
  ): Promise<StreamEvent> {
    const deadline = performance.now() + withinMs;
    while (true) {
      const found = this.events.find(isWanted);
      if (found !== undefined) return found;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`No such event in:\n${this.text}`);
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, leftMs);
      });
      clearTimeout(timer);
    }
  }

  waitForStatus(id: string, status: string): Promise<StreamEvent> {
    return this.waitFor(({ data }) => data.id === id && data.status === status);
  }

  async #read(): Promise<void> {
    try {
      for await (const chunk of this.response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        this.text += chunk;
        const blocks = this.text.split("\n\n").slice(0, -1);
        this.events.splice(0, this.events.length, ...blocks.map(parseEvent));
        this.#wake();
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }
}

function parseEvent(block: string): StreamEvent {
  const fields = new Map(
    block.split("\n").map((line) => {
      const at = line.indexOf(": ");
      return [line.slice(0, at), line.slice(at + 2)] as const;
    }),
  );
  return {
    event: fields.get("event") ?? "",
    id: fields.get("id") ?? "",
    data: JSON.parse(fields.get("data") ?? "{}"),
  };
}

describe("GET /events", () => {
  const cleanUp = new AsyncDisposableStack();
  let harness: Harness;
  let second: ServerProcess;
  beforeAll(async () => {
    const postgres = cleanUp.use(await postgresFromEnvironment());
    harness = cleanUp.use(await startHarness({ postgres }));
    second = cleanUp.use(await startServerProcess(harness.environment()));
  });
  afterAll(() => cleanUp.disposeAsync());

  /** The same browser at the second instance. */
  function atSecond(client: AdminClient): Pick<AdminClient, "fetch"> {
    const browser = openPages(second.baseUrl);
    for (const [name, value] of client.cookies) browser.cookies.set(name, value);
    return browser;
  }

  async function send(key: string, baseUrl = harness.server.baseUrl): Promise<string> {
    const answer = await callApi(baseUrl, {
      path: "/api/v1/messages",
      key,
      body: { to: "+14155550123", text: SECRET_TEXT },
    });
    assertEquals(answer.status, 201);
    return answer.json.data.message_id;
  }

  it("a send is told on both instances within two seconds, with ids and status and nothing else", async () => {
    const client = await signIn(harness);
    await using here = await Reader.open(client);
    await using there = await Reader.open(atSecond(client));
    assertEquals(here.response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    assertEquals(here.response.headers.get("cache-control"), "no-store, no-transform");
    const id = await send(client.account.key.key);
    for (const reader of [here, there]) {
      const created = await reader.waitForStatus(id, "pending");
      const sent = await reader.waitForStatus(id, "sent");
      assertEquals([created.event, sent.event], ["message", "message"]);
      assertEquals(Object.keys(sent.data).sort(), [
        "change",
        "conversation_id",
        "direction",
        "id",
        "status",
      ]);
      assertEquals([created.data.change, sent.data.change], ["created", "status"]);
      assertEquals([created.data.direction, sent.data.direction], ["outbound", "outbound"]);
      assert(!/Nobody|1415555|wamid/.test(reader.text), reader.text);
    }
  });

  it("a status that Meta tells one instance is told on the other", async () => {
    const client = await signIn(harness);
    const id = await send(client.account.key.key);
    const [row] = await harness.query<{ wamid: string }>(
      "select wamid from messages where id = $1",
      [id],
    );
    await using there = await Reader.open(atSecond(client));
    const status = statusItem("delivered", { id: row?.wamid ?? newWamid() });
    const body = bodyOf(entryOf(client.account, { statuses: [status] }));
    await postCallback(harness.server.baseUrl, body, { secret: client.account.appSecret });
    await there.waitForStatus(id, "delivered");
  });

  it("a stream tells neither of another account nor of the other mode", async () => {
    const [client, other] = [await signIn(harness), await signIn(harness)];
    await using live = await Reader.open(client);
    await using test = await Reader.open(client, "/events?mode=test");
    const others = await send(other.account.key.key);
    const liveId = await send(client.account.key.key);
    const testId = await send(client.account.testKey.key);
    await live.waitForStatus(liveId, "sent");
    await test.waitForStatus(testId, "read");
    for (const [reader, own] of [[live, liveId], [test, testId]] as const) {
      const told = new Set(reader.events.flatMap(({ data }) => data.id ?? []));
      assertEquals([...told], [own]);
      assert(!reader.text.includes(others));
    }
  });

  it("each change is told once to a stream that was open", async () => {
    const client = await signIn(harness);
    await using reader = await Reader.open(client);
    const told = () => reader.events.flatMap(({ data }) => data.id === undefined ? [] : [data]);
    // Each look begins again where the account was some seconds ago.
    const ids = [];
    for (let count = 0; count < 3; count++) {
      const id = await send(client.account.key.key);
      await reader.waitForStatus(id, "sent");
      ids.push(id);
    }
    assertEquals(
      told().map(({ id, status }) => `${id} ${status}`),
      ids.flatMap((id) => [`${id} pending`, `${id} sent`]),
    );
  });

  it("a page that comes back is told what it missed, and that it missed more than is known", async () => {
    const client = await signIn(harness);
    const before = Date.now();
    const id = await send(client.account.key.key);
    await using byQuery = await Reader.open(client, `/events?since=${before}`);
    await byQuery.waitForStatus(id, "sent");
    await using byHeader = await Reader.open(client, "/events?since=1", {
      "last-event-id": String(before),
    });
    await byHeader.waitForStatus(id, "sent");
    await using late = await Reader.open(client, `/events?since=${before - 120_000}`);
    await late.waitFor(({ event }) => event === "gap");
    await using wrong = await Reader.open(client, "/events?since=yesterday");
    assertEquals(wrong.response.status, 200);
  });

  it("nothing is told after the session was signed out, revoked or has expired, and the stream ends", async () => {
    const endings: [string, (client: AdminClient) => Promise<unknown>][] = [
      ["signed out", (client) => client.post("/logout")],
      [
        "revoked",
        ({ sessionId }) => harness.query("delete from sessions where id = $1", [sessionId]),
      ],
      ["expired", ({ sessionId }) =>
        harness.query(
          "update sessions set expires_at = now() - interval '1 second' where id = $1",
          [sessionId],
        )],
    ];
    await Promise.all(endings.map(async ([, end]) => {
      const client = await signIn(harness);
      await using reader = await Reader.open(client);
      await end(client);
      const id = await send(client.account.key.key);
      await reader.waitFor(({ event }) => event === "end");
      await reader.ended;
      assert(!reader.text.includes(id));
    }));
  });

  it("nobody without a session gets a stream, and HEAD gets none either", async () => {
    const signedOut = await openPages(harness.server.baseUrl).fetch("/events");
    await signedOut.body?.cancel();
    assertEquals(signedOut.status, 303);
    const client = await signIn(harness);
    const head = await client.fetch("/events", { method: "HEAD" });
    assertEquals([head.status, head.body], [200, null]);
  });

  it("a session has at most eight streams, and a closed one makes room", async () => {
    const client = await signIn(harness);
    await using stack = new AsyncDisposableStack();
    const readers = [];
    for (let count = 0; count < 8; count++) readers.push(stack.use(await Reader.open(client)));
    const refused = await client.fetch("/events");
    assertEquals([refused.status, refused.headers.get("retry-after")], [429, "30"]);
    await refused.body?.cancel();
    await readers[0]?.[Symbol.asyncDispose]();
    let next = await client.fetch("/events");
    while (next.status === 429) {
      await next.body?.cancel();
      next = await client.fetch("/events");
    }
    assertEquals(next.status, 200);
    await next.body?.cancel();
  });

  it("a server that stops does not wait for its streams", async () => {
    const client = await signIn(harness);
    await using third = await startServerProcess(harness.environment());
    const browser = openPages(third.baseUrl);
    for (const [name, value] of client.cookies) browser.cookies.set(name, value);
    await using reader = await Reader.open(browser);
    assertEquals(await third.stop(), 0);
    await reader.ended;
  });
});
