/**
 * A browser's user agent in plain words, for the list of sessions. Browsers name several others in it for the sake of
 * old servers, so the order of the table matters; what is unknown is said to be so rather than guessed.
 */

const BROWSERS: [name: string, mark: RegExp][] = [
  ["Edge", /\bEdg(?:e|A|iOS)?\//],
  ["Opera", /\bOPR\//],
  ["Samsung Internet", /\bSamsungBrowser\//],
  ["Firefox", /\b(?:Firefox|FxiOS)\//],
  ["Chrome", /\b(?:Chrome|CriOS|HeadlessChrome)\//],
  ["Safari", /\bVersion\/[0-9.]+ .*Safari\//],
  ["curl", /^curl\//],
];

const SYSTEMS: [name: string, mark: RegExp][] = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows NT\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["macOS", /\bMac OS X\b/],
  ["Linux", /\bLinux\b/],
];

/** "Firefox on Linux", "Safari on iPhone", "Unknown browser". */
export function describeUserAgent(text: string | null): string {
  const browser = BROWSERS.find(([, mark]) => mark.test(text ?? ""))?.[0] ?? "Unknown browser";
  const system = SYSTEMS.find(([, mark]) => mark.test(text ?? ""))?.[0];
  return system === undefined ? browser : `${browser} on ${system}`;
}
