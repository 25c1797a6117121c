/** `deno task start` with nothing configured: an embedded database of its own, exact permissions, clear words. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openPages } from "@/tests/helpers/admin_client.ts";
import { makeDataDir } from "@/tests/helpers/embedded_template.ts";
import { CAN_LIST_CHILDREN, listChildren } from "@/tests/helpers/process_tree.ts";
import { type TaskProcess, taskProcess } from "@/tests/helpers/task_process.ts";

Deno.test("start creates a private DATA_DIR, migrates, serves, and ends with 0 on SIGTERM", async () => {
  await withTempDir(async (parent) => {
    const dataDir = `${parent}/new/data`;
    const environment = { PORT: "0", DATA_DIR: dataDir, LOG_FORMAT: "json" };
    await using task = await taskProcess("start", environment).start();
    const baseUrl = await baseUrlOf(task);
    const ready = await fetch(`${baseUrl}/readyz`);
    await ready.body?.cancel();
    assertEquals(ready.status, 200);
    const { mode } = await Deno.stat(dataDir);
    assertEquals(((mode ?? 0) & 0o777).toString(8), "700");
    task.signal("SIGTERM");
    const { code, stdout, stderr } = await task.ended();
    assertEquals([code, stdout], [0, ""]);
    const lines = stderr.trimEnd().split("\n");
    const links = lines.filter((line) => line.startsWith(`${baseUrl}/setup/`));
    assertEquals(links.length, 1, stderr);
    const events = lines.filter((line) => line !== links[0]).map((line) => JSON.parse(line).event);
    assertEquals(events.filter((event) => event === "migrated").length > 0, true);
    assertEquals(events.slice(-2), ["stopping", "stopped"]);
    assertEquals(events.includes("embedded_database"), true);
  });
});

Deno.test("start on an empty database gives a link that creates the first admin", async () => {
  await withDataDir(async (dataDir) => {
    const pretty = { PORT: "0", DATA_DIR: dataDir, LOG_FORMAT: "pretty" };
    await using task = await taskProcess("start", pretty).start();
    const text = await task.waitForText("/setup/");
    assertMatch(text, /is ready at http:\/\/127\.0\.0\.1:[1-9][0-9]*\n/);
    assertStringIncludes(text, `Database: embedded, in ${dataDir}`);
    assertStringIncludes(text, "may lose data in a power cut");
    assertStringIncludes(text, "Nobody can sign in yet");
    const link = new URL(/http:\S+\/setup\/\S+/.exec(text)?.[0] ?? "");
    const browser = openPages(link.origin);
    assertStringIncludes((await browser.get(link.pathname)).text, "Create your account");
    const form = { name: "Shop", email: "ann@example.com", password: "correct horse battery" };
    const created = await browser.post(link.pathname, form);
    assertEquals([created.status, created.location], [303, "/"]);
    const fields = { action: "password", current_password: form.password };
    const path = "/settings/sessions";
    const changed = await browser.post(path, { ...fields, new_password: "another horse battery" });
    assertEquals([changed.status, changed.location], [303, path]);
    task.signal("SIGINT");
    assertEquals((await task.ended()).code, 0);
  });
});

Deno.test("start refuses a DATA_DIR that another server holds, and one that cannot be made", async () => {
  await withDataDir(async (dataDir) => {
    const environment = { PORT: "0", DATA_DIR: dataDir, LOG_FORMAT: "json" };
    await using first = await taskProcess("start", environment).start();
    await baseUrlOf(first);
    const second = await taskProcess("start", environment).output();
    assertEquals([second.code, second.stdout], [1, ""]);
    assertMatch(second.stderr, /^The embedded database in ".*" is in use by another process.*\n$/);

    const file = `${dataDir}/lock`;
    const third = await taskProcess("start", { DATA_DIR: `${file}/data` }).output();
    assertEquals([third.code, third.stdout], [1, ""]);
    assertMatch(third.stderr, /^DATA_DIR ".*\/lock\/data" cannot be created: .*\n$/);
    first.signal("SIGTERM");
    assertEquals((await first.ended()).code, 0);
  });
});

Deno.test({
  name: "start gives the server exact permissions, and nothing of the caller's environment to read",
  ignore: !CAN_LIST_CHILDREN,
  fn: async () => {
    await withDataDir(async (dataDir) => {
      const environment = { PORT: "0", DATA_DIR: dataDir, LOG_FORMAT: "json" };
      await using task = await taskProcess("start", environment).start();
      await baseUrlOf(task);
      const [server, ...more] = await listChildren(task.pid);
      assertEquals(more, []);
      const permissions = (server?.args ?? []).filter((arg) => /^-A|^--(allow|ignore)-/.test(arg));
      assertEquals(permissions.map((arg) => arg.split("=")[0]), [
        "--allow-net",
        "--allow-read",
        "--allow-write",
        "--allow-env",
        "--ignore-env",
      ]);
      assertEquals(permissions[2], `--allow-write=${await Deno.realPath(dataDir)}`);
      assertEquals(server?.args.includes("--no-prompt"), true);
      task.signal("SIGTERM");
      await task.ended();
    });
  },
});

/** Where a server with a JSON log listens. */
async function baseUrlOf(task: TaskProcess): Promise<string> {
  const text = await task.waitForText('"event":"listening"');
  const line = text.split("\n").find((part) => part.includes('"event":"listening"')) ?? "";
  const port = /"port":([0-9]+)/.exec(line)?.[1];
  return `http://127.0.0.1:${port}`;
}

async function withDataDir(use: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = await makeDataDir();
  try {
    await use(dataDir);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

async function withTempDir(use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await use(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}
