/**
 * The inside of a running simulator: serves connections one request after the
 * other, asks the fault plan about each, and logs what was read. Sockets are
 * opened and closed by simulator.ts.
 */
import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { isJsonObject, parseJson } from "@/lib/meta/meta_error.ts";
import {
  createSandbox,
  type Sandbox,
  type SandboxRecord,
  type SandboxResponse,
} from "@/lib/meta/sandbox.ts";
import { actOut, actOutFault, type Wire } from "@/tests/simulator/fault_actions.ts";
import { FaultPlan, takesMessage } from "@/tests/simulator/faults.ts";
import { HttpReader, type RequestHead } from "@/tests/simulator/http_reader.ts";
import { ReceivedLog, type ReceivedRequest } from "@/tests/simulator/received_log.ts";
import { SimulatedFiles } from "@/tests/simulator/simulated_files.ts";
import { type SimulatedNumber, SimulatedNumbers } from "@/tests/simulator/simulated_numbers.ts";

const DEFAULT_KEPT_RECORDS = 100_000;

interface Connection {
  id: number;
  reader: HttpReader;
  wire: Wire;
}

/** Everything a simulator keeps while it runs. */
export class SimulatorState {
  readonly faults = new FaultPlan();
  readonly numbers: SimulatedNumbers;
  readonly files = new SimulatedFiles();
  readonly log: ReceivedLog;
  readonly sockets = new Set<Socket>();
  readonly serving = new Set<Promise<void>>();
  readonly closing = new AbortController();
  records: SandboxRecord[] = [];
  connectionCount = 0;
  readonly #sandbox: Sandbox;
  readonly #now: () => number;
  #newestRecord: SandboxRecord | null = null;

  constructor(options: {
    phoneNumbers?: SimulatedNumber[];
    keepRecords?: number;
    now?: () => number;
  }) {
    const limit = options.keepRecords ?? DEFAULT_KEPT_RECORDS;
    this.#now = options.now ?? Date.now;
    this.numbers = new SimulatedNumbers(options.phoneNumbers ?? []);
    this.log = new ReceivedLog(limit);
    this.#sandbox = createSandbox({
      isKnownNumber: (id) => this.numbers.has(id),
      checkToken: (token, nodeId) => this.numbers.accepts(token, nodeId),
      describeNumber: (id) => this.numbers.describe(id),
      listNumbers: (wabaId) => this.numbers.listOf(wabaId),
      listWabaIds: (token) => this.numbers.wabaIdsOf(token),
      describeToken: (token) => this.numbers.tokenOf(token),
      checkApp: (app) => this.numbers.hasApp(app),
      listSubscribedApps: (wabaId) => this.numbers.appsOf(wabaId),
      subscribeApp: (wabaId, token) => this.numbers.subscribe(wabaId, token),
      registerNumber: (id, pin) => this.numbers.register(id, pin),
      now: this.#now,
      record: (record) => {
        this.#newestRecord = record;
        this.records.push(record);
        if (this.records.length > limit) this.records.shift();
      },
    });
  }

  /** Forgets requests and records. */
  clear(): void {
    this.log.clear();
    this.records = [];
  }

  /** Serves a connection until it ends; `serving` holds it meanwhile. */
  serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
    const reader = new HttpReader(socket);
    const wire = {
      socket,
      ended: reader.ended,
      wait: (ms: number) => this.#wait(ms),
    };
    this.connectionCount++;
    const served = this.#serveRequests({
      id: this.connectionCount,
      reader,
      wire,
    });
    this.serving.add(served);
    served.finally(() => this.serving.delete(served));
  }

  async #serveRequests(connection: Connection): Promise<void> {
    try {
      await this.#serveUntilEnd(connection);
    } finally {
      connection.wire.socket.end();
    }
  }

  async #serveUntilEnd(connection: Connection): Promise<void> {
    const { reader, wire } = connection;
    for (let index = 0;; index++) {
      const head = await reader.readHead();
      if (head === null) return;
      const early = this.faults.takeBeforeRead();
      if (early !== null) {
        await actOutFault(early, { wire, response: null });
        return;
      }
      const body = await reader.readBody(head);
      if (body === null) return;
      const goesOn = await this.#serveOne({ head, body, index }, connection);
      if (!goesOn) return;
    }
  }

  async #serveOne(
    request: { head: RequestHead; body: Buffer; index: number },
    connection: Connection,
  ): Promise<boolean> {
    const entry = this.#readEntry(request, connection.id);
    const fault = this.faults.take(entry);
    entry.fault = fault;
    const isForSandbox = !this.files.isFor(entry) && (fault === null || takesMessage(fault));
    const response = isForSandbox ? await this.#askSandbox(entry) : null;
    this.log.add(entry);
    if (fault === null && this.files.isFor(entry)) {
      return await this.files.answer(entry, connection.wire);
    }
    if (fault !== null) {
      return await actOutFault(fault, { wire: connection.wire, response });
    }
    return response === null ? false : await actOut(response, connection.wire);
  }

  #readEntry(
    request: { head: RequestHead; body: Buffer; index: number },
    connectionId: number,
  ): ReceivedRequest {
    const { head, index } = request;
    const url = new URL(head.target, "http://simulator");
    const rawBody = request.body.toString("utf8");
    const body = parseJson(rawBody);
    return {
      at: this.#now(),
      connectionId,
      requestIndexOnConnection: index,
      method: head.method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      authorization: head.headers.authorization ?? null,
      headers: head.headers,
      body: isJsonObject(body) ? body : null,
      rawBody,
      taken: false,
      wamid: null,
      fault: null,
    };
  }

  async #askSandbox(entry: ReceivedRequest): Promise<SandboxResponse> {
    const answering = this.#sandbox.handle({
      method: entry.method,
      path: entry.path.replace(/^\/v\d+\.\d+(?=\/)/, ""),
      query: entry.query,
      authorization: entry.authorization,
      body: entry.rawBody === "" ? null : entry.rawBody,
    });
    // The sandbox records before it returns its promise, so that no other
    // connection can have come in between.
    const record = this.#takeNewestRecord();
    entry.wamid = record?.wamid ?? null;
    entry.taken = entry.wamid !== null;
    return await answering;
  }

  #takeNewestRecord(): SandboxRecord | null {
    const record = this.#newestRecord;
    this.#newestRecord = null;
    return record;
  }

  #wait(ms: number): Promise<void> {
    const { signal } = this.closing;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", stop));
  }
}
