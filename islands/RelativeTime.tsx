/**
 * Keeps every `Time` of the page true: "5 minutes ago" goes on counting, and other times are told in the reader's own
 * time zone. One island of the layout does it for all, as fifty of them in a table would each have to be hydrated.
 */
import { useEffect } from "preact/hooks";
import { formatTime, relativeTime } from "@/components/relative_time.ts";

const EVERY_MS = 15_000;

/** Shows nothing itself. */
export default function RelativeTime(): null {
  useEffect(() => {
    refreshAll();
    const timer = setInterval(refreshAll, EVERY_MS);
    // Rows that arrive later bring times of their own.
    const observer = new MutationObserver(refreshAll);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      clearInterval(timer);
      observer.disconnect();
    };
  }, []);
  return null;
}

function refreshAll(): void {
  for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-time]")) {
    const at = new Date(element.dateTime);
    const kind = element.dataset.time;
    const isAbsolute = kind === "date" || kind === "datetime" || kind === "exact";
    const text = isAbsolute
      ? formatTime(at, { kind, isLocal: true })
      : relativeTime(at, new Date());
    // Written into the text node that is there: an island around it knows that node.
    const node = element.firstChild;
    if (node instanceof Text && node.data !== text) node.data = text;
  }
}
