/**
 * The TypeScript client against a real server: the same cases from its source under Deno, and from the package that
 * users install under Node. The server stands behind a gateway that loses requests and answers; what was sent is
 * counted in the database and at the simulator of Meta.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import * as api from "@/clients/typescript/src/mod.ts";
import { type Control, startControl } from "@/tests/clients/typescript/control.ts";
import { makeNodeProject, type NodeProject } from "@/tests/clients/typescript/node_project.ts";
import { CASE_NAMES, runCases } from "@/tests/clients/typescript/programme.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { readRepoFile } from "@/tests/helpers/repo_files.ts";
import { startTcpGateway, type TcpGateway } from "@/tests/helpers/tcp_gateway.ts";

type Results = Record<string, string | null>;

// Bun is not on every machine: where it is, BUN_PATH names it (CONTRIBUTING.md).
const BUN = Deno.env.get("BUN_PATH");
const RUNTIMES = ["deno", "node", ...(BUN === undefined ? [] : ["bun"])];

const ENVIRONMENT = {
  // Two sends of an account at a time and none that waits: a third is refused with Retry-After.
  MAX_SENDS: "2",
  MAX_WAITING: "0",
  // Longer than anything is held up in these cases.
  META_TIMEOUT_MS: "10000",
};

describe("The TypeScript client", () => {
  let harness: Harness;
  let gateway: TcpGateway;
  let metaGateway: TcpGateway;
  let control: Control;
  let project: NodeProject;
  let results: Record<string, Results>;
  beforeAll(async () => {
    metaGateway = await startTcpGateway(() => harness.simulator.port);
    [harness, project] = await Promise.all([
      startHarness({
        environment: {
          ...ENVIRONMENT,
          META_GRAPH_URL: `http://127.0.0.1:${metaGateway.port}`,
        },
      }),
      makeNodeProject(),
    ]);
    gateway = await startTcpGateway(() => harness.server.port);
    control = startControl({ harness, gateway, metaGateway });
    const address = {
      serverUrl: `http://127.0.0.1:${gateway.port}`,
      controlUrl: control.url,
    };
    results = {};
    for (const runtime of RUNTIMES) {
      results[runtime] = runtime === "deno"
        ? await runCases(api, address)
        : await project.runCases(runtime === "bun" && BUN ? BUN : runtime, address);
    }
  });
  afterAll(async () => {
    await control[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
    await metaGateway[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  for (const runtime of RUNTIMES) {
    for (const name of CASE_NAMES) {
      it(`${runtime}: ${name}`, () => {
        const result = results[runtime]?.[name];
        assertEquals(result, null, result ?? "It did not run");
      });
    }
  }

  // What each page prints at least, in this order.
  for (
    const [page, printed] of [
      ["README.md", /^[0-9a-f-]{36}\n$/],
      [
        "docs/clients.md",
        /outside_service_window[^]*^false 1$[^]*^bad_request [^]*^1 null$[^]*^live /m,
      ],
      [
        "clients/typescript/README.md",
        /outside_service_window[^]*^sent null$[^]*^bad_request [^]*^1$/m,
      ],
    ] as const
  ) {
    it(`the TypeScript in ${page} runs as it is`, async () => {
      const account = await harness.makeAccount();
      const text = (await readRepoFile(page)).replaceAll(
        "http://localhost:8000",
        harness.server.baseUrl,
      );
      const output = await project.runPage(text, { MESSAGES_API_KEY: account.key.key });
      assertMatch(output, printed);
    });
  }

  it("the package has the compiled client, its types, a README and the licence, and nothing else", () => {
    const isDeclaration = (path: string) => /^dist\/\w+\.d\.ts$/.test(path);
    assertEquals(project.files.filter((path) => !isDeclaration(path)), [
      "LICENSE",
      "README.md",
      "dist/mod.js",
      "package.json",
    ]);
    assertEquals(project.files.includes("dist/mod.d.ts"), true);
  });

  it("the package's declarations name files of the package", async () => {
    const declarations = project.files.filter((path) => path.endsWith(".d.ts"));
    const named = await Promise.all(declarations.map(async (path) => {
      const text = await Deno.readTextFile(`${project.installed}/${path}`);
      return [...text.matchAll(/(?:from |import\()"([^"]*)"/g)].map(([, name = ""]) => name);
    }));
    const known = new Set(
      declarations.map((path) => path.replace(/^dist\/(.*)\.d\.ts$/, "./$1.js")),
    );
    assertEquals(named.flat().filter((name) => !known.has(name)), []);
    assertEquals(named.flat().length > 10, true);
  });
});
