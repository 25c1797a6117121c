/** The unit files and the examples for reverse proxies: valid, of one mind, and in time with the server. */
import { join } from "node:path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MAX_BODY_BYTES } from "@/lib/api/body.ts";
import { CONFIG_NAMES, parseConfig } from "@/lib/config.ts";
import { sendDeadlineMs } from "@/lib/messages/send.ts";
import { shutdownGraceMs } from "@/lib/server/run_server.ts";
import { RELEASE_SOURCES } from "@/tasks/release/contents.ts";
import { environmentOf, parseUnit, settingOf } from "@/tests/deploy/unit_file.ts";
import { taskArgs } from "@/tests/helpers/cli.ts";
import { readRepoFile } from "@/tests/helpers/repo_files.ts";

const UNIT = "deploy/messages-api.service";
const TEMPLATE = "deploy/messages-api@.service";
const NAMES: readonly string[] = CONFIG_NAMES;
const { metaTimeoutMs } = parseConfig({});

Deno.test("The unit starts the server as the task does, with settings that it knows", async () => {
  const unit = parseUnit(await readRepoFile(UNIT));
  const [, ...args] = settingOf(unit, "Service", "ExecStart").split(" ");
  const task = await taskArgs("start");
  assertEquals(args, [
    ...task.slice(0, -1),
    "--config=/opt/messages-api/deno.json",
    `/opt/messages-api/${task.at(-1)}`,
  ]);
  for (const name of ["ExecStart", "ExecStartPost"]) {
    const [script = ""] =
      settingOf(unit, "Service", name).match(/(?<=\/opt\/messages-api\/)\S+\.ts/) ??
        [];
    assert(RELEASE_SOURCES.some((path) => path === script), script);
  }
  const environment = environmentOf(unit);
  assertEquals(Object.keys(environment).filter((name) => !NAMES.includes(name)), [
    "DENO_DIR",
    "DENO_NO_UPDATE_CHECK",
  ]);
  const state = `/var/lib/${settingOf(unit, "Service", "StateDirectory")}`;
  assertEquals(parseConfig(environment).dataDir, state);
  assertEquals(settingOf(unit, "Service", "WorkingDirectory"), state);
  assertEquals(environment.DENO_DIR, `/var/cache/${settingOf(unit, "Service", "CacheDirectory")}`);
});

Deno.test("The unit gives the server time to stop, and more than a user's rights to nobody", async () => {
  const unit = parseUnit(await readRepoFile(UNIT));
  const setting = (name: string) => settingOf(unit, "Service", name);
  assert(parseInt(setting("TimeoutStopSec")) * 1_000 > shutdownGraceMs(metaTimeoutMs));
  const wait = / --wait ([0-9]+) /.exec(setting("ExecStartPost"))?.[1];
  assert(parseInt(setting("TimeoutStartSec")) > Number(wait));
  assertEquals([setting("Restart"), setting("KillMode")], ["on-failure", "mixed"]);
  assertEquals([setting("User"), setting("CapabilityBoundingSet")], ["messages-api", ""]);
  assertEquals([setting("NoNewPrivileges"), setting("ProtectSystem")], ["yes", "strict"]);
  // The server does not start with it: V8 makes machine code while it runs.
  assertEquals(setting("MemoryDenyWriteExecute"), "no");
});

Deno.test("The template unit is the unit, but for the port", async () => {
  const [unit, template] = await Promise.all([UNIT, TEMPLATE].map(readRepoFile));
  const settings = (text: string) => text.slice(text.indexOf("[Unit]"));
  const expected = settings(unit ?? "")
    .replace(/^Description=.*$/m, "$& on port %i")
    .replace(/^Environment=.*$/m, "$& PORT=%i");
  assertEquals(settings(template ?? ""), expected);
});

Deno.test({
  name: "systemd finds nothing wrong with the units",
  ignore: !await hasSystemd(),
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const path of [UNIT, TEMPLATE]) {
        // It looks whether the program is there.
        const text = (await readRepoFile(path)).replaceAll("/usr/local/bin/deno", "/bin/true");
        const file = join(folder, path.slice("deploy/".length).replace("@", "@8001"));
        await Deno.writeTextFile(file, text);
        const { code, stderr } = await new Deno.Command("systemd-analyze", {
          args: ["verify", "--man=no", "--recursive-errors=no", file],
        }).output();
        assertEquals([code, new TextDecoder().decode(stderr)], [0, ""], path);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("The example for nginx lets sends end, events flow and bodies in, and logs no token", async () => {
  const text = (await readRepoFile("deploy/nginx.conf")).replace(/^\s*#.*$/gm, "");
  assertEquals(text.split("{").length, text.split("}").length);
  const [, waits = ""] = /proxy_read_timeout ([0-9]+)s;/.exec(text) ?? [];
  assert(Number(waits) * 1_000 > sendDeadlineMs(metaTimeoutMs));
  const [, megabytes = ""] = /client_max_body_size ([0-9]+)m;/.exec(text) ?? [];
  assert(Number(megabytes) * 1024 * 1024 > MAX_BODY_BYTES);
  const [, events = ""] = /location = \/events \{([^}]*)\}/.exec(text) ?? [];
  assertStringIncludes(events, "proxy_buffering off;");
  // Appended to what a caller claims, it would still be right; alone it cannot be wrong.
  assertStringIncludes(text, "proxy_set_header X-Forwarded-For $remote_addr;");
  assertStringIncludes(text, "proxy_set_header X-Forwarded-Proto $scheme;");
  const [, format = ""] = /log_format messages_api '([^']*)'/.exec(text) ?? [];
  assertEquals(/\$request\b(?!_)|\$args|\$request_uri|\$http_|\$query/.test(format), false, format);
  assertStringIncludes(text, "access_log /var/log/nginx/messages-api.log messages_api;");
  assertStringIncludes(text, "~^/(?<kind>setup|invite)/ /$kind/-;");
});

Deno.test("The example for Caddy lets sends end, asks who is ready, and writes no access log", async () => {
  const text = (await readRepoFile("deploy/Caddyfile")).replace(/^\s*#.*$/gm, "");
  assertEquals(text.split("{").length, text.split("}").length);
  const [, waits = ""] = /response_header_timeout ([0-9]+)s/.exec(text) ?? [];
  assert(Number(waits) * 1_000 > sendDeadlineMs(metaTimeoutMs));
  assertStringIncludes(text, "health_uri /readyz");
  assertEquals(/^\s*log\b/m.test(text), false);
});

async function hasSystemd(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("systemd-analyze", { args: ["--version"] }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
