/**
 * Clients as the documentation asks them to be: each message has a key of its own, and whatever is lost or may be
 * repeated is repeated with the same key, at whichever server. Some hang up too early, some ask twice at once.
 */
import { Agent } from "undici";
import type { ClientAnswer, PlannedSend } from "@/tests/chaos/evidence.ts";
import { seededRandom } from "@/tests/simulator/faults.ts";

/** How often a client tries before it leaves the rest for later. */
const MAX_TRIES = 80;
const WAIT_MS = { least: 50, most: 400 };
const HANG_UP_SHARE = 0.03;
const TWICE_SHARE = 0.05;
/** Well above the deadline of a send: a request that takes longer hangs. */
const CLIENT_TIMEOUT_MS = 20_000;

/** Who sends, and where. */
export interface ClientOptions {
  key: string;
  serverCount: number;
  urlOf(server: number): string;
  seed: number;
  /** On the clock of `performance.now()`. */
  startedAt: number;
}

/** The clients of a run. */
export class Clients implements AsyncDisposable {
  readonly answers: ClientAnswer[] = [];
  readonly #options: ClientOptions;
  readonly #agent = new Agent({ connections: 128, pipelining: 1 });

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Sends all of them, so many at a time. Unruly clients hang up too early, and ask twice at once. */
  async sendAll(
    sends: readonly PlannedSend[],
    options: { concurrency: number; isUnruly: boolean },
  ): Promise<void> {
    const queue = sends.values();
    const work = async () => {
      for (const send of queue) await this.#sendUntilFinal(send, options);
    };
    await Promise.all(Array.from({ length: options.concurrency }, work));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  async #sendUntilFinal(
    send: PlannedSend,
    { isUnruly }: { isUnruly: boolean },
  ): Promise<void> {
    const { seed } = this.#options;
    const random = seededRandom(seed ^ (Number(send.key.split("-").at(-1)) * 2_654_435_761));
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const server = Math.floor(random() * this.#options.serverCount);
      const hangsUp = random() < HANG_UP_SHARE && isUnruly;
      const asksTwice = random() < TWICE_SHARE && isUnruly;
      const hangsUpAfter = hangsUp ? random() * 100 : null;
      const answers = await Promise.all([
        this.#post(send, { server, hangsUpAfter }),
        ...(asksTwice ? [this.#post(send, { server: server + 1, hangsUpAfter: null })] : []),
      ]);
      if (answers.some(isFinal)) return;
      await wait(WAIT_MS.least + random() * (WAIT_MS.most - WAIT_MS.least));
    }
  }

  async #post(
    send: PlannedSend,
    options: { server: number; hangsUpAfter: number | null },
  ): Promise<ClientAnswer> {
    const { key, urlOf, serverCount, startedAt } = this.#options;
    const began = performance.now() - startedAt;
    const answer: ClientAnswer = {
      key: send.key,
      startedAt: began,
      endedAt: began,
      status: null,
      code: null,
      ids: null,
      replayed: false,
      retryable: null,
      messageId: null,
      text: null,
    };
    try {
      const { statusCode, headers, body } = await this.#agent.request({
        origin: urlOf(options.server % serverCount),
        path: "/api/v1/messages",
        method: "POST",
        headers: {
          authorization: `Bearer ${key}`,
          "content-type": "application/json",
          "idempotency-key": send.key,
        },
        body: JSON.stringify({ to: send.to, text: send.text }),
        signal: AbortSignal.timeout(options.hangsUpAfter ?? CLIENT_TIMEOUT_MS),
      });
      const text = await body.text();
      answer.status = statusCode;
      answer.replayed = headers["idempotent-replayed"] === "true";
      readBody(answer, text);
    } catch (error) {
      answer.text = String(error);
    }
    answer.endedAt = performance.now() - startedAt;
    this.answers.push(answer);
    return answer;
  }
}

/** The last answer of each key, in the order of the sends. */
export function lastAnswers(answers: readonly ClientAnswer[]): Map<string, ClientAnswer> {
  return new Map(answers.map((answer) => [answer.key, answer]));
}

/** Whether a client leaves it at this answer while the run goes on. */
export function isFinal({ status, retryable }: ClientAnswer): boolean {
  return status !== null && retryable !== true;
}

function readBody(answer: ClientAnswer, text: string): void {
  try {
    const { data, error } = JSON.parse(text);
    answer.ids = answer.status === 201 ? data : null;
    answer.code = error?.code ?? null;
    answer.retryable = error?.retryable ?? null;
    answer.messageId = error?.details?.message_id ?? null;
    if (answer.ids === null && answer.code === null) answer.text = text;
    if (answer.status === 500) answer.text = text;
  } catch {
    answer.text = text;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
