/**
 * Structured logs to stderr: one line an event, as JSON for machines or as text for a person at a terminal. The
 * writer knows nothing of what is secret: callers pass ids, codes and masked numbers, never bodies, tokens or URLs
 * with queries.
 */

/** From the most to the least talkative. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ["pretty", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** What an event says about itself; an `Error` is written as its name, message, code and stack. */
export type LogFields = Record<string, unknown>;

/** Writes events of its level and above. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** A logger; `write` gets whole lines without the newline (stderr if not given). */
export function makeLogger(
  options: {
    level: LogLevel;
    format: LogFormat;
    write?: (line: string, level: LogLevel) => void;
  },
): Logger {
  const write = options.write ?? writeToStderr;
  const lowest = LOG_LEVELS.indexOf(options.level);
  const format = options.format === "json" ? formatJson : formatPretty;
  const at = (level: LogLevel) => (event: string, fields: LogFields = {}) => {
    if (LOG_LEVELS.indexOf(level) >= lowest) {
      write(format(level, event, fields), level);
    }
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  };
}

/** Nobody who reads a log notices this. */
const GATHER_MS = 20;

const encoder = new TextEncoder();
const gathered: string[] = [];

/**
 * Writes synchronously, so that the last lines before a crash are not lost; but a server would spend a tenth of its time
 * on that, so lines that tell of no trouble wait a moment for others.
 */
function writeToStderr(line: string, level: LogLevel): void {
  gathered.push(line);
  if (level === "warn" || level === "error") flush();
  else if (gathered.length === 1) setTimeout(flush, GATHER_MS);
}

function flush(): void {
  const lines = gathered.splice(0);
  if (lines.length === 0) return;
  const bytes = encoder.encode(`${lines.join("\n")}\n`);
  // A write may take less than all.
  for (let written = 0; written < bytes.length;) {
    written += Deno.stderr.writeSync(bytes.subarray(written));
  }
}

// However the process ends.
for (const event of ["unload", "error", "unhandledrejection"]) {
  globalThis.addEventListener(event, flush);
}

function formatJson(level: LogLevel, event: string, fields: LogFields): string {
  const line = { time: new Date().toISOString(), level, event, ...fields };
  // Looking at every value takes longer than all the rest, and few lines have an error.
  const mayHoldErrors = Object.values(fields).some((value) => typeof value === "object");
  return mayHoldErrors ? JSON.stringify(line, describeErrors) : JSON.stringify(line);
}

function formatPretty(
  level: LogLevel,
  event: string,
  fields: LogFields,
): string {
  const time = new Date().toISOString().slice(11, 23);
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${formatValue(value)}`);
  return [time, level.toUpperCase().padEnd(5), event, ...rest].join(" ");
}

function formatValue(value: unknown): string {
  if (typeof value === "string" && /^[^\s"]+$/.test(value)) return value;
  return JSON.stringify(value, describeErrors) ?? "undefined";
}

function describeErrors(_name: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const code = "code" in value ? value.code : undefined;
  return {
    name: value.name,
    message: value.message,
    code,
    stack: value.stack,
    cause: value.cause,
  };
}
