/**
 * One request to Meta and its answer, as undici's dispatcher tells of them. Observes whether undici has begun to write the
 * request: the proof behind "never written". An error code alone proves less, as a timeout or a reset can strike while
 * a request still waits for its connection. undici calls `onRequestStart` right before the first byte, and over
 * HTTP/1.1 at most once for a request.
 */
import type { Dispatcher } from "undici";
import type { GraphResponse } from "@/lib/meta/transport.ts";

/** What undici is given along with a request; `answer` is the outcome. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal;
  readonly #answer = Promise.withResolvers<GraphResponse>();
  readonly #chunks: Uint8Array[] = [];
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #headers: Record<string, string> = {};
  /** True from just before the first byte may have gone out. */
  written = false;

  /** @param signal ends the exchange; its reason becomes the error */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort);
  }

  /** The whole answer. Rejects when the exchange ends without one. */
  get answer(): Promise<GraphResponse> {
    return this.#answer.promise;
  }

  /** The request was not even handed over. */
  fail(error: unknown): void {
    this.#end();
    this.#answer.reject(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // undici has written nothing yet, and having seen the abort in here it never will.
    if (this.#signal.aborted) return controller.abort(this.#signal.reason);
    this.#controller = controller;
    this.written = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // An interim answer (RFC 9110, section 15.2); the real one follows.
    if (status < 200) return;
    this.#status = status;
    for (const [name, value] of Object.entries(headers)) {
      if (value === undefined) continue;
      this.#headers[name] = Array.isArray(value) ? value.join(", ") : value;
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end();
    const text = this.#chunks.length === 1
      ? decoder.decode(this.#chunks[0])
      : decoder.decode(concatenate(this.#chunks));
    this.#answer.resolve({ status: this.#status, headers: this.#headers, text });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  readonly #onAbort = (): void => {
    if (this.#controller !== null) this.#controller.abort(this.#signal.reason);
    // It still waits for a connection; see `onRequestStart`.
    else this.fail(this.#signal.reason);
  };

  #end(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}

const decoder = new TextDecoder();

function concatenate(chunks: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}
