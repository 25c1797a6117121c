/**
 * Hashing passwords, a few at a time: each takes 128 MiB and a core for some tenths of a second, so a flood of
 * sign-ins would otherwise take all memory. Those beyond wait in line, and beyond that they are refused.
 */
import { HttpError } from "fresh";
import { hashPassword, isPassword } from "@/lib/password.ts";

/** Too many people wait for their password to be checked; as an answer, a 503 that says so. */
export class PasswordWorkBusyError extends HttpError {
  override name = "PasswordWorkBusyError";

  constructor() {
    super(503, "Too many people are signing in at this moment: try again in a few seconds");
  }
}

/** A stored password of nobody, at the cost of a real one. */
const DECOY = `scrypt$17$${"A".repeat(22)}$${"A".repeat(43)}`;

/** The line before the hashing. */
export class PasswordWork {
  readonly #parallel: number;
  readonly #maxWaiting: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: { parallel: number; maxWaiting: number } = { parallel: 2, maxWaiting: 40 }) {
    this.#parallel = options.parallel;
    this.#maxWaiting = options.maxWaiting;
  }

  /**
   * The text to store for a password.
   *
   * @throws PasswordWorkBusyError
   */
  hash(password: string): Promise<string> {
    return this.#run(() => hashPassword(password));
  }

  /**
   * Whether a password is the one that was stored. With null, for somebody who does not exist, it is wrong after the
   * same work: the time that an answer takes tells nothing about who has an account.
   *
   * @throws PasswordWorkBusyError
   */
  verify(password: string, stored: string | null): Promise<boolean> {
    return this.#run(async () => {
      if (stored !== null) return await isPassword(password, stored);
      await isPassword(password, DECOY);
      return false;
    });
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#parallel) {
      if (this.#waiting.length >= this.#maxWaiting) {
        throw new PasswordWorkBusyError();
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      return await work();
    } finally {
      // The place is handed on, so nobody who comes now gets before those who wait.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
