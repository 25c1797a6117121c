/** One request's end: when its time is up, or when the caller's signal says so. */

/** A signal for `fetch` that ends with a time limit and with the caller's signal. */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #callerSignal: AbortSignal | undefined;
  readonly #onCallerAbort = () => this.#controller.abort(this.#callerSignal?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isTimedOut = false;

  constructor(ms: number, callerSignal: AbortSignal | undefined) {
    this.#callerSignal = callerSignal;
    if (callerSignal?.aborted) this.#onCallerAbort();
    callerSignal?.addEventListener("abort", this.#onCallerAbort);
    this.#timer = setTimeout(() => {
      this.#isTimedOut = true;
      this.#controller.abort(new Error("The time limit of the request was reached"));
    }, ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the time limit was what ended the request. */
  get isTimedOut(): boolean {
    return this.#isTimedOut;
  }

  /** From now on only the caller's signal ends it. */
  stopTimer(): void {
    clearTimeout(this.#timer);
  }

  /** The request is over: lets go of timer and signal. */
  release(): void {
    this.stopTimer();
    this.#callerSignal?.removeEventListener("abort", this.#onCallerAbort);
  }
}
