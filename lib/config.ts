/**
 * The configuration: environment variables in, one typed and checked object out. Nothing else reads the environment.
 * Every wrong value is one clear line that names the variable; `.env.example` lists them all for people.
 */
import { z } from "zod";
import { parseEncryptionKey } from "@/lib/encryption_key.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "@/lib/log.ts";

/** The checked configuration. */
export interface Config {
  port: number;
  host: string;
  /** Public base URL, without a trailing slash. */
  appUrl: string;
  /** Whether APP_URL was given, or follows from HOST and PORT. */
  appUrlGiven: boolean;
  /** Null: the embedded database in `dataDir`. */
  databaseUrl: string | null;
  dataDir: string;
  /** 32-byte keys; the first encrypts, all decrypt. Empty: generate one into `dataDir` (embedded database only). */
  encryptionKeys: Uint8Array[];
  metaGraphUrl: string;
  metaGraphVersion: string;
  /** The limit of one attempt to reach Meta. */
  metaTimeoutMs: number;
  /** Concurrent sends per integration in this process. */
  maxSends: number;
  /** Requests that may wait for one of those places. */
  maxWaiting: number;
  /** Several processes share the port. */
  reusePort: boolean;
  /** The first admin, created at start while there is no user. */
  firstAdmin: { email: string; password: string } | null;
  /** Exactly one proxy stands in front and sets X-Forwarded-For and X-Forwarded-Proto. */
  trustProxy: boolean;
  /** Who has it may read `/metrics`; null: there is no such path. */
  metricsToken: string | null;
  /** Spans are exported; where to, the runtime reads from variables of its own. */
  tracing: boolean;
  logLevel: LogLevel;
  logFormat: LogFormat;
}

/** The environment variables that the server reads; everything else is hidden from it. */
export const CONFIG_NAMES = [
  "PORT",
  "HOST",
  "APP_URL",
  "DATABASE_URL",
  "DATA_DIR",
  "ENCRYPTION_KEY",
  "META_GRAPH_URL",
  "META_GRAPH_VERSION",
  "META_TIMEOUT_MS",
  "MAX_SENDS",
  "MAX_WAITING",
  "REUSE_PORT",
  "ADMIN_EMAIL",
  "ADMIN_PASSWORD",
  "TRUST_PROXY",
  "METRICS_TOKEN",
  "OTEL_DENO",
  "LOG_LEVEL",
  "LOG_FORMAT",
] as const;

/** A configuration that cannot be used; one line per problem, each naming its variable. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

const environmentSchema = z.object({
  PORT: wholeNumber("PORT", { min: 0, max: 65535, fallback: 8000 }),
  HOST: z.string().min(1).default("127.0.0.1"),
  APP_URL: httpUrl("APP_URL").optional(),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, {
    error: 'DATABASE_URL must look like "postgres://user:password@host:5432/database"',
  }).optional(),
  DATA_DIR: z.string().min(1).default(".data"),
  ENCRYPTION_KEY: z.string().optional().transform((value, ctx) => {
    const keys: Uint8Array[] = [];
    for (const [index, text] of (value?.split(",") ?? []).entries()) {
      const key = parseEncryptionKey(text.trim());
      if (key !== null) keys.push(key);
      else {
        ctx.addIssue({
          code: "custom",
          message: `ENCRYPTION_KEY: key ${index + 1} is not 32 bytes in base64. ` +
            'Make one with "openssl rand -base64 32"',
        });
      }
    }
    return keys;
  }),
  META_GRAPH_URL: httpUrl("META_GRAPH_URL").default(
    "https://graph.facebook.com",
  ),
  META_GRAPH_VERSION: z.string().regex(/^v[0-9]{1,3}\.[0-9]$/, {
    error: 'META_GRAPH_VERSION must look like "v25.0"',
  }).default("v25.0"),
  META_TIMEOUT_MS: wholeNumber("META_TIMEOUT_MS", {
    min: 100,
    max: 120_000,
    fallback: 20_000,
  }),
  MAX_SENDS: wholeNumber("MAX_SENDS", { min: 1, max: 10_000, fallback: 128 }),
  MAX_WAITING: wholeNumber("MAX_WAITING", {
    min: 0,
    max: 100_000,
    fallback: 512,
  }),
  REUSE_PORT: flag("REUSE_PORT"),
  ADMIN_EMAIL: z.email({ error: "ADMIN_EMAIL must be an e-mail address" })
    .optional(),
  ADMIN_PASSWORD: z.string().min(12, {
    error: "ADMIN_PASSWORD must have at least 12 characters",
  })
    .max(200, { error: "ADMIN_PASSWORD must have at most 200 characters" })
    .optional(),
  TRUST_PROXY: flag("TRUST_PROXY"),
  METRICS_TOKEN: z.string().regex(/^[\x21-\x7e]{16,200}$/, {
    error: "METRICS_TOKEN must have 16 to 200 characters, without spaces. " +
      'Make one with "openssl rand -hex 32"',
  }).optional(),
  OTEL_DENO: flag("OTEL_DENO"),
  LOG_LEVEL: oneOf("LOG_LEVEL", LOG_LEVELS).default("info"),
  LOG_FORMAT: oneOf("LOG_FORMAT", LOG_FORMATS).optional(),
});

/**
 * Checks the environment. An empty value counts as absent, so that `NAME=` in an env file is harmless.
 *
 * @throws ConfigError with every problem at once
 */
