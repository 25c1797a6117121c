/** The configuration: what each variable may be, and that every wrong value is one line that names its variable. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { CONFIG_NAMES, ConfigError, linkHost, parseConfig } from "@/lib/config.ts";

const KEY = btoa("k".repeat(32));
const OTHER_KEY = btoa("o".repeat(32));
const POSTGRES = {
  DATABASE_URL: "postgres://user:password@localhost:5432/messages",
  ENCRYPTION_KEY: KEY,
};

Deno.test("parseConfig() has a default for everything", () => {
  assertEquals(parseConfig({}), {
    port: 8000,
    host: "127.0.0.1",
    appUrl: "http://127.0.0.1:8000",
    appUrlGiven: false,
    databaseUrl: null,
    dataDir: ".data",
    encryptionKeys: [],
    metaGraphUrl: "https://graph.facebook.com",
    metaGraphVersion: "v25.0",
    metaTimeoutMs: 20_000,
    maxSends: 128,
    maxWaiting: 512,
    reusePort: false,
    firstAdmin: null,
    trustProxy: false,
    metricsToken: null,
    tracing: false,
    logLevel: "info",
    logFormat: "json",
  });
  assertEquals(parseConfig({}, { isTerminal: true }).logFormat, "pretty");
});

Deno.test("parseConfig() reads every variable", () => {
  const config = parseConfig({
    ...POSTGRES,
    PORT: "0",
    HOST: "::",
    APP_URL: "https://wa.example.com/base/",
    DATA_DIR: "/data",
    ENCRYPTION_KEY: `${KEY}, ${OTHER_KEY}`,
    META_GRAPH_URL: "http://127.0.0.1:9/",
    META_GRAPH_VERSION: "v26.0",
    META_TIMEOUT_MS: "100",
    MAX_SENDS: "1",
    MAX_WAITING: "0",
    REUSE_PORT: "true",
    ADMIN_EMAIL: "Ann@Example.com",
    ADMIN_PASSWORD: "twelve chars",
    TRUST_PROXY: "true",
    METRICS_TOKEN: "sixteen-letters-",
    OTEL_DENO: "true",
    LOG_LEVEL: "warn",
    LOG_FORMAT: "pretty",
  });
  assertEquals(config, {
    port: 0,
    host: "::",
    appUrl: "https://wa.example.com/base",
    appUrlGiven: true,
    databaseUrl: POSTGRES.DATABASE_URL,
    dataDir: "/data",
    encryptionKeys: ["k", "o"].map((char) => new TextEncoder().encode(char.repeat(32))),
    metaGraphUrl: "http://127.0.0.1:9",
    metaGraphVersion: "v26.0",
    metaTimeoutMs: 100,
    maxSends: 1,
    maxWaiting: 0,
    reusePort: true,
    firstAdmin: { email: "ann@example.com", password: "twelve chars" },
    trustProxy: true,
    metricsToken: "sixteen-letters-",
    tracing: true,
    logLevel: "warn",
    logFormat: "pretty",
  });
});

Deno.test("parseConfig() takes an empty value as absent, and looks at no other variable", () => {
  const empty = Object.fromEntries(CONFIG_NAMES.map((name) => [name, ""]));
  assertEquals(parseConfig({ ...empty, PGPASSWORD: "x", PATH: "/bin" }), parseConfig({}));
});

// What is given beside the defaults, and how the one line begins.
const WRONG: [environment: Record<string, string>, line: string][] = [
  [{ PORT: "65536" }, "PORT must be a whole number from 0 to 65535"],
  [{ PORT: "80a" }, "PORT must be"],
  [{ PORT: "-1" }, "PORT must be"],
  [{ PORT: "8000 " }, "PORT must be"],
  [{ PORT: "1e3" }, "PORT must be"],
  [{ APP_URL: "wa.example.com" }, 'APP_URL must be an http or https URL such as "https://'],
  [{ APP_URL: "ftp://wa.example.com" }, "APP_URL must be"],
  [{ APP_URL: "https://wa.example.com/?a=1" }, "APP_URL must be"],
  [{ DATABASE_URL: "mysql://x", ENCRYPTION_KEY: KEY }, "DATABASE_URL must look like"],
  [{ DATABASE_URL: POSTGRES.DATABASE_URL }, "ENCRYPTION_KEY is required with DATABASE_URL"],
  [{ ENCRYPTION_KEY: "short" }, "ENCRYPTION_KEY: key 1 is not 32 bytes in base64"],
  [{ ENCRYPTION_KEY: `${KEY},${KEY.slice(4)}` }, "ENCRYPTION_KEY: key 2 is not"],
  [{ ENCRYPTION_KEY: `${KEY},` }, "ENCRYPTION_KEY: key 2 is not"],
  [{ ENCRYPTION_KEY: btoa("k".repeat(33)) }, "ENCRYPTION_KEY: key 1 is not"],
  [{ META_GRAPH_URL: "graph" }, "META_GRAPH_URL must be"],
  [{ META_GRAPH_VERSION: "25.0" }, 'META_GRAPH_VERSION must look like "v25.0"'],
  [{ META_TIMEOUT_MS: "99" }, "META_TIMEOUT_MS must be a whole number from 100 to 120000"],
  [{ MAX_SENDS: "0" }, "MAX_SENDS must be"],
  [{ MAX_WAITING: "many" }, "MAX_WAITING must be"],
  [{ ...POSTGRES, REUSE_PORT: "1" }, 'REUSE_PORT must be "true" or "false"'],
  [{ REUSE_PORT: "true" }, "REUSE_PORT needs DATABASE_URL"],
  [{ ADMIN_EMAIL: "ann", ADMIN_PASSWORD: "twelve chars" }, "ADMIN_EMAIL must be an e-mail"],
  [{ ADMIN_EMAIL: "ann@example.com" }, "ADMIN_PASSWORD is missing"],
  [{ ADMIN_PASSWORD: "twelve chars" }, "ADMIN_EMAIL is missing"],
  [
    { ADMIN_EMAIL: "ann@example.com", ADMIN_PASSWORD: "eleven char" },
    "ADMIN_PASSWORD must have at least 12 characters",
  ],
  [{ TRUST_PROXY: "yes" }, "TRUST_PROXY must be"],
  [{ METRICS_TOKEN: "fifteen-letters" }, "METRICS_TOKEN must have 16 to 200 characters"],
  [{ METRICS_TOKEN: "sixteen letters, spaces" }, "METRICS_TOKEN must have"],
  [{ OTEL_DENO: "on" }, "OTEL_DENO must be"],
  [{ LOG_LEVEL: "verbose" }, 'LOG_LEVEL must be one of "debug", "info", "warn", "error"'],
  [{ LOG_FORMAT: "xml" }, 'LOG_FORMAT must be one of "pretty", "json"'],
];

Deno.test("parseConfig() says in one line what is wrong with a variable", () => {
  for (const [environment, line] of WRONG) {
    const { problems } = assertThrows(() => parseConfig(environment), ConfigError);
    assertEquals(problems.length, 1, problems.join("\n"));
    assert(problems[0]?.startsWith(line), problems[0]);
    assert(!problems[0]?.includes("\n"), problems[0]);
  }
});

Deno.test("parseConfig() names every wrong variable at once, and repeats no secret", () => {
  const error = assertThrows(
    () =>
      parseConfig({
        PORT: "x",
        LOG_LEVEL: "x",
        ENCRYPTION_KEY: "hush1",
        ADMIN_PASSWORD: "hush2",
        DATABASE_URL: "hush3",
      }),
    ConfigError,
  );
  assertEquals(error.problems.map((line) => line.split(/[ :]/)[0]).toSorted(), [
    "ADMIN_PASSWORD",
    "DATABASE_URL",
    "ENCRYPTION_KEY",
    "LOG_LEVEL",
    "PORT",
  ]);
  assert(!error.message.includes("hush"), error.message);
});

Deno.test("linkHost() is a host that a browser can open", () => {
  for (
    const [host, expected] of [
      ["0.0.0.0", "localhost"],
      ["::", "localhost"],
      ["127.0.0.1", "127.0.0.1"],
      ["::1", "[::1]"],
      ["wa.example.com", "wa.example.com"],
    ] as const
  ) assertEquals(linkHost(host), expected);
});
