/** A client's options, checked. No message repeats the API key, or an address that might hold a password. */
import type { ClientOptions } from "./client.ts";

/** What requests are made with. */
export interface Settings {
  /** Without a slash at its end: the address of /api/v1. */
  apiUrl: string;
  apiKey: string;
  timeoutMs: number;
  totalTimeoutMs: number;
  maxRetries: number;
  fetch: typeof fetch;
}

const DEFAULTS = { timeoutMs: 40_000, totalTimeoutMs: 120_000, maxRetries: 4 };

/** Timers take no longer waits. */
const MAX_MS = 2 ** 31 - 1;

/** The settings of a client; throws a TypeError that names the option. */
export function parseSettings(options: ClientOptions): Settings {
  return {
    apiUrl: `${parseBaseUrl(options.baseUrl)}/api/v1`,
    apiKey: parseApiKey(options.apiKey),
    timeoutMs: parseWhole("timeoutMs", options.timeoutMs ?? DEFAULTS.timeoutMs, 1),
    totalTimeoutMs: parseWhole(
      "totalTimeoutMs",
      options.totalTimeoutMs ?? DEFAULTS.totalTimeoutMs,
      1,
    ),
    maxRetries: parseWhole("maxRetries", options.maxRetries ?? DEFAULTS.maxRetries, 0),
    // Looked up at each call, so that a program may still replace the global one.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  };
}

function parseBaseUrl(baseUrl: string | URL): string {
  const url = URL.canParse(String(baseUrl)) ? new URL(baseUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('baseUrl must be an address such as "https://messages.example.com"');
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new TypeError("baseUrl must have no user name, password, query or fragment");
  }
  return url.href.replace(/\/+$/, "").replace(/\/api\/v1$/, "");
}

function parseApiKey(apiKey: string | undefined): string {
  if (apiKey === undefined || apiKey === "") {
    throw new TypeError(
      'apiKey is missing: give an API key of the server, "wacrm_live_…" or "wacrm_test_…"',
    );
  }
  // What a header cannot carry would show up in the runtime's own error.
  if (typeof apiKey !== "string" || !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new TypeError("apiKey must be one word without spaces or line ends: copy it whole");
  }
  return apiKey;
}

function parseWhole(name: string, value: number, min: number): number {
  if (Number.isInteger(value) && value >= min && value <= MAX_MS) return value;
  throw new TypeError(`${name} must be a whole number from ${min} to ${MAX_MS}`);
}
