/**
 * Times in words, the same on the server and in the browser, where the island RelativeTime keeps them true. English
 * and fixed, unlike Intl.RelativeTimeFormat, whose words differ between runtimes and would flicker.
 */

const UNITS: readonly [name: string, seconds: number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const NOW_SECONDS = 45;
const LONGEST_DAYS = 30;

/** How long before or after `now` a time is: "just now", "5 minutes ago", "in 3 hours", and a date after 30 days. */
export function relativeTime(at: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - at.getTime()) / 1000);
  const distance = Math.abs(seconds);
  if (distance < NOW_SECONDS) return "just now";
  if (distance > LONGEST_DAYS * 86_400) return formatTime(at, { kind: "date" });
  // From 45 seconds on it is a minute; 90 minutes are one hour.
  const [name, size] = UNITS.find(([, size]) => distance >= size) ?? ["minute", 60];
  const count = Math.max(1, Math.floor(distance / size));
  const text = `${count} ${name}${count === 1 ? "" : "s"}`;
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

/**
 * A time to the day, the minute or the second, such as "22 Nov 2026, 21:30"; in UTC, or with `isLocal` in the machine's
 * own time zone.
 */
export function formatTime(
  at: Date,
  options: { kind: "date" | "datetime" | "exact"; isLocal?: boolean },
): string {
  const parts: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
  if (options.kind !== "date") {
    Object.assign(parts, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  }
  if (options.kind === "exact") {
    Object.assign(parts, { second: "2-digit", timeZoneName: "short" });
  }
  return new Intl.DateTimeFormat("en-GB", {
    ...parts,
    ...(options.isLocal === true ? {} : { timeZone: "UTC" }),
  }).format(at);
}
