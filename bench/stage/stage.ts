/**
 * What every benchmark of the server stands on: a Postgres that flushes to the disk, the simulator of Meta, an account
 * that is connected to it, and the bare handler. Everything runs on this machine.
 */
import { randomBytes } from "node:crypto";
import { connect, type Sql } from "@/db/connect.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { createDatabase, startPostgres } from "@/tests/helpers/postgres.ts";
import { makeMigratedTemplate } from "@/tests/helpers/postgres_environment.ts";
import { seedAccount, type SeededAccount } from "@/tests/helpers/seed.ts";
import {
  type Program,
  startBareHandler,
  startProduct,
  startSimulatorProgram,
} from "@/bench/stage/programs.ts";

/** The stage. */
export interface Stage extends AsyncDisposable {
  sql: Sql;
  account: SeededAccount;
  bare: Program;
  simulator: Program;
  postgresPid: number;
  postgresPort: number;
  /** Starts a server process; the stage ends it. */
  startServer(environment?: Record<string, string>): Promise<Program>;
}

/** Sets the stage. */
export async function setStage(): Promise<Stage> {
  await using onFailure = new AsyncDisposableStack();
  const cluster = onFailure.use(await startPostgres(18, { durable: true }));
  const template = await makeMigratedTemplate(cluster.adminUrl);
  const database = await createDatabase(cluster.adminUrl, { template });
  const sql = connect(database.url, { poolSize: 1 });
  onFailure.defer(() => sql.end({ timeout: 1 }));
  const key = randomBytes(32);
  const account = await seedAccount(sql, {
    secrets: new SecretBox([new Uint8Array(key)]),
    connected: true,
  });
  const simulator = onFailure.use(
    await startSimulatorProgram({
      id: account.phoneNumberId ?? "",
      wabaId: account.wabaId,
      accessToken: account.accessToken,
      appSecret: account.appSecret,
    }),
  );
  const environment = {
    DATABASE_URL: database.url,
    META_GRAPH_URL: `http://127.0.0.1:${simulator.port}`,
  };
  const bare = onFailure.use(
    await startBareHandler({
      ...environment,
      PHONE_NUMBER_ID: account.phoneNumberId ?? "",
      ACCESS_TOKEN: account.accessToken,
    }),
  );
  const [row] = await sql<{ file: string }[]>`select pg_read_file('postmaster.pid') as file`;
  const servers = onFailure.use(new AsyncDisposableStack());
  const owned = onFailure.move();
  return {
    sql,
    account,
    bare,
    simulator,
    postgresPid: Number.parseInt(row?.file ?? "", 10),
    postgresPort: cluster.port,
    startServer: async (more = {}) =>
      servers.use(
        await startProduct({ ...environment, ENCRYPTION_KEY: key.toString("base64"), ...more }),
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
