/**
 * Which fault a call to Meta meets. It depends on the seed, the message and how often it was tried, and on nothing
 * else, so that the same seed makes the same trouble in whatever order things happen.
 */
import type { Fault, FaultTarget } from "@/tests/simulator/faults.ts";

/** Of a thousand calls, this many meet the fault. */
const FAULTS: readonly (readonly [perMille: number, name: string, fault: Fault])[] = [
  [60, "slow answer", { kind: "delay", ms: 300 }],
  [12, "reset after reading, taken", { kind: "resetAfterRead" }],
  [8, "reset after reading, not taken", { kind: "resetAfterRead", taken: false }],
  [8, "closed after reading", { kind: "closeAfterRead" }],
  [6, "half an answer", { kind: "halfStatusLine" }],
  [10, "502 without a body, not taken", { kind: "status5xxWithoutBody" }],
  [6, "503 without a body, taken", { kind: "status5xxWithoutBody", status: 503, taken: true }],
  [6, "half a JSON text", { kind: "malformedJson" }],
  [40, "throttled", { kind: "throttle", code: 130429 }],
  [10, "throttled with 429", { kind: "throttle", code: 80007, status: 429, retryAfterSeconds: 1 }],
  [6, "pair limit", { kind: "metaError", code: 131056 }],
  [10, "refused", { kind: "metaError", code: 131026 }],
  [6, "Meta's own fault, taken", { kind: "metaError", code: 131000, status: 500, taken: true }],
  [4, "never answered, taken", { kind: "neverAnswer" }],
  [3, "never answered, not taken", { kind: "neverAnswer", taken: false }],
];

/** Only a reused connection can be cut before an answer in these ways. */
const CUTS: readonly (readonly [perMille: number, name: string, fault: Fault])[] = [
  [10, "reused connection reset", { kind: "cutReusedConnection", how: "reset" }],
  [10, "reused connection closed", { kind: "cutReusedConnection", how: "close" }],
];

const REFUSALS = new Set(["throttled", "throttled with 429", "pair limit", "refused"]);
const NAMES = new Map([...FAULTS, ...CUTS].map(([, name, fault]) => [fault, name]));

/** The name of a fault that this module chose. */
export function nameOfFault(fault: Fault): string {
  return NAMES.get(fault) ?? fault.kind;
}

/** Whether its answer says for certain that Meta did not take the message. */
export function isRefusal(fault: Fault): boolean {
  return REFUSALS.has(nameOfFault(fault));
}

/** The text of a request to send a text, or null. */
export function textOf(body: Record<string, unknown> | null): string | null {
  const text = body?.text;
  if (typeof text !== "object" || text === null || !("body" in text)) return null;
  return typeof text.body === "string" ? text.body : null;
}

/** Chooses for a simulator: pass the result to `faults.choose`. */
export function chooseMetaFaults(seed: number): (target: FaultTarget) => Fault | null {
  const tries = new Map<string, number>();
  return (target) => {
    const text = textOf(target.body);
    if (text === null) return null;
    const nth = (tries.get(text) ?? 0) + 1;
    tries.set(text, nth);
    let rest = hash(`${seed} ${text} ${nth}`) % 1000;
    const choice = target.requestIndexOnConnection > 0 ? [...FAULTS, ...CUTS] : FAULTS;
    for (const [perMille, , fault] of choice) {
      if (rest < perMille) return fault;
      rest -= perMille;
    }
    return null;
  };
}

/** FNV-1a with a last mix, so that texts that differ in one digit fall apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  return (value ^ (value >>> 15)) >>> 0;
}
