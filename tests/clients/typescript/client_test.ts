/**
 * The TypeScript client against a real server: the same cases from its source under Deno, and from the package that
 * users install under Node. The server stands behind a gateway that loses requests and answers; what was sent is
 * counted in the database and at the simulator of Meta.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import * as api from "@/clients/typescript/src/mod.ts";
import { type Control, startControl } from "@/tests/clients/typescript/control.ts";
import { makeNodeProject, type NodeProject } from "@/tests/clients/typescript/node_project.ts";
import { CASE_NAMES, runCases } from "@/tests/clients/typescript/programme.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
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

  it("the package has the compiled client, its types, a README and the licence, and nothing else", () => {
    assertEquals(project.files.filter((path) => !/^dist\/\w+\.d\.ts$/.test(path)), [
      "LICENSE",
      "README.md",
      "dist/mod.js",
      "package.json",
    ]);
  });
});
