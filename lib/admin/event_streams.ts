/**
 * The open answers of `GET /events`: server-sent events about the messages of one account, with ids and statuses and
 * nothing else. A stream belongs to one session and ends with it. The process ends all of them before it waits for open
 * requests, because a stream would never end by itself.
 */
import type { Sql } from "@/db/connect.ts";
import { listMessageChangesSince, type MessageChange } from "@/db/message_changes.ts";
import { isSessionAlive } from "@/db/sessions.ts";
import type { LiveFeed } from "@/lib/admin/live_feed.ts";
import type { Logger } from "@/lib/log.ts";

/** Whose stream it is. */
export interface EventStreamRequest {
  accountId: string;
  sessionId: string;
  /** Told from here on; null: from now on. */
  since: Date | null;
}

/** More open pages than a browser shows at a time. */
const MOST_PER_SESSION = 8;
const SESSION_CHECK_MS = 15_000;
/** Changes are rolled up, and gone, after a minute. */
const OLDEST_SINCE_MS = 45_000;
/** Clocks differ, and a page is made a little before its stream begins. */
const SINCE_MARGIN_MS = 3_000;
const MOST_MISSED = 500;
/** A reader that lets so many events wait is cut off; its browser comes again. */
const MOST_WAITING = 1_000;

/** All streams of a process. */
export class EventStreams {
  readonly #sql: Sql;
  readonly #log: Logger;
  readonly #feed: LiveFeed;
  readonly #open = new Map<string, Set<EventStream>>();
  #closed = false;

  constructor(options: { sql: Sql; log: Logger; feed: LiveFeed }) {
    this.#sql = options.sql;
    this.#log = options.log;
    this.#feed = options.feed;
  }

  /** How many are open. */
  get size(): number {
    return [...this.#open.values()].reduce((sum, ofSession) => sum + ofSession.size, 0);
  }

  /** Begins a stream; null if the session has as many as it may have, or the process is about to end. */
  open(request: EventStreamRequest): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    const ofSession = this.#open.get(request.sessionId) ?? new Set();
    if (this.#closed || ofSession.size >= MOST_PER_SESSION) return null;
    const stream = new EventStream(request, {
      sql: this.#sql,
      log: this.#log,
      feed: this.#feed,
      onEnd: () => {
        ofSession.delete(stream);
        if (ofSession.size === 0) this.#open.delete(request.sessionId);
      },
    });
    ofSession.add(stream);
    this.#open.set(request.sessionId, ofSession);
    return stream.readable;
  }

  /** Ends all streams and opens no more. */
  async close(): Promise<void> {
    this.#closed = true;
    const streams = [...this.#open.values()].flatMap((ofSession) => [...ofSession]);
    await Promise.all(streams.map((stream) => stream.end()));
  }
}

interface Parts {
  sql: Sql;
  log: Logger;
  feed: LiveFeed;
  onEnd: () => void;
}

class EventStream {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #request: EventStreamRequest;
  readonly #parts: Parts;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
  #unwatch: (() => void) | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  /** One after the other, so that nothing is told before the session was checked. */
  #work: Promise<void> = Promise.resolve();

  constructor(request: EventStreamRequest, parts: Parts) {
    this.#request = request;
    this.#parts = parts;
    this.readable = new ReadableStream({
      start: (controller) => this.#begin(controller),
      cancel: () => this.#stop(),
    }, { highWaterMark: MOST_WAITING });
  }

  /** Ends the stream from our side; resolves when nothing of it is under way. */
  async end(): Promise<void> {
    this.#finish();
    await this.#work;
  }

  #begin(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): void {
    this.#controller = controller;
    this.#send("tick", {});
    const { accountId } = this.#request;
    this.#unwatch = this.#parts.feed.watch(accountId, (changes) => this.#tell(changes));
    this.#timer = setInterval(() => this.#do(() => this.#tick()), SESSION_CHECK_MS);
    this.#do(() => this.#tellMissed());
  }

  /** What happened between the page, or the last event, and now. Some of it may be told twice. */
  async #tellMissed(): Promise<void> {
    const { accountId, since } = this.#request;
    if (since === null) return;
    if (since.getTime() < Date.now() - OLDEST_SINCE_MS) return this.#send("gap", {});
    const changes = await listMessageChangesSince(this.#parts.sql, {
      accountId,
      since: new Date(since.getTime() - SINCE_MARGIN_MS),
      limit: MOST_MISSED,
    });
    if (changes.length >= MOST_MISSED) return this.#send("gap", {});
    for (const change of changes) this.#send("message", toEvent(change));
  }

  #tell(changes: MessageChange[]): void {
    this.#do(async () => {
      await this.#endWithSession();
      for (const change of changes) this.#send("message", toEvent(change));
    });
  }

  /** Also keeps proxies from ending a connection that is silent for long. */
  async #tick(): Promise<void> {
    await this.#endWithSession();
    this.#send("tick", {});
  }

  async #endWithSession(): Promise<void> {
    if (await isSessionAlive(this.#parts.sql, this.#request.sessionId)) return;
    this.#send("end", {});
    this.#finish();
  }

  #do(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#controller === null) return;
      try {
        await step();
      } catch (error) {
        // The database is away: the browser comes again, and says since when.
        this.#parts.log.warn("event_stream_failed", { error });
        this.#finish();
      }
    });
  }

  #send(event: "message" | "tick" | "gap" | "end", data: object): void {
    const controller = this.#controller;
    if (controller === null) return;
    if ((controller.desiredSize ?? 0) <= 0) return this.#finish();
    const text = `event: ${event}\nid: ${Date.now()}\ndata: ${JSON.stringify(data)}\n\n`;
    controller.enqueue(this.#encoder.encode(text));
  }

  #finish(): void {
    this.#controller?.close();
    this.#stop();
  }

  #stop(): void {
    if (this.#controller === null) return;
    this.#controller = null;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#unwatch?.();
    this.#parts.onEnd();
  }
}

function toEvent(change: MessageChange): object {
  return {
    id: change.message_id,
    conversation_id: change.conversation_id,
    status: change.to_status,
    direction: change.direction,
    change: change.from_status === null ? "created" : "status",
  };
}
