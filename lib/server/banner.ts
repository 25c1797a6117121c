/**
 * What a server says when it is ready: where it listens, and what an operator should do next. For people on a
 * terminal as plain lines; in a JSON log as events. The set-up link is a plain line of its own in either case: logs
 * are kept and passed on, the link opens the door.
 */
import { bounded } from "@/db/errors.ts";
import { makeSetupLink } from "@/lib/admin/setup.ts";
import type { Services } from "@/lib/services.ts";

const LINK_TIMEOUT_MS = 5_000;

const POWER_LOSS_NOTE =
  "The embedded database survives a crash of this process but may lose data in a power cut: set DATABASE_URL to a " +
  "Postgres for business use.";

const SETUP_NOTE =
  "Nobody can sign in yet. Open this link within 24 hours to create the first admin; it works once:";

/** Writes the start notice, with a new set-up link while nobody can sign in. */
export async function describeStart(services: Services, options: { port: number }): Promise<void> {
  const { config, log, db } = services;
  const url = config.appUrl;
  const setupLink = await bounded(makeSetupLink(db.sql, url), LINK_TIMEOUT_MS);
  if (config.logFormat === "json") {
    log.info("listening", { url, port: options.port, database: db.kind });
    if (db.kind === "embedded") log.warn("embedded_database", { note: POWER_LOSS_NOTE });
    if (setupLink === null) return;
    log.warn("no_user", { next: "Open the set-up link on the next line within 24 hours" });
    writeLines([setupLink]);
    return;
  }
  writeLines([
    "",
    `  WhatsApp Messages API is ready at ${url}`,
    `  Database: ${db.kind === "embedded" ? `embedded, in ${config.dataDir}` : "Postgres"}`,
    ...(db.kind === "embedded" ? [`  ${POWER_LOSS_NOTE}`] : []),
    ...(setupLink === null ? [] : ["", `  ${SETUP_NOTE}`, `  ${setupLink}`]),
    "",
  ]);
}

function writeLines(lines: string[]): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${lines.join("\n")}\n`));
}
