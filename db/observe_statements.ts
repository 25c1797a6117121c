/**
 * Tells an observer of the statements that are done for a request, by names that hold no values. Without an observer,
 * which is the rule, a statement costs nothing more than it did. There is one for the process, as the driver has one
 * class for the queries of all its handles.
 */
import type { Sql } from "@/db/connect.ts";

/** Is told the end of a statement, and why it failed if it did. */
export type StatementEnd = (failure: unknown) => void;

/** Who wants to know. */
export interface StatementObserver {
  /** A statement begins; null: it is nobody's whom the observer watches. */
  begin(name: string): StatementEnd | null;
  /** Runs what is done for several requests, or for none, so that it is not taken for the work of the present one. */
  forNobody<Result>(run: () => Result): Result;
}

/** The driver's query, as far as it is needed here. */
interface Query {
  executed: boolean;
  /** The text between the values. */
  strings: readonly string[];
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
  handle(): Promise<void>;
}

let observer: StatementObserver | null = null;
const names = new WeakMap<readonly string[], string>();

/** From now on an observer is told of every statement of the driver. Called at most once in a process. */
export function observeStatements(sql: Sql, newObserver: StatementObserver): void {
  if (observer !== null) throw new Error("The statements have an observer already");
  observer = newObserver;
  // All queries share one class, which the driver does not export. This one is never executed.
  const prototype: Query = Object.getPrototypeOf(sql`select`);
  const { handle } = prototype;
  prototype.handle = function (this: Query) {
    const end = this.executed ? null : newObserver.begin(nameOf(this.strings));
    if (end !== null) {
      const { resolve, reject } = this;
      this.resolve = (result) => {
        end(null);
        resolve(result);
      };
      this.reject = (error) => {
        end(error);
        reject(error);
      };
    }
    return handle.call(this);
  };
}

/** Observes something that is one statement for whoever waits for it, although it is done together with others. */
export function observed<Result>(name: string, result: Promise<Result>): Promise<Result> {
  const end = observer?.begin(name) ?? null;
  if (end !== null) result.then(() => end(null), end);
  return result;
}

/** Runs what is done for several requests, or for none. */
export function forNobody<Result>(run: () => Result): Result {
  return observer === null ? run() : observer.forNobody(run);
}

function nameOf(strings: readonly string[]): string {
  const known = names.get(strings);
  if (known !== undefined) return known;
  const name = nameStatement(strings.join(" "));
  names.set(strings, name);
  return name;
}

/**
 * "SELECT messages" of a statement: what it does and the first table or function that it does it to. Comments and
 * strings are left out before, so that no value can become part of a name.
 */
export function nameStatement(text: string): string {
  const bare = text.replace(/--.*$/gm, " ").replace(/'(?:[^']|'')*'/g, "''").toLowerCase();
  const [, verb = ""] = /^\s*([a-z]+)/.exec(bare) ?? [];
  const change = /\b(insert\s+into|delete\s+from|update(?!\s+(?:of|skip|nowait)\b))\s+([a-z_]+)/
    .exec(bare);
  if (change !== null && (verb === "with" || change.index === bare.indexOf(verb))) {
    return `${change[1]?.split(/\s/)[0]?.toUpperCase()} ${change[2]}`;
  }
  const [, source] = /\bfrom\s+([a-z_]+)/.exec(bare) ?? [];
  if (source === undefined) return verb.toUpperCase() || "statement";
  return `${verb === "with" ? "SELECT" : verb.toUpperCase()} ${source}`;
}
