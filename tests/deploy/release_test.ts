/**
 * A release runs by itself: from a folder that it may not write, as a user without rights, by the very commands of the
 * unit files, the image and the single binary. And the backup of an embedded database is a running server again.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { binaryPermissions } from "@/tasks/permissions.ts";
import { compileArguments } from "@/tasks/release/compile.ts";
import {
  BINARY_ENTRY,
  BUILD_PACKAGES,
  DATA_FOLDERS,
  RELEASE_SOURCES,
} from "@/tasks/release/contents.ts";
import { createKey } from "@/tests/admin/key_pages.ts";
import { readDockerfile } from "@/tests/deploy/dockerfile.ts";
import {
  type InstalledRelease,
  installRelease,
  listFiles,
} from "@/tests/deploy/installed_release.ts";
import { environmentOf, parseUnit, settingOf } from "@/tests/deploy/unit_file.ts";
import { openPages } from "@/tests/helpers/admin_client.ts";
import { callApi } from "@/tests/helpers/api_client.ts";
import { freePort } from "@/tests/helpers/free_port.ts";
import { readRepoFile } from "@/tests/helpers/repo_files.ts";
import { type ServerProcess, watchServer } from "@/tests/helpers/server_process.ts";

describe("a release", () => {
  const resources = new AsyncDisposableStack();
  let release: InstalledRelease;
  let filesBefore: string[];
  let key: string;
  let messageId: string;
  let cookies: Map<string, string>;
  beforeAll(async () => {
    release = resources.use(await installRelease());
    filesBefore = await listFiles(release.folder);
  });
  afterAll(() => resources.disposeAsync());

  /** The program of the binary, with the permissions that are compiled into it. */
  const binaryArgs = (...args: string[]) => [
    ...["run", "--quiet", "--cached-only", `--config=${join(release.folder, "deno.json")}`],
    // What is embedded, a binary may always read.
    ...binaryPermissions().map((option) =>
      option.replace(/^--allow-read=/, `--allow-read=${release.folder},`)
    ),
    ...[join(release.folder, BINARY_ENTRY), ...args],
  ];

  it("holds its sources, one build and the packages that run, and nothing else", () => {
    const paths = filesBefore.map((line) =>
      line.slice(0, line.indexOf(" ", line.lastIndexOf("/")))
    );
    const others = paths.filter((path) =>
      !RELEASE_SOURCES.some((source) =>
        source.endsWith("/") ? path.startsWith(source) : path === source
      )
    );
    const rest = new Set(others.map((path) => path.split("/")[0]));
    assertEquals([...rest].sort(), ["_fresh", "deno.json", "node_modules"]);
    for (const source of RELEASE_SOURCES) {
      assert(paths.some((path) => path.startsWith(source)), `${source} is not there`);
    }
    for (const name of BUILD_PACKAGES) {
      const inside = paths.filter((path) => path.includes(`node_modules/${name}/`));
      assertEquals(inside, [], name);
    }
    assertEquals(paths.filter((path) => /\.(map|d\.ts)$/.test(path)), []);
    const leaving = filesBefore.filter((line) => / -> ./.test(line));
    assertEquals(leaving, [], "links that lead out of the release");
    const builds = new Set(
      paths.flatMap((path) => /^_fresh\/builds\/([^/]+)/.exec(path)?.[1] ?? []),
    );
    assertEquals(builds.size, 1);
  });

  it("has everything that the binary is compiled from, which gets the server's permissions", async () => {
    const args = compileArguments(release.folder, { output: "messages-api", target: "any" });
    const paths = args.filter((arg) => arg.includes(release.folder))
      .map((arg) => arg.slice(arg.indexOf(release.folder)));
    assertEquals(paths.length, 2 + DATA_FOLDERS.length);
    for (const path of paths) await Deno.stat(path);
    assertEquals(args.at(-1), join(release.folder, BINARY_ENTRY));
    const isPermission = (arg: string) => /^-A$|^--(allow|deny|ignore|no-prompt)/.test(arg);
    assertEquals(args.filter(isPermission), binaryPermissions());
    assertEquals(args.filter((arg) => /^--allow-(run|ffi|all|sys)|^--allow-write$/.test(arg)), []);
  });

  it("has the operator's commands, as a task and in the binary", async () => {
    const config = `--config=${join(release.folder, "deno.json")}`;
    const task = await release.run(["task", "--quiet", config, "cli", "--help"], {
      cwd: release.state,
    });
    assertEquals([task.code, task.stderr], [0, ""]);
    const binary = await release.run(binaryArgs("--help"), { cwd: release.state });
    assertEquals([binary.code, binary.stderr], [0, ""]);
    assertMatch(binary.stdout, /^Usage: messages-api /);
    const commands = (text: string) => text.match(/^ {2}[a-z]+(?= )/gm) ?? [];
    assertEquals(commands(task.stdout).length > 5, true, task.stdout);
    assertEquals(
      commands(binary.stdout).filter((line) => line !== "  start"),
      commands(task.stdout),
    );
  });

  it("runs by the commands of its unit, says when it is ready, sends, and stops in peace", async () => {
    const unit = parseUnit(await readRepoFile("deploy/messages-api.service"));
    const commandOf = (name: string, pid: string): string[] => {
      const [program = "", ...args] = settingOf(unit, "Service", name).split(" ");
      assertEquals(program, "/usr/local/bin/deno");
      return args.map((arg) => release.mapped(arg.replace("${MAINPID}", pid)));
    };
    const environment = Object.fromEntries(
      Object.entries(environmentOf(unit)).map(([name, value]) => [name, release.mapped(value)]),
    );
    const port = String(freePort());
    const env = { ...environment, PORT: port, DATA_DIR: join(release.state, ".data") };
    const cwd = release.mapped(settingOf(unit, "Service", "WorkingDirectory"));
    await using server = await watch(release.spawn(commandOf("ExecStart", ""), { cwd, env }));
    const ready = await release.run(commandOf("ExecStartPost", String(server.process.pid)), {
      cwd,
      env,
    });
    assertEquals(ready, { code: 0, stdout: "", stderr: "" });

    const browser = openPages(server.baseUrl);
    const link = server.lines.find((line) => line.includes("/setup/")) ?? "";
    const { status } = await browser.post(new URL(link).pathname, {
      name: "Shop",
      email: "ann@example.com",
      password: "correct horse battery",
    });
    assertEquals(status, 303);
    await assertWholePage(browser);
    cookies = browser.cookies;
    key = (await createKey(browser, { fields: { preset: "full" }, mode: "test" })).text;
    const answer = await callApi(server.baseUrl, {
      path: "/api/v1/messages",
      key,
      body: { to: "+14155550123", text: "Hello from a release" },
    });
    assertEquals(answer.status, 201, answer.text);
    messageId = answer.json.data.message_id;

    // The image asks the same program, with fewer permissions.
    const { stages } = await readDockerfile();
    const [program, ...check] = stages.at(-1)?.healthCheck ?? [];
    assertEquals(program, "deno");
    const asked = { cwd: release.folder, env: { HOST: "0.0.0.0", PORT: port } };
    assertEquals(await release.run(check, asked), { code: 0, stdout: "", stderr: "" });
    assertEquals(await server.stop(), 0);
    assertMatch(server.lines.at(-1) ?? "", /"event":"stopped"/);

    const gone = await release.run(check, asked);
    assertEquals([gone.code, gone.stdout], [1, ""]);
    assertMatch(gone.stderr, /^http:\/\/localhost:[0-9]+\/readyz does not answer: .*\n$/);
    const ended = await release.run(commandOf("ExecStartPost", String(server.process.pid)), {
      cwd,
      env,
    });
    assertEquals(ended.code, 1);
    assertMatch(ended.stderr, /^The process [0-9]+ has ended: its log says why\n$/);
  });

  it("run as the binary on a copy of the data, goes on with every message, key and session", async () => {
    // As docs/operations.md says: stop the server, copy DATA_DIR.
    const restored = await release.makeFolder("restored");
    const { success } = await new Deno.Command("cp", {
      args: ["-a", join(release.state, ".data"), restored],
    }).output();
    assert(success);
    const env = { PORT: "0", LOG_FORMAT: "json" };
    await using server = await watch(release.spawn(binaryArgs("start"), { cwd: restored, env }));
    const message = await callApi(server.baseUrl, { path: `/api/v1/messages/${messageId}`, key });
    assertEquals([message.status, message.json.data.text], [200, "Hello from a release"]);
    // Sending decrypts the secrets of the account: the key came along.
    const answer = await callApi(server.baseUrl, {
      path: "/api/v1/messages",
      key,
      body: { to: "+14155550123", text: "And again" },
    });
    assertEquals(answer.status, 201, answer.text);
    const browser = openPages(server.baseUrl);
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    await assertWholePage(browser);
    assertEquals(await server.stop(), 0);
  });

  it("run as the binary, says in one line that its data cannot lie elsewhere", async () => {
    const cwd = await release.makeFolder("elsewhere");
    const { code, stdout, stderr } = await release.run(binaryArgs(), {
      cwd,
      env: { DATA_DIR: release.state },
    });
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /^DATA_DIR is ".*", but this binary may write "\.data" in .*\n$/);
  });

  it("was never written to", async () => {
    assertEquals(await listFiles(release.folder), filesBefore);
  });
});

