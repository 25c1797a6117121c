/** Finds a port for a test that has to know it beforehand, where the system cannot choose it. */

// Below the ranges from which systems take ports for outgoing connections, and beside those of the other helpers:
// nobody is given it in the meantime.
const PORTS = { first: 9_000, count: 3_000 };

/** A port of 127.0.0.1 on which nobody listens. */
export function freePort(): number {
  for (let tries = 1;; tries++) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || tries === 20) throw error;
    }
  }
}
