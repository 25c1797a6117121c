/** Whether the server is well, as it says itself: it runs, answers, and has logged nothing but what requests deserve. */
import { eventually } from "@/tests/helpers/eventually.ts";
import type { ServerProcess } from "@/tests/helpers/server_process.ts";

/** Warnings that a caller may cause. */
const DESERVED = new Set([
  "webhook_signature_refused",
  "send_not_accepted",
  // Two identities of a fuzzed webhook may well be those of two people.
  "contact_identity_taken",
  // A slow machine suffices. That the server is ready in the end is looked at by itself.
  "not_ready",
]);

/** What the product says of a signed event that makes no sense; any other TypeError is a fault of its own. */
const MALFORMED = /^The \w+ (names|has|is not) /;

const MAX_SHOWN = 10;

/** Reads a server's log from where the last look ended. */
export class HealthWatch {
  readonly #server: ServerProcess;
  #seen: number;
  #exit: string | null = null;

  constructor(server: ServerProcess) {
    this.#server = server;
    this.#seen = server.lines.length;
    server.status.then(({ code }) => {
      this.#exit = `The server ended by itself with code ${code}`;
    });
  }

  /** What is wrong, each in a sentence; nothing if the server is well. */
  async findProblems(): Promise<string[]> {
    const problems = this.#server.lines.slice(this.#seen).flatMap(judgeLine).slice(0, MAX_SHOWN);
    this.#seen = this.#server.lines.length;
    if (this.#exit !== null) return [...problems, this.#exit];
    return [...problems, ...await this.#findUnreadiness()];
  }

  async #findUnreadiness(): Promise<string[]> {
    let answer = "no answer";
    const isReady = async () => {
      const response = await fetch(`${this.#server.baseUrl}/readyz`);
      answer = `${response.status} ${await response.text()}`;
      return response.status === 200;
    };
    return await eventually(isReady).then(() => [], () => [`/readyz says in the end: ${answer}`]);
  }
}

/** What is wrong with a line of the log. */
export function judgeLine(text: string): string[] {
  const line = parse(text);
  if (line === null) return [`Not a line of the log: ${text}`];
  const isFine = line.level === "info" || line.level === "debug" ||
    (line.level === "warn" && DESERVED.has(String(line.event))) ||
    (line.event === "event_not_applied" && isMalformedEvent(line.error));
  return isFine ? [] : [`The server logged ${text}`];
}

function isMalformedEvent(error: unknown): boolean {
  const { name, message } = error as { name?: unknown; message?: unknown };
  return name === "ZodError" || (name === "TypeError" && MALFORMED.test(String(message)));
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
