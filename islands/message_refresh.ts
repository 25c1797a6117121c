/**
 * Brings the parts of the page that are marked `data-live` up to date, by fetching the page again. The page is rendered
 * in one place only, on the server, and what is seen can never differ from what a reload would show.
 */
import { morph } from "./message_morph.ts";

const PAUSE_MS = 1_000;

/** Refreshes the page when asked to. */
export interface Refresher {
  refresh(): void;
  stop(): void;
}

/** At once when asked, then at most once a second, never two at a time, and only while the page is in sight. */
export function startRefresher(): Refresher {
  const leaving = new AbortController();
  let isBusy = false;
  let isWanted = false;

  const run = async () => {
    if (isBusy || !isWanted || document.hidden || leaving.signal.aborted) return;
    isBusy = true;
    isWanted = false;
    const goesOn = await takeOver(leaving.signal);
    if (!goesOn) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    isBusy = false;
    await run();
  };
  document.addEventListener("visibilitychange", run);
  return {
    refresh: () => {
      isWanted = true;
      run();
    },
    stop: () => {
      leaving.abort();
      document.removeEventListener("visibilitychange", run);
    },
  };
}

/** False: there is no going on, as the page is left or its reader signed out. */
async function takeOver(signal: AbortSignal): Promise<boolean> {
  let text: string;
  try {
    const response = await fetch(location.href, { signal, headers: { accept: "text/html" } });
    if (response.redirected) return false;
    if (response.status === 404) {
      // What the page shows is gone, such as an erased person's conversation: it must not stay on the screen either.
      location.reload();
      return false;
    }
    if (!response.ok) return true;
    text = await response.text();
  } catch {
    // The network is away, and the next event may find it again; or the page is left.
    return !signal.aborted;
  }
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const part of document.querySelectorAll<HTMLElement>("[data-live]")) {
    const twin = fresh.querySelector<HTMLElement>(`[data-live="${part.dataset.live}"]`);
    if (twin === null) continue;
    // A part with a state, such as a form that is being filled in, is left alone until the state changes.
    const { liveState } = part.dataset;
    if (liveState === undefined || liveState !== twin.dataset.liveState) morph(part, twin);
  }
  return true;
}
