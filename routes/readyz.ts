/** `GET /readyz`: the database answers and is migrated, so requests can be carried out. */
import { bounded } from "@/db/errors.ts";
import { isMigrated, MIGRATIONS_FOLDER, readMigrations } from "@/db/migrate.ts";
import { define } from "@/lib/state.ts";

const PROBE_TIMEOUT_MS = 2_000;

export const handler = define.handlers({
  GET: async ({ state: { services } }) => {
    const answer = (status: number, reason: string) =>
      Response.json({ status: reason }, { status, headers: { "cache-control": "no-store" } });
    try {
      const migrations = await readMigrations(MIGRATIONS_FOLDER);
      const migrated = await bounded(isMigrated(services.db.sql, migrations), PROBE_TIMEOUT_MS);
      return migrated ? answer(200, "ok") : answer(503, "database_not_migrated");
    } catch (error) {
      services.log.warn("not_ready", { error });
      return answer(503, "database_unavailable");
    }
  },
});