export function parseConfig(
  environment: Record<string, string | undefined>,
  options: { isTerminal: boolean } = { isTerminal: false },
): Config {
  const given = CONFIG_NAMES.map((name) => [name, environment[name]] as const)
    .filter(([, value]) => value !== undefined && value !== "");
  const result = environmentSchema.safeParse(Object.fromEntries(given));
  if (!result.success) {
    throw new ConfigError(result.error.issues.map((issue) => issue.message));
  }
  const env = result.data;
  const problems = findContradictions(env);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    port: env.PORT,
    host: env.HOST,
    appUrl: env.APP_URL ?? `http://${linkHost(env.HOST)}:${env.PORT}`,
    appUrlGiven: env.APP_URL !== undefined,
    databaseUrl: env.DATABASE_URL ?? null,
    dataDir: env.DATA_DIR,
    encryptionKeys: env.ENCRYPTION_KEY,
    metaGraphUrl: env.META_GRAPH_URL,
    metaGraphVersion: env.META_GRAPH_VERSION,
    metaTimeoutMs: env.META_TIMEOUT_MS,
    maxSends: env.MAX_SENDS,
    maxWaiting: env.MAX_WAITING,
    reusePort: env.REUSE_PORT,
    firstAdmin: env.ADMIN_EMAIL !== undefined && env.ADMIN_PASSWORD !== undefined
      ? { email: env.ADMIN_EMAIL.toLowerCase(), password: env.ADMIN_PASSWORD }
      : null,
    trustProxy: env.TRUST_PROXY,
    metricsToken: env.METRICS_TOKEN ?? null,
    tracing: env.OTEL_DENO,
    logLevel: env.LOG_LEVEL,
    logFormat: env.LOG_FORMAT ?? (options.isTerminal ? "pretty" : "json"),
  };
}

/** The host to print in links: an address that listens on every interface is not one that a browser can open. */
export function linkHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function findContradictions(env: z.output<typeof environmentSchema>): string[] {
  const problems: string[] = [];
  if (env.DATABASE_URL !== undefined && env.ENCRYPTION_KEY.length === 0) {
    problems.push(
      "ENCRYPTION_KEY is required with DATABASE_URL, because every process that shares the database needs the same " +
        'one. Make one with "openssl rand -base64 32" and keep it safe',
    );
  }
  if (env.DATABASE_URL === undefined && env.REUSE_PORT) {
    problems.push(
      "REUSE_PORT needs DATABASE_URL: the embedded database belongs to one process alone",
    );
  }
  if ((env.ADMIN_EMAIL === undefined) !== (env.ADMIN_PASSWORD === undefined)) {
    const missing = env.ADMIN_EMAIL === undefined ? "ADMIN_EMAIL" : "ADMIN_PASSWORD";
    problems.push(
      `${missing} is missing: ADMIN_EMAIL and ADMIN_PASSWORD go together`,
    );
  }
  return problems;
}

function wholeNumber(
  name: string,
  range: { min: number; max: number; fallback: number },
) {
  const error = `${name} must be a whole number from ${range.min} to ${range.max}`;
  return z.string().regex(/^[0-9]{1,9}$/, { error }).transform(Number)
    .refine((value) => value >= range.min && value <= range.max, { error })
    .default(range.fallback);
}

function flag(name: string) {
  return z.enum(["true", "false"], {
    error: `${name} must be "true" or "false"`,
  })
    .transform((value) => value === "true").default(false);
}

function oneOf<const T extends readonly string[]>(name: string, values: T) {
  return z.enum(values, {
    error: `${name} must be one of ${values.map((value) => `"${value}"`).join(", ")}`,
  });
}

function httpUrl(name: string) {
  return z.string().transform((value, ctx) => {
    const url = URL.canParse(value) ? new URL(value) : null;
    if (
      url !== null && /^https?:$/.test(url.protocol) && url.search === "" &&
      url.hash === ""
    ) {
      return url.href.replace(/\/+$/, "");
    }
    ctx.addIssue({
      code: "custom",
      message: `${name} must be an http or https URL such as "https://wa.example.com"`,
    });
    return z.NEVER;
  });
}
