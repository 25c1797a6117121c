/**
 * Meta's webhooks during and after a run. While it goes on, some messages are reported soon, some of them twice; at the
 * end all that Meta took are, as Meta repeats what was not acknowledged.
 */
import { signatureHeader } from "@/lib/meta/webhook_signature.ts";
import { bodyOf, CALLBACK_PATH, entryOf, statusItem } from "@/tests/helpers/webhooks.ts";
import { seededRandom } from "@/tests/simulator/faults.ts";
import type { ReceivedRequest } from "@/tests/simulator/received_log.ts";
import type { World } from "@/tests/chaos/world.ts";

const REPORTED_EARLY = 0.3;
const REPORTED_TWICE = 0.2;
const BATCH = 50;
const INTERVAL_MS = 150;
const TIMEOUT_MS = 15_000;
const DIGITS = /\D/g;

/** Reports to random servers. */
export class MetaWebhooks {
  /** Callbacks that a server acknowledged. */
  acknowledged = 0;
  /** Callbacks that have to be repeated. */
  repeated = 0;
  readonly #world: World;
  readonly #random: () => number;

  constructor(world: World, options: { seed: number }) {
    this.#world = world;
    this.#random = seededRandom(options.seed);
  }

  /** Reports some of what Meta takes, until the signal. */
  async reportSome(signal: AbortSignal): Promise<void> {
    let seen = 0;
    while (!signal.aborted) {
      const received = this.#world.simulator.received();
      const early = received.slice(seen).filter((call) =>
        call.taken && this.#random() < REPORTED_EARLY
      );
      seen = received.length;
      await this.#report(early, ["sent"]);
      await this.#report(early.filter(() => this.#random() < REPORTED_TWICE), [
        "delivered",
        "sent",
      ]);
      await wait(INTERVAL_MS);
    }
  }

  /** Reports everything that Meta has taken. */
  async reportAll(): Promise<void> {
    await this.#report(this.#world.simulator.received().filter(({ taken }) => taken), ["sent"]);
  }

  async #report(calls: ReceivedRequest[], statuses: string[]): Promise<void> {
    for (let start = 0; start < calls.length; start += BATCH) {
      const items = calls.slice(start, start + BATCH).flatMap((call) =>
        statuses.map((status) => itemOf(call, status))
      );
      const body = new TextEncoder().encode(
        JSON.stringify(bodyOf(entryOf(this.#world.account, { statuses: items }))),
      );
      while (!await this.#post(body)) this.repeated++;
      this.acknowledged++;
    }
  }

  async #post(body: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const server = Math.floor(this.#random() * this.#world.serverCount);
    try {
      const answer = await fetch(`${this.#world.urlOf(server)}${CALLBACK_PATH}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-hub-signature-256": signatureHeader(this.#world.account.appSecret, body),
        },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await answer.body?.cancel();
      if (answer.status === 200) return true;
    } catch {
      // The server is down: Meta comes again.
    }
    await wait(INTERVAL_MS);
    return false;
  }
}

function itemOf(call: ReceivedRequest, status: string): Record<string, unknown> {
  return statusItem(status, {
    id: call.wamid ?? "",
    recipient_id: String(call.body?.to).replaceAll(DIGITS, ""),
    biz_opaque_callback_data: call.body?.biz_opaque_callback_data,
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