/** The page of somebody who is signed in comes with its styles and scripts. */
async function assertWholePage(browser: ReturnType<typeof openPages>): Promise<void> {
  const { status, text } = await browser.get("/");
  assertEquals(status, 200, text);
  const parts = [...text.matchAll(/(?:href|src)="(\/[^"]+\.(?:css|js|svg)[^"]*)"/g)]
    .map(([, path = ""]) => path.replaceAll("&amp;", "&"));
  for (const kind of [".css", ".js", ".svg"]) {
    assert(parts.some((path) => path.includes(kind)), `no ${kind} in\n${text}`);
  }
  for (const path of parts) {
    const response = await browser.fetch(path);
    const { byteLength } = await response.arrayBuffer();
    assertEquals([response.status, byteLength > 0], [200, true], path);
  }
}

/** Follows a server that was not started by the launcher of this process. */
async function watch(child: Deno.ChildProcess): Promise<ServerProcess> {
  const nothing = child.stdout.cancel();
  return await watchServer({
    pid: child.pid,
    stderr: child.stderr,
    status: Promise.all([child.status, nothing]).then(([status]) => status),
    stop: (signal) => {
      try {
        // Its launcher passes this on; killed outright, it would leave the server behind.
        child.kill(signal === "SIGKILL" ? "SIGTERM" : signal);
      } catch (error) {
        // It has ended by itself.
        if (!(error instanceof TypeError)) throw error;
      }
    },
  });
}
