/**
 * The two statements of a send, each shared by the sends that come at the same time. Every send has its own outcome; one
 * that fails on its own account is done again alone, so that it spoils no other.
 */
import { Batcher } from "@/db/batcher.ts";
import type { Database } from "@/db/connect.ts";
import {
  type BeginSend,
  beginSends,
  type BegunSend,
  type FinishedSend,
  type FinishSend,
  finishSends,
} from "@/db/sends.ts";

const TIMEOUT_MS = 5_000;
const SENDS_A_STATEMENT = 50;
/** Characters, roughly. */
const STATEMENT_SIZE = 500_000;
/** A row that is held for longer holds up the sends to it alone. */
const LOCK_TIMEOUT_MS = 250;

/** The statements. */
export class SendStatements {
  readonly #begin: Batcher<BeginSend, BegunSend>;
  readonly #finish: Batcher<FinishSend, FinishedSend | null>;

  constructor(db: Pick<Database, "sql" | "lanes">) {
    const common = {
      sql: db.sql,
      lanes: db.lanes,
      timeoutMs: TIMEOUT_MS,
      maxInputs: SENDS_A_STATEMENT,
      maxSize: STATEMENT_SIZE,
    };
    this.#begin = new Batcher({
      ...common,
      name: "SELECT begin_sends",
      run: (sql, inputs, { isAlone }) => beginSends(sql, inputs, lockTimeout(isAlone)),
      sizeOf: ({ body, template }) =>
        (body?.length ?? 0) + (template === null ? 0 : JSON.stringify(template).length),
    });
    this.#finish = new Batcher({
      ...common,
      name: "SELECT finish_sends",
      run: (sql, inputs, { isAlone }) => finishSends(sql, inputs, lockTimeout(isAlone)),
      sizeOf: ({ error }) => error?.message.length ?? 0,
    });
  }

  /**
   * Stores a message as pending, or says why not.
   *
   * @throws DatabaseUnavailableError
   */
  begin(input: BeginSend): Promise<BegunSend> {
    return this.#begin.do(input);
  }

  /**
   * Stores what became of a message; null: there is no such message.
   *
   * @throws DatabaseUnavailableError
   */
  finish(input: FinishSend): Promise<FinishedSend | null> {
    return this.#finish.do(input);
  }
}

function lockTimeout(isAlone: boolean): { lockTimeoutMs: number | null } {
  return { lockTimeoutMs: isAlone ? null : LOCK_TIMEOUT_MS };
}
