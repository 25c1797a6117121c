/**
 * Gathers what many requests want of the database at the same moment into one statement: one round trip, one
 * transaction and one flush to the disk for all of them. What comes while a statement is under way goes together into
 * the next one, so that nobody waits for others when there is little to do, and under load a statement does much. The
 * next one starts when the one before has ended, or has taken long: one that hangs does not hold up the others.
 */
import type { Sql } from "@/db/connect.ts";
import { bounded, DatabaseUnavailableError } from "@/db/errors.ts";
import type { Lanes } from "@/db/lanes.ts";
import { forNobody, observed } from "@/db/observe_statements.ts";
import { limitTime } from "@/db/time_limits.ts";

/** What is done together, and how. */
export interface BatcherOptions<Input, Output> {
  /** Of the statement, as nameStatement() would name it. */
  name: string;
  lanes: Lanes;
  /** The pool, for what has to be done one by one. */
  sql: Sql;
  /**
   * The statement: outputs in the order of the inputs. It does all or, when it fails, nothing. A batch should not wait
   * long for a row that somebody holds (`isAlone` false): its inputs are then done each alone.
   */
  run: (sql: Sql, inputs: Input[], options: { isAlone: boolean }) => Promise<Output[]>;
  /** How long a statement may take. */
  timeoutMs: number;
  /** A statement takes inputs up to this many, or up to this size in all, and always one. */
  maxInputs: number;
  maxSize: number;
  sizeOf: (input: Input) => number;
}

/** A statement that takes longer than most: the next one does not wait for its end. */
const LONG_MS = 25;
/** How many statements may be under way. */
const STATEMENTS_AT_ONCE = 4;

interface Waiting<Input, Output> {
  input: Input;
  output: PromiseWithResolvers<Output>;
}

/** Does things together. */
export class Batcher<Input, Output> {
  readonly #options: BatcherOptions<Input, Output>;
  #waiting: Waiting<Input, Output>[] = [];
  #underWay = 0;
  /** What is being done and has not yet taken long. */
  #awaited: Waiting<Input, Output>[] | null = null;

  constructor(options: BatcherOptions<Input, Output>) {
    this.#options = options;
  }

  /**
   * Resolves with the output for this input.
   *
   * @throws DatabaseUnavailableError, or what the statement throws when it runs for this input alone
   */
  do(input: Input): Promise<Output> {
    const output = Promise.withResolvers<Output>();
    this.#waiting.push({ input, output });
    this.#next();
    return observed(this.#options.name, output.promise);
  }

  async #next(): Promise<void> {
    const mayStart = this.#awaited === null && this.#underWay < STATEMENTS_AT_ONCE;
    if (!mayStart || this.#waiting.length === 0) return;
    const batch = this.#take();
    this.#awaited = batch;
    this.#underWay++;
    const goOn = () => {
      if (this.#awaited === batch) this.#awaited = null;
      this.#next();
    };
    const limit = limitTime(LONG_MS, goOn);
    await this.#runTogether(batch);
    limit.clear();
    this.#underWay--;
    goOn();
  }

  #take(): Waiting<Input, Output>[] {
    const { maxInputs, maxSize, sizeOf } = this.#options;
    let size = 0;
    let count = 0;
    for (const { input } of this.#waiting) {
      size += sizeOf(input);
      if (count > 0 && (count === maxInputs || size > maxSize)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /** Never throws. */
  async #runTogether(batch: Waiting<Input, Output>[]): Promise<void> {
    const { lanes, run, timeoutMs } = this.#options;
    const lane = lanes.take();
    const inputs = batch.map(({ input }) => input);
    try {
      const outputs = await forNobody(() =>
        bounded(run(lane, inputs, { isAlone: false }), timeoutMs)
      );
      lanes.giveBack(lane);
      batch.forEach(({ output }, index) => output.resolve(outputs[index] as Output));
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) {
        // Its statement may still be under way.
        lanes.discard(lane);
        for (const { output } of batch) output.reject(error);
        return;
      }
      lanes.giveBack(lane);
      for (const one of batch) this.#runAlone(one);
    }
  }

  async #runAlone({ input, output }: Waiting<Input, Output>): Promise<void> {
    const { sql, run, timeoutMs } = this.#options;
    try {
      const [result] = await forNobody(() =>
        bounded(run(sql, [input], { isAlone: true }), timeoutMs)
      );
      output.resolve(result as Output);
    } catch (error) {
      output.reject(error);
    }
  }
}
