// deno-lint-ignore-file no-console -- prints to the terminal
/**
 * `deno task demo`: a whole server on a fresh embedded database, with a test account and key, that sends a real request
 * through its own API and shows it. Stays until Ctrl-C; the database is thrown away then.
 */
import { createAccount } from "@/lib/accounts.ts";
import { parseConfig } from "@/lib/config.ts";
import { createKey } from "@/lib/keys/create_key.ts";
import { describeSetupError, openStore } from "@/lib/server/open_services.ts";
import { BuildError } from "@/tasks/build/ensure_built.ts";
import { type LaunchedServer, launchServer } from "@/tasks/launch.ts";

const FIRST_PORT = 8000;
const PORTS_TRIED = 100;
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
const BODY = { to: "+14155550123", text: "Hello from the demo" };

if (import.meta.main) await demo();

async function demo(): Promise<never> {
  // From the very first moment, so that a Ctrl-C while the database is being made removes it too.
  const stopped = stopSignal();
  const dataDir = await Deno.makeTempDir({ prefix: "messages-api-demo-" });
  let code: number;
  try {
    code = await runDemo(dataDir, stopped);
  } catch (error) {
    const lines = error instanceof BuildError ? [error.message] : describeSetupError(error);
    if (lines === null) throw error;
    console.error(lines.join("\n"));
    code = 1;
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
  Deno.exit(code);
}

/** Answers the exit code: 0 after a signal, 1 when the server ended by itself (it has said why on stderr). */
async function runDemo(dataDir: string, stopped: AbortSignal): Promise<number> {
  const settings = demoSettings(dataDir);
  say("Creating an embedded database and a test account …");
  const key = await prepareAccount(settings);
  if (stopped.aborted) return 0;
  // Not before, so that nobody takes it while the database is being made.
  const port = findFreePort(Number(Deno.env.get("PORT")) || FIRST_PORT);
  const environment = {
    ...settings,
    PORT: String(port),
    APP_URL: `http://localhost:${port}`,
  };
  const server = await launchServer(environment);
  const baseUrl = `http://localhost:${port}`;
  const showAndStay = async () => {
    await waitUntilReady(baseUrl, server);
    await sendAndShow({ baseUrl, key, environment });
    await server.status;
  };
  try {
    await Promise.race([whenAborted(stopped), showAndStay()]);
    return stopped.aborted ? 0 : 1;
  } finally {
    server.stop("SIGTERM");
    await server.status;
  }
}

/** The demo is the same everywhere: of the caller's settings only those for logs and for the first admin count. */
function demoSettings(dataDir: string): Record<string, string> {
  const { DATABASE_URL: _, ENCRYPTION_KEY: __, APP_URL: ___, PORT: ____, ...rest } = Deno.env
    .toObject();
  return {
    LOG_LEVEL: "error",
    LOG_FORMAT: "json",
    ADMIN_EMAIL: "demo@example.com",
    // Not the same everywhere: others on this machine can reach the port, too.
    ADMIN_PASSWORD: makeDemoPassword(),
    ...rest,
    DATA_DIR: dataDir,
    HOST: "127.0.0.1",
    REUSE_PORT: "false",
  };
}

async function prepareAccount(settings: Record<string, string>): Promise<string> {
  const { db, secrets } = await openStore(parseConfig(settings));
  try {
    const account = await createAccount(db.sql, { name: "Demo", secrets });
    const { key } = await createKey(db.sql, {
      accountId: account.testAccountId,
      mode: "test",
      name: "demo",
      scopes: ["messages:send", "messages:read"],
      rateLimit: 120,
      expiresInDays: null,
    });
    return key;
  } finally {
    await db.close();
  }
}

/** Easy to type, and not to be guessed while the demo runs: four groups of four letters, about 70 bits. */
function makeDemoPassword(): string {
  const letters = "abcdefghjkmnpqrstuvwxyz23";
  const groups = Array.from(
    { length: 4 },
    () =>
      Array.from(
        crypto.getRandomValues(new Uint8Array(4)),
        (byte) => letters[byte % letters.length],
      )
        .join(""),
  );
  return groups.join("-");
}

function findFreePort(first: number): number {
  const last = Math.min(first + PORTS_TRIED - 1, 65_535);
  for (let port = first; port <= last; port++) {
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(`No port from ${first} to ${last} is free: set PORT to one that is`);
}

async function waitUntilReady(baseUrl: string, server: LaunchedServer): Promise<void> {
  let ended = false;
  server.status.then(() => {
    ended = true;
  });
  const giveUpAt = performance.now() + START_TIMEOUT_MS;
  while (!ended && performance.now() < giveUpAt) {
    try {
      const response = await fetch(`${baseUrl}/readyz`);
      await response.body?.cancel();
      if (response.ok) return;
    } catch (error) {
      // Refused until it listens.
      if (!(error instanceof TypeError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error("The demo server did not start: see the lines above");
}

async function sendAndShow(
  demo: { baseUrl: string; key: string; environment: Record<string, string> },
): Promise<void> {
  const { baseUrl, key, environment } = demo;
  const response = await fetch(`${baseUrl}/api/v1/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(BODY),
  });
  const answer = await response.json();
  say(`
This request was just sent through the API (test mode: it reaches a sandbox, not WhatsApp):

curl ${baseUrl}/api/v1/messages \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify(BODY)}'

HTTP ${response.status} ${response.statusText}
${JSON.stringify(answer, null, 2)}

Where to go next
  Look around in the admin UI, in test mode: ${baseUrl}/login?next=%2F%3Fmode%3Dtest
    E-mail:   ${environment.ADMIN_EMAIL}
    Password: ${
    Deno.env.has("ADMIN_PASSWORD") ? "that in ADMIN_PASSWORD" : environment.ADMIN_PASSWORD
  }
  Run the curl line above yourself, with a text of your own.
  See what became of it:
    curl ${baseUrl}/api/v1/messages/${answer.data?.message_id ?? "<message_id>"} \\
      -H "Authorization: Bearer ${key}"
  The API reference, with requests to try: ${baseUrl}/docs
  Every error code, explained: ${baseUrl}/docs/errors
  A server of your own: README.md, "Your own server"

The demo runs at ${baseUrl} until you press Ctrl-C; its database is deleted then.`);
}

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    if (signal === "SIGTERM" && Deno.build.os === "windows") continue;
    Deno.addSignalListener(signal, () => stop.abort());
  }
  return stop.signal;
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
}

function say(text: string): void {
  console.log(text);
}
