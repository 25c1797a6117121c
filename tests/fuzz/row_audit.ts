/** Compares, now and then in a run, what is in the database and what Meta was told with what was answered. */
import { contentsOf, findRowProblems, Ledger } from "@/tests/fuzz/ledger.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import type { Harness } from "@/tests/helpers/harness.ts";

type Surroundings = Pick<Harness, "query" | "simulator">;

/** A send whose result is not stored by its lease's end is swept; that end is 12 s after its start. */
const SETTLE_MS = 20_000;

const TABLES: Record<string, string> = {
  "messages sent": "messages where direction = 'outbound'",
  "messages received": "messages where direction = 'inbound'",
  contacts: "contacts",
  conversations: "conversations",
  "idempotency keys": "idempotency_keys",
};

/** The audit of one run. */
export class RowAudit {
  readonly ledger: Ledger;
  readonly #harness: Surroundings;
  /** An account of which nothing may change, and what it has. */
  readonly #untouched: { accountId: string; contents: string };

  private constructor(
    harness: Surroundings,
    parts: { ledger: Ledger; untouched: { accountId: string; contents: string } },
  ) {
    this.#harness = harness;
    this.ledger = parts.ledger;
    this.#untouched = parts.untouched;
  }

  /** Takes what there is as given. */
  static async start(
    harness: Surroundings,
    options: { untouched: string },
  ): Promise<RowAudit> {
    const ledger = new Ledger();
    await ledger.open(harness);
    const accountId = options.untouched;
    const contents = await contentsOf(harness, accountId);
    return new RowAudit(harness, { ledger, untouched: { accountId, contents } });
  }

  /** What does not agree, each in a sentence; for when every request has its answer. */
  async findProblems(): Promise<string[]> {
    const { query, simulator } = this.#harness;
    const isSettled = await eventually(async () => {
      const rows = await query("select 1 from messages where status = 'pending' limit 1");
      return rows.length === 0;
    }, SETTLE_MS).catch(() => false);
    const received = simulator.received();
    simulator.clear();
    const { accountId, contents } = this.#untouched;
    const isUntouched = await contentsOf(this.#harness, accountId) === contents;
    return [
      ...(isSettled ? [] : ["Messages are still pending long after their requests were answered"]),
      ...(isUntouched ? [] : ["Something of an account changed whose keys nobody has used"]),
      ...this.ledger.findStrangers(received),
      ...await findRowProblems(this.#harness, this.ledger),
    ];
  }

  /** How many rows there are, by what they are. */
  async countRows(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const [name, rows] of Object.entries(TABLES)) {
      const [row] = await this.#harness.query<{ count: number }>(
        `select count(*)::int as count from ${rows}`,
      );
      counts.set(name, row?.count ?? 0);
    }
    return counts;
  }
}
