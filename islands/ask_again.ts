/** For lines that wait for something to happen: the same question to this server once a second. */

/** What the server answered; "again": nothing that counts, "gone": signed out, or nothing is there any more. */
export type Answer<T> = { value: T } | "again" | "gone";

const ASK_EVERY_MS = 1_000;

/**
 * Asks an address of this site for JSON once a second while the page is in sight, one question at a time, until the
 * function that it returns is called.
 */
export function askEverySecond<T>(url: string, onAnswer: (answer: Answer<T>) => void): () => void {
  const leaving = new AbortController();
  let isAsking = false;
  const timer = setInterval(async () => {
    if (isAsking || document.hidden) return;
    isAsking = true;
    const answer = await ask<T>(url, leaving.signal);
    isAsking = false;
    if (!leaving.signal.aborted) onAnswer(answer);
  }, ASK_EVERY_MS);
  return () => {
    clearInterval(timer);
    leaving.abort();
  };
}

async function ask<T>(url: string, signal: AbortSignal): Promise<Answer<T>> {
  try {
    const response = await fetch(url, { signal, headers: { accept: "application/json" } });
    if (response.status >= 500) return "again";
    if (!response.ok || response.redirected) return "gone";
    return { value: await response.json() };
  } catch {
    // Left the page, or the network is away: the next second asks again.
    return "again";
  }
}
