/** Paths, methods and hosts that no route has, or that are not what they seem: JSON under /api, and never a 500. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { sendRaw } from "@/tests/helpers/raw_http.ts";
import { corsHeaders } from "@/tests/helpers/route_contract.ts";

describe("paths", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  // Request lines without a key, and the JSON error that they get.
  const underApi: [string, number, string][] = [
    ["GET /api", 404, "not_found"],
    ["GET /api/", 404, "not_found"],
    ["GET /api/v1", 404, "not_found"],
    ["GET /api/v1/", 404, "not_found"],
    ["GET /api/v2/messages", 404, "not_found"],
    ["GET /api/v1/nowhere", 404, "not_found"],
    ["POST /api/v1/nowhere", 404, "not_found"],
    ["PUT /api/v1/nowhere", 404, "not_found"],
    ["PATCH /api/v1/nowhere", 404, "not_found"],
    ["DELETE /api/v1/nowhere", 404, "not_found"],
    ["GET /api/v1/broadcasts", 404, "not_found"],
    ["POST /api/v1/broadcasts", 404, "not_found"],
    ["GET /api/v1/webhooks", 404, "not_found"],
    ["GET /api/v1/messages/1/2", 404, "not_found"],
    ["GET /api/v1/%zz", 404, "not_found"],
    ["GET /api/v1/%00", 404, "not_found"],
    ["GET /api/v1/../nowhere", 404, "not_found"],
    ["GET /api/v1/%2e%2e/nowhere", 404, "not_found"],
    ["GET /api/v1/me;x", 404, "not_found"],
    ["GET /api/v1/ME", 404, "not_found"],
    ["GET //api/v1/me", 401, "unauthorized"],
    ["GET /api//v1///me", 401, "unauthorized"],
    ["GET /x/../api/v1/me", 401, "unauthorized"],
    ["GET /api/v1/me/", 401, "unauthorized"],
    ["GET /api/v1/me?%zz=%", 401, "unauthorized"],
    ["GET /api/v1/messages/%zz", 401, "unauthorized"],
    ["GET /api/v1/messages/..%2fme", 401, "unauthorized"],
    ["POST /api/v1/messages/", 401, "unauthorized"],
    ["GET /api/v1/messages/", 401, "unauthorized"],
    ["PUT /api/v1/me", 405, "method_not_allowed"],
    ["TRACE /api/v1/me", 405, "method_not_allowed"],
    ["PROPFIND /api/v1/messages", 405, "method_not_allowed"],
    ["get /api/v1/me", 405, "method_not_allowed"],
  ];
  for (const [line, status, code] of underApi) {
    it(`${line} ${status} is answered with JSON`, async () => {
      const answer = await sendRaw(harness.server.port, { line });
      assertApiError(answer, { status, code, retryable: false });
      assertEquals(answer.headers.has("allow"), status === 405);
      assertEquals(corsHeaders(answer), []);
    });
  }

  it("PROPFIND /api/v1/nowhere is refused with JSON", async () => {
    const answer = await sendRaw(harness.server.port, { line: "PROPFIND /api/v1/nowhere" });
    assert([404, 405].includes(answer.status), String(answer.status));
    assertApiError(answer, { status: answer.status, code: answer.json.error.code });
  });

  it("GET /api/v1/me/ 200 takes a trailing slash", async () => {
    const { key } = await harness.makeAccount();
    const answer = await harness.call({ path: "/api/v1/me/", key: key.key });
    assertEquals(answer.status, 200);
    assertEquals(answer.json.data.key.id, key.id);
  });

  it("GET http://elsewhere.example/api/v1/me 401 takes the path of a proxy's request line", async () => {
    const answer = await sendRaw(harness.server.port, {
      line: "GET http://elsewhere.example/api/v1/me",
    });
    assertApiError(answer, { status: 401, code: "unauthorized" });
  });

  for (
    const host of [
      "a b",
      "[",
      "x:99999",
      "<script>",
      "exa%mple",
      // With these the path would be another one.
      "/",
      "x/y",
      "x?y",
      "x#y",
      "x\\y",
      "user@x",
    ]
  ) {
    it(`GET /api/v1/me 400 refuses the Host "${host}" without a page`, async () => {
      const answer = await sendRaw(harness.server.port, { line: "GET /api/v1/me", host });
      assertEquals(answer.status, 400);
      assertEquals(answer.headers.get("content-type")?.includes("html") ?? false, false);
      assertEquals(answer.text.includes("<"), false);
    });
  }

  for (const host of ["", null, "elsewhere.example", "xn--bcher-kva.example:81"]) {
    it(`GET /api/v1/me 401 does not mind the Host ${JSON.stringify(host)}`, async () => {
      const answer = await sendRaw(harness.server.port, { line: "GET /api/v1/me", host });
      assertApiError(answer, { status: 401, code: "unauthorized" });
      assertEquals(
        answer.json.error.doc_url,
        `${harness.server.baseUrl}/docs/errors#unauthorized`,
      );
    });
  }

  for (
    const line of ["GET /api/../nowhere", "GET /%zz", "GET /..%2f.env", "GET /.env", "GET /%00"]
  ) {
    it(`${line} 303 leads to the way in, and is no error`, async () => {
      const answer = await sendRaw(harness.server.port, { line });
      assertEquals([answer.status, answer.headers.get("location")], [303, "/setup"]);
    });
  }

  it("the server goes on after all of that", async () => {
    const answer = await harness.call({ path: "/healthz" });
    assertEquals(answer.status, 200);
    const failures = harness.server.log().filter(({ level }) => level === "error");
    assertEquals(failures, []);
  });
});
