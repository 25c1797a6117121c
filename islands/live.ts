/**
 * What other islands hear of messages: `LiveUpdates` receives it from the server and tells it through the window, so
 * that a page has one event stream however many islands listen.
 */

/** A new message or a new status, as `GET /events` tells it; ids and status only. */
export interface LiveMessage {
  id: string;
  conversation_id: string;
  status: string;
  direction: "inbound" | "outbound";
  change: "created" | "status";
}

const MESSAGE_EVENT = "live:message";
const GAP_EVENT = "live:gap";

/** Calls `fn` for every change of a message of the page's account; the answer ends that. */
export function onLiveMessage(fn: (message: LiveMessage) => void): () => void {
  const listener = (event: Event) => fn((event as CustomEvent<LiveMessage>).detail);
  addEventListener(MESSAGE_EVENT, listener);
  return () => removeEventListener(MESSAGE_EVENT, listener);
}

/** Calls `fn` when changes were missed, such as while a laptop slept: what is shown has to be fetched again. */
export function onLiveGap(fn: () => void): () => void {
  addEventListener(GAP_EVENT, fn);
  return () => removeEventListener(GAP_EVENT, fn);
}

/** Tells the page's islands of a change. */
export function tellLiveMessage(message: LiveMessage): void {
  dispatchEvent(new CustomEvent(MESSAGE_EVENT, { detail: message }));
}

/** Tells the page's islands that changes were missed. */
export function tellLiveGap(): void {
  dispatchEvent(new CustomEvent(GAP_EVENT));
}
