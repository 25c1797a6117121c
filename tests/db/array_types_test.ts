/** Arrays to Postgres and back: what is written is what is read, and Postgres agrees with both. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { readArray, writeArray } from "@/db/array_types.ts";
import { connect } from "@/db/connect.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";

// Postgres stores neither; the edges of the product refuse both.
const text = fc.string({ unit: "binary" }).filter((value) =>
  !value.includes("\0") && value.isWellFormed()
);

Deno.test("readArray reads what writeArray writes, whatever the elements", () => {
  fc.assert(fc.property(fc.array(fc.option(text)), (elements) => {
    assertEquals(readArray(writeArray(elements)), elements);
  }));
});

Deno.test("Postgres reads and writes arrays as this does", async () => {
  await using postgres = await postgresFromEnvironment();
  const database = await postgres.createEmptyDatabase();
  const sql = connect(database.url, { poolSize: 1 });
  try {
    const awkward = [
      "",
      " ",
      "NULL",
      "null",
      "a,b",
      "{}",
      '"',
      "\\",
      '\\"',
      "zwei\nZeilen",
      "日本",
    ];
    const ids = ["0198aaaa-0000-7000-8000-000000000000"];
    const [row] = await sql`
      select ${awkward}::text[] as texts, ${[null, "x"]}::text[] as nulls, ${[]}::text[] as none,
        ${ids}::uuid[] as ids, ${[1, 2]}::int[] as integers, ${[1.5, -2]}::float8[] as doubles,
        ${[1, "9007199254740993"]}::bigint[] as bigints
    `;
    assertEquals({ ...row }, {
      texts: awkward,
      nulls: [null, "x"],
      none: [],
      ids,
      integers: [1, 2],
      doubles: [1.5, -2],
      bigints: ["1", "9007199254740993"],
    });
  } finally {
    await sql.end();
    await database.drop();
  }
});
