/** The image and the compose file say what the project says: the same files, names, commands and times. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "yaml";
import { CONFIG_NAMES, parseConfig } from "@/lib/config.ts";
import { shutdownGraceMs } from "@/lib/server/run_server.ts";
import { BUILD_SOURCES, RELEASE_SOURCES } from "@/tasks/release/contents.ts";
import { readDockerfile, valuesOf } from "@/tests/deploy/dockerfile.ts";
import { taskArgs } from "@/tests/helpers/cli.ts";
import { readRepoFile, REPO_ROOT } from "@/tests/helpers/repo_files.ts";

const NAMES: readonly string[] = CONFIG_NAMES;
const EXAMPLE_KEY = btoa("k".repeat(32));

Deno.test(".dockerignore lets exactly what a release is made from into the build", async () => {
  const lines = (await readRepoFile(".dockerignore")).split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  assertEquals(lines[0], "*");
  const sources = [...RELEASE_SOURCES, ...BUILD_SOURCES];
  const tops = new Set(sources.map((path) => path.split("/")[0] ?? ""));
  assertEquals(lines.slice(1), [...tops].sort().map((name) => `!${name}`));
  for (const path of sources) await Deno.stat(new URL(encodeURI(path), REPO_ROOT));
});

Deno.test("The image is built by the project's own tasks, on the Deno that the project is tested with", async () => {
  const { stages } = await readDockerfile();
  const [build, image] = stages;
  const [, version] = /deno@([0-9.]+)/.exec(await readRepoFile(".ci/run")) ?? [];
  assertEquals([build?.base, image?.base], [
    `denoland/deno:${version}`,
    `denoland/deno:distroless-${version}`,
  ]);
  assertEquals(stages.length, 2);
  assertEquals(valuesOf(build, "COPY"), ["deno.json deno.lock ./", ". ."]);
  assertEquals(valuesOf(build, "RUN"), [
    "deno install --frozen",
    "deno task release /app",
    "mkdir /data",
  ]);
  assertEquals((await taskArgs("release")).at(-1), "tasks/release/assemble.ts");
  assertEquals(valuesOf(image, "COPY"), [
    "--from=build /app /app",
    "--from=build --chown=65532:65532 /data /data",
  ]);
});

Deno.test("The image starts the server as the task does, as a user without rights", async () => {
  const image = (await readDockerfile()).stages.at(-1);
  assertEquals(JSON.parse(valuesOf(image, "CMD")[0] ?? ""), await taskArgs("start"));
  assertEquals(valuesOf(image, "RUN"), []);
  assertEquals(valuesOf(image, "USER"), ["65532:65532"]);
  assertEquals(valuesOf(image, "WORKDIR"), ["/app"]);
  assertEquals(valuesOf(image, "STOPSIGNAL"), ["SIGTERM"]);
  const [script] = (image?.healthCheck ?? []).filter((arg) => arg.endsWith(".ts"));
  assert(RELEASE_SOURCES.some((path) => path === script), script);
  const environment = readPairs(valuesOf(image, "ENV").join(" "));
  const foreign = Object.keys(environment).filter((name) => !NAMES.includes(name));
  assertEquals(foreign, ["DENO_DIR", "DENO_NO_UPDATE_CHECK"]);
  const { host, port, dataDir } = parseConfig(environment);
  assertEquals([host, [String(port)], [dataDir]], [
    "0.0.0.0",
    valuesOf(image, "EXPOSE"),
    valuesOf(image, "VOLUME"),
  ]);
});

Deno.test("compose.yaml gives the server settings that it knows, and time to stop", async () => {
  const { server, database } = (await readCompose()).services;
  const variables = {
    POSTGRES_PASSWORD: "0123456789abcdef",
    ENCRYPTION_KEY: EXAMPLE_KEY,
    APP_URL: "https://wa.example.com",
  };
  const environment = resolve(server.environment, variables);
  assertEquals(Object.keys(environment).filter((name) => !NAMES.includes(name)), []);
  const config = parseConfig(environment);
  const databaseUrl = new URL(config.databaseUrl ?? "");
  const { POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD } = resolve(
    database.environment,
    variables,
  );
  assertEquals(
    [databaseUrl.hostname, databaseUrl.pathname, databaseUrl.username, databaseUrl.password],
    ["database", `/${POSTGRES_DB}`, POSTGRES_USER, POSTGRES_PASSWORD],
  );
  assertEquals([config.appUrl, config.host, config.encryptionKeys.length], [
    variables.APP_URL,
    "0.0.0.0",
    1,
  ]);
  assert(
    seconds(server.stop_grace_period) * 1_000 > shutdownGraceMs(parseConfig({}).metaTimeoutMs),
  );
  assertEquals(server.ports, [`127.0.0.1:8000:${config.port}`]);
  assertEquals([server.read_only, server.cap_drop], [true, ["ALL"]]);
  assertEquals([server.env_file, server.restart], [".env", "unless-stopped"]);
  assertEquals(server.depends_on, { database: { condition: "service_healthy" } });
});

Deno.test("compose.yaml keeps Postgres to the server, its data in a volume, and no secret in the file", async () => {
  const compose = await readCompose();
  const { database } = compose.services;
  assertEquals(database.image, "postgres:18");
  assertEquals([database.ports, database.restart], [undefined, "unless-stopped"]);
  const [volume = ""] = database.volumes;
  assertEquals(volume.split(":")[1], "/var/lib/postgresql");
  assertEquals(Object.keys(compose.volumes), [volume.split(":")[0]]);
  const { POSTGRES_DB, POSTGRES_USER } = database.environment;
  assertEquals(database.healthcheck.test.slice(0, 2), ["CMD", "pg_isready"]);
  assertEquals(database.healthcheck.test.slice(-2), [
    `--username=${POSTGRES_USER}`,
    `--dbname=${POSTGRES_DB}`,
  ]);
  const text = await readRepoFile("compose.yaml");
  const required = new Set([...text.matchAll(/\$\{(\w+):\?[^}]+\}/g)].map(([, name]) => name));
  assertEquals([...required].sort(), ["APP_URL", "ENCRYPTION_KEY", "POSTGRES_PASSWORD"]);
  assertEquals([...text.matchAll(/\$\{/g)].length, [...text.matchAll(/\$\{\w+:\?/g)].length);
  const page = await readRepoFile("docs/deployment.md");
  for (const name of required) assertMatch(page, new RegExp(`^${name}=`, "m"));
});

// deno-lint-ignore no-explicit-any -- the shape is what the tests assert
async function readCompose(): Promise<any> {
  return parse(await readRepoFile("compose.yaml"));
}

/** Fills `${NAME:?…}` in. */
function resolve(
  environment: Record<string, string>,
  variables: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+):\?[^}]*\}/g, (_, each) => variables[each] ?? ""),
    ]),
  );
}

function readPairs(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name = "", value = ""]) => [name, value]),
  );
}

function seconds(text: string): number {
  assertMatch(text, /^[0-9]+s$/);
  return parseInt(text);
}
