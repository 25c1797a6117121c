/**
 * The faults that the simulator can inject and the plan that decides which
 * request meets which: queued for the next requests, matched by a predicate, or
 * at a rate with a seeded random. How a fault looks on the wire is
 * fault_actions.ts's.
 */

/** How a reused connection is cut. */
export type Cut = "reset" | "close" | "halfStatusLine";

/**
 * One way to misbehave. `taken` says whether the sandbox takes the message
 * before the fault; each kind has its own default (see TAKEN_BY_DEFAULT).
 */
export type Fault = { taken?: boolean } & FaultKind;

type FaultKind =
  /** Answers normally, but only after `ms`. */
  | { kind: "delay"; ms: number }
  /** RST or FIN when the head has arrived, without reading the body. */
  | { kind: "resetBeforeRead" }
  | { kind: "closeBeforeRead" }
  /** RST or FIN once the body was read whole. */
  | { kind: "resetAfterRead" }
  | { kind: "closeAfterRead" }
  /**
   * Answers the first request of a connection normally; reads a later one
   * whole, then cuts the connection.
   */
  | { kind: "cutReusedConnection"; how: Cut }
  /** Sends "HTTP/1.1 2" and closes. */
  | { kind: "halfStatusLine" }
  | { kind: "status5xxWithoutBody"; status?: number }
  /** Half of a JSON text, by default with status 200. */
  | { kind: "malformedJson"; status?: number }
  | {
    kind: "throttle";
    code: number;
    status?: number;
    retryAfterSeconds?: number;
  }
  | { kind: "redirect"; status?: number; location: string }
  | {
    kind: "metaError";
    code: number;
    status?: number;
    subcode?: number;
    details?: string;
  }
  /** Keeps the connection open without a word. */
  | { kind: "neverAnswer" }
  /** A valid answer padded to `bytes`, by default 2 MiB. */
  | { kind: "hugeAnswer"; bytes?: number }
  /** Answers exactly this. */
  | { kind: "answer"; status: number; body: string; headers?: Record<string, string> };

/** Whether a request's message is taken before the fault shows. */
const TAKEN_BY_DEFAULT: Record<FaultKind["kind"], boolean> = {
  delay: true,
  resetBeforeRead: false,
  closeBeforeRead: false,
  resetAfterRead: true,
  closeAfterRead: true,
  cutReusedConnection: true,
  halfStatusLine: true,
  status5xxWithoutBody: false,
  malformedJson: true,
  throttle: false,
  redirect: false,
  metaError: false,
  neverAnswer: true,
  hugeAnswer: true,
  answer: false,
};

/** Tells whether a request that meets this fault is handed to the sandbox. */
export function takesMessage(fault: Fault): boolean {
  return fault.taken ?? TAKEN_BY_DEFAULT[fault.kind];
}

/** Tells whether a fault strikes before the body is read. */
export function strikesBeforeRead(fault: Fault): boolean {
  return fault.kind === "resetBeforeRead" || fault.kind === "closeBeforeRead";
}

/** What a predicate sees of a request. */
export interface FaultTarget {
  path: string;
  /** The parsed JSON object; null when there was none. */
  body: Record<string, unknown> | null;
  /** 0 for the first request of its connection. */
  requestIndexOnConnection: number;
}

/** The plan of a simulator; change it at any time. */
export class FaultPlan {
  #queue: Fault[] = [];
  #rules: { matches: (target: FaultTarget) => boolean; fault: Fault }[] = [];
  #rate: { rate: number; faults: readonly Fault[]; random: () => number } | null = null;
  #choose: ((target: FaultTarget) => Fault | null) | null = null;

  /** The next `count` requests meet this fault. */
  next(fault: Fault, count = 1): void {
    for (let added = 0; added < count; added++) this.#queue.push(fault);
  }

  /** Every request that matches meets this fault, until `clear`. */
  when(matches: (target: FaultTarget) => boolean, fault: Fault): void {
    this.#rules.push({ matches, fault });
  }

  /** Asks about every request that is not queued for or matched, until `clear`. */
  choose(choose: (target: FaultTarget) => Fault | null): void {
    this.#choose = choose;
  }

  /** A share (0 to 1) of the other requests meets one of these faults. */
  atRate(rate: number, options: { seed: number; faults: readonly Fault[] }): void {
    this.#rate = {
      rate,
      faults: options.faults,
      random: seededRandom(options.seed),
    };
  }

  /** Forgets every fault. */
  clear(): void {
    this.#queue = [];
    this.#rules = [];
    this.#rate = null;
    this.#choose = null;
  }

  /** Takes the next queued fault if it strikes before the body is read. */
  takeBeforeRead(): Fault | null {
    const head = this.#queue[0];
    if (head === undefined || !strikesBeforeRead(head)) return null;
    return this.#queue.shift() ?? null;
  }

  /** Decides for a request that was read whole; null = answer normally. */
  take(target: FaultTarget): Fault | null {
    const head = this.#queue[0];
    if (head !== undefined) {
      // This fault needs a reused connection: it waits for one.
      const waits = head.kind === "cutReusedConnection" &&
        target.requestIndexOnConnection === 0;
      return waits ? null : this.#queue.shift() ?? null;
    }
    const rule = this.#rules.find(({ matches }) => matches(target));
    if (rule !== undefined) return rule.fault;
    if (this.#choose !== null) return this.#choose(target);
    if (this.#rate === null || this.#rate.random() >= this.#rate.rate) {
      return null;
    }
    const { faults, random } = this.#rate;
    return faults[Math.floor(random() * faults.length)] ?? null;
  }
}

/** The mulberry32 generator: the same numbers for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
