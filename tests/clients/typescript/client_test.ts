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

const ENVIRONMENT = {
  // Two sends of an account at a time and none that waits: a third is refused with Retry-After.
  MAX_SENDS: "2",
  MAX_WAITING: "0",
  // Longer than Meta is slow in these cases.
  META_TIMEOUT_MS: "10000",
};

describe("The TypeScript client", () => {
  let harness: Harness;
  let gateway: TcpGateway;
  let control: Control;
  let project: NodeProject;
  let results: { deno: Results; node: Results };
  beforeAll(async () => {
    [harness, project] = await Promise.all([
      startHarness({ environment: ENVIRONMENT }),
      makeNodeProject(),
    ]);
    gateway = await startTcpGateway(() => harness.server.port);
    control = startControl({ harness, gateway });
    const address = {
      serverUrl: `http://127.0.0.1:${gateway.port}`,
      controlUrl: control.url,
    };
    const [deno, node] = await Promise.all([runCases(api, address), project.runCases(address)]);
    results = { deno, node };
  });
  afterAll(async () => {
    await control[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  for (const runtime of ["deno", "node"] as const) {
    for (const name of CASE_NAMES) {
      it(`${runtime}: ${name}`, () => {
        assertEquals(name in results[runtime], true, "It did not run");
        assertEquals(results[runtime][name], null, results[runtime][name] ?? "");
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
