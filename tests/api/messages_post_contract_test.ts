/** What `POST /api/v1/messages` shares with every route: keys, scope, rate limit, methods. */
import { afterAll, beforeAll, describe } from "@std/testing/bdd";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { routeContract } from "@/tests/helpers/route_contract.ts";
import { TEXT_BODY } from "@/tests/helpers/sends.ts";

describe("POST /api/v1/messages contract", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  routeContract({
    harness: () => harness,
    method: "POST",
    path: "/api/v1/messages",
    scope: "messages:send",
    allow: "GET, HEAD, OPTIONS, POST",
    body: TEXT_BODY,
  });
});
