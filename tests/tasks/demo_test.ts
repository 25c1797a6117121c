/** `deno task demo`: the first thing a stranger runs. What it prints must work as it is printed. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { isId } from "@/lib/ids.ts";
import { openPages } from "@/tests/helpers/admin_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { freePort } from "@/tests/helpers/free_port.ts";
import { CAN_LIST_CHILDREN, isRunning, listChildren } from "@/tests/helpers/process_tree.ts";
import { type TaskProcess, taskProcess } from "@/tests/helpers/task_process.ts";

Deno.test("demo sends a real request, prints a curl line that works, and leaves nothing behind on SIGINT", async () => {
  await withTempDir(async (tmp) => {
    // Taken: the demo has to find the next one that is free.
    const takenPort = freePort();
    using _taken = Deno.listen({ hostname: "127.0.0.1", port: takenPort });
    await using task = await startDemo({ TMPDIR: tmp, PORT: String(takenPort) });
    const text = await task.waitForText("until you press Ctrl-C");

    assertMatch(text, /\nHTTP 201 Created\n/);
    const shown = JSON.parse(/\nHTTP 201 Created\n(\{[^]*?\n\})\n/.exec(text)?.[1] ?? "");
    checkFiveIds(shown.data, { contact_created: true });

    const command = /\n(curl [^]*?')\n/.exec(text)?.[1] ?? "";
    const url = new URL(/^curl (\S+)/.exec(command)?.[1] ?? "");
    assertEquals(Number(url.port) > takenPort, true);
    const headers = [...command.matchAll(/-H "([^:]+): ([^"]+)"/g)];
    const response = await fetch(url, {
      method: "POST",
      headers: headers.map(([, name = "", value = ""]): [string, string] => [name, value]),
      body: /-d '(.*)'$/.exec(command)?.[1] ?? "",
    });
    assertEquals(response.status, 201);
    checkFiveIds((await response.json()).data, { contact_created: false });

    const look = /\n {4}(curl \S+\/api\/v1\/messages\/\S+) \\\n {6}-H "Authorization: (\S+ \S+)"/;
    const [, second = "", authorization = ""] = look.exec(text) ?? [];
    const message = await fetch(second.slice("curl ".length), { headers: { authorization } });
    assertEquals([message.status, (await message.json()).data.id], [200, shown.data.message_id]);

    const errors = await fetch(/http:\/\/\S+\/docs\/errors/.exec(text)?.[0] ?? "");
    assertEquals(errors.status, 200);
    await errors.body?.cancel();

    const [, login = "", email = "", password = ""] =
      /(http:\S+\/login)\?next=\S+\n +E-mail: +(\S+)\n +Password: +(\S+)\n/.exec(text) ?? [];
    const signedIn = await openPages(new URL(login).origin).post("/login", { email, password });
    assertEquals([signedIn.status, signedIn.location], [303, "/"]);

    const children = CAN_LIST_CHILDREN ? await listChildren(task.pid) : [];
    assertEquals(children.length, CAN_LIST_CHILDREN ? 1 : 0);
    task.signal("SIGINT");
    assertEquals((await task.ended()).code, 0);
    assertEquals(await namesIn(tmp), []);
    for (const { pid } of children) assertEquals(await isRunning(pid), false);
  });
});

Deno.test("demo that is stopped while it makes its database leaves nothing behind either", async () => {
  await withTempDir(async (tmp) => {
    await using task = await startDemo({ TMPDIR: tmp });
    await task.waitForText("Creating an embedded database");
    await eventually(async () => (await namesIn(tmp)).length > 0);
    task.signal("SIGINT");
    const { code, stdout } = await task.ended();
    assertEquals(code, 0);
    assertEquals(stdout.includes("HTTP 201"), false);
    assertEquals(await namesIn(tmp), []);
  });
});

Deno.test("demo needs no configuration, and takes none that belongs to another server", async () => {
  await withTempDir(async (tmp) => {
    await using task = await startDemo({
      TMPDIR: tmp,
      DATABASE_URL: "postgres://someone@127.0.0.1:1/production",
      ENCRYPTION_KEY: btoa("k".repeat(32)),
      DATA_DIR: `${tmp}/precious`,
      APP_URL: "https://wa.example.com",
      REUSE_PORT: "true",
      HOST: "0.0.0.0",
    });
    const text = await task.waitForText("until you press Ctrl-C");
    assertMatch(text, /\nHTTP 201 Created\n/);
    assertEquals(/wa\.example\.com/.test(text), false);
    assertEquals((await namesIn(tmp)).includes("precious"), false);
    task.signal("SIGTERM");
    assertEquals((await task.ended()).code, 0);
  });
});

Deno.test("demo says in one line which variable is wrong, and removes its directory", async () => {
  await withTempDir(async (tmp) => {
    const { code, stderr } = await taskProcess("demo", { TMPDIR: tmp, LOG_LEVEL: "loud" }).output();
    assertEquals(code, 1);
    assertStringIncludes(stderr, "LOG_LEVEL must be one of");
    assertEquals(stderr.trimEnd().split("\n").length, 1);
    assertEquals(await namesIn(tmp), []);
  });
});

function startDemo(environment: Record<string, string>): Promise<TaskProcess> {
  return taskProcess("demo", environment).start();
}

function checkFiveIds(data: Record<string, unknown>, expected: { contact_created: boolean }): void {
  assertEquals(Object.keys(data), [
    "message_id",
    "whatsapp_message_id",
    "conversation_id",
    "contact_id",
    "contact_created",
  ]);
  for (const name of ["message_id", "conversation_id", "contact_id"]) {
    assertEquals(isId(String(data[name])), true, name);
  }
  assertMatch(String(data.whatsapp_message_id), /^wamid\./);
  assertEquals(data.contact_created, expected.contact_created);
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

async function withTempDir(use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await use(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}
