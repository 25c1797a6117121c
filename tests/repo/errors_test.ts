/** Every error code of the API is documented, and provoked by some test. */
import { assert, assertEquals } from "@std/assert";
import { ERRORS } from "@/lib/api/errors.ts";
import { listRepoFiles, readRepoFile, readRepoFiles } from "@/tests/helpers/repo_files.ts";

/** In the table because its meaning is settled, but nothing raises it yet: templates are not stored. */
const RESERVED = ["template_malformed"];

Deno.test("Every error code is provoked by a test of the API or of sending", async () => {
  const paths = (await listRepoFiles(["_test.ts", "_test.tsx"], "tests/"))
    .filter((path) => /^tests\/(api|send)\//.test(path));
  const tests = [...(await readRepoFiles(paths)).values()].join("\n");
  const provoked = Object.keys(ERRORS).filter((code) => tests.includes(`"${code}"`));
  assertEquals(provoked, Object.keys(ERRORS).filter((code) => !RESERVED.includes(code)));
});

Deno.test("A reserved code is raised nowhere", async () => {
  const sources = await readRepoFiles(await listRepoFiles([".ts", ".tsx"]));
  for (const [path, text] of sources) {
    // Clients name every code, to be ready for it.
    if (path.startsWith("tests/") || path.startsWith("clients/")) continue;
    for (const code of RESERVED) {
      assert(
        !text.includes(`"${code}"`),
        `${path} raises "${code}": write a test that provokes it`,
      );
    }
  }
});

Deno.test("Every error code has its status in docs/api.md, and there is no other", async () => {
  const rows = [...(await readRepoFile("docs/api.md")).matchAll(/^\| ([\d, ]+)\| (`.+?) \|/gm)];
  const documented = new Map(
    rows.flatMap(([, statuses = "", codes = ""]) =>
      [...codes.matchAll(/`([a-z_]+)`/g)].map(([, code = ""]): [string, number[]] => [
        code,
        statuses.split(",").map(Number),
      ])
    ),
  );
  assertEquals([...documented.keys()].toSorted(), Object.keys(ERRORS).toSorted());
  for (const [code, { status }] of Object.entries(ERRORS)) {
    assert(documented.get(code)?.includes(status), `${code} is ${status}`);
  }
});

Deno.test("Every error says when it happens and what to do, and only what is safe is retryable", () => {
  for (const [code, { meaning, fix }] of Object.entries(ERRORS)) {
    for (const text of [meaning, fix]) assert(/^\S.{10,}\.$/.test(text), `${code}: ${text}`);
  }
  const retryable = Object.entries(ERRORS).filter(([, error]) => error.retryable);
  assertEquals(retryable.map(([code]) => code).toSorted(), [
    "idempotency_in_progress",
    "meta_unavailable",
    "rate_limited",
    "unavailable",
  ]);
});
