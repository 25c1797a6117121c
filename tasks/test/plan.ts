/**
 * Which test runs make up `deno task test`: the tests of the public API on both ends of what the SQL supports, the
 * embedded database and Postgres 15, and all others, which call the API no less, on Postgres 18. A third run of the
 * API's tests would take the time that the whole has and show nothing new.
 */
import type { PostgresVersion } from "@/tests/helpers/postgres.ts";

/** What the environment variable TEST_DATABASE tells the tests to run the product on. */
export type TestDatabaseKind = "postgres18" | "postgres15" | "embedded";

/** One run of `deno test`. */
export interface TestPart {
  /** What the reader is told before it starts. */
  title: string;
  database: TestDatabaseKind;
  /** Arguments after the options that every run has: paths, `--filter` and the like. */
  args: string[];
}

const TITLES: Record<TestDatabaseKind, string> = {
  postgres18: "on Postgres 18",
  postgres15: "on Postgres 15",
  embedded: "on the embedded database",
};

/**
 * Plans the runs: all of them without arguments, else one with these arguments.
 *
 * @param database the value of TEST_DATABASE for a run with arguments; Postgres 18 when absent
 * @throws Error when it is no known database
 */
export function planParts(args: string[], database: string | undefined): TestPart[] {
  if (args.length > 0) {
    const kind = parseDatabaseKind(database ?? "postgres18");
    return [{ title: `Tests ${args.join(" ")} ${TITLES[kind]}`, database: kind, args }];
  }
  return [
    {
      title: `All tests but the API's ${TITLES.postgres18}`,
      database: "postgres18",
      args: ["--ignore=tests/api/", "tests/"],
    },
    { title: `API tests ${TITLES.embedded}`, database: "embedded", args: ["tests/api/"] },
    { title: `API tests ${TITLES.postgres15}`, database: "postgres15", args: ["tests/api/"] },
  ];
}

/** The Postgres versions that these runs share; a test that wants another one starts it for itself. */
export function postgresVersions(parts: TestPart[]): PostgresVersion[] {
  const kinds = new Set(parts.map((part) => part.database));
  return ([18, 15] as const).filter((version) => kinds.has(`postgres${version}`));
}

function parseDatabaseKind(value: string): TestDatabaseKind {
  if (value === "postgres18" || value === "postgres15" || value === "embedded") return value;
  throw new Error(`TEST_DATABASE must be "postgres18", "postgres15" or "embedded", not "${value}"`);
}
