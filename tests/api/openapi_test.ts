/** The OpenAPI document as a server gives it, held against the routes; and that what is made from it works. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Scope, SCOPES } from "@/lib/keys/scopes.ts";
import { makeDocument } from "@/lib/openapi/document.ts";
import type { Operation } from "@/lib/api/operation.ts";
import { OPERATIONS } from "@/lib/openapi/operations.ts";
import { postmanCollection } from "@/tasks/clients/postman.ts";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { runSendNode } from "@/tests/helpers/n8n_send_node.ts";
import { readRepoFile } from "@/tests/helpers/repo_files.ts";
import { TEXT_BODY } from "@/tests/helpers/sends.ts";

const PATH = "/api/v1/openapi.json";
const UUID = "01a2049d-e235-738c-b85a-dd9bd55b47d3";

describe("the OpenAPI document", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("GET /api/v1/openapi.json 200 needs no key and names this server", async () => {
    const answer = await harness.call({ path: PATH });
    assertEquals(answer.status, 200);
    assertEquals(answer.json, JSON.parse(JSON.stringify(makeDocument(harness.server.baseUrl))));
  });

  it("GET /api/v1/openapi.json 304 for whoever has this version", async () => {
    const first = await harness.call({ path: PATH });
    const etag = first.headers.get("etag") ?? "";
    assertMatch(etag, /^"[\w-]{22}"$/);
    assertEquals(first.headers.get("cache-control"), "public, no-cache");
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await harness.call({ path: PATH, headers: { "if-none-match": known } });
      assertEquals([again.status, again.text, again.headers.get("etag")], [304, "", etag], known);
    }
    const other = await harness.call({ path: PATH, headers: { "if-none-match": '"other"' } });
    assertEquals(other.status, 200);
  });

  it("HEAD, OPTIONS and other methods of /api/v1/openapi.json are as everywhere", async () => {
    const get = await harness.call({ path: PATH });
    const head = await harness.call({ method: "HEAD", path: PATH });
    assertEquals([head.status, head.text], [200, ""]);
    assertEquals(head.headers.get("etag"), get.headers.get("etag"));
    const options = await harness.call({ method: "OPTIONS", path: PATH });
    assertEquals([options.status, options.headers.get("allow")], [204, "GET, HEAD, OPTIONS"]);
    assertApiError(await harness.call({ method: "POST", path: PATH }), {
      status: 405,
      code: "method_not_allowed",
    });
  });

  it("every route with each of its methods is described, and nothing else is", async () => {
    const manifest = await readRepoFile("fresh.gen.ts");
    const routes = [...manifest.matchAll(/"(\/api\/v1\/[^"]*[^/"])"/g)].map(([, path = ""]) =>
      path
    );
    const served: Record<string, string[]> = {};
    for (const route of routes) {
      const { headers } = await harness.call({
        method: "OPTIONS",
        path: route.replace(/:\w+/g, UUID),
      });
      served[route.replace(/:(\w+)/g, "{$1}")] = (headers.get("allow") ?? "").split(", ")
        .filter((method) => method !== "HEAD" && method !== "OPTIONS").sort();
    }
    const { paths } = makeDocument("");
    const described = Object.fromEntries(
      Object.entries(paths).map(([path, item]) => [
        path,
        Object.keys(item).map((method) => method.toUpperCase()).sort(),
      ]),
    );
    assertEquals(described, served);
    assert(routes.length >= 10, String(routes));
  });

  it("every operation asks for the key and the scope that the document names", async () => {
    const account = await harness.makeAccount();
    for (const { path, method, scope, keyless, body } of OPERATIONS) {
      const request = {
        method,
        path: path.replace(/\{\w+\}/g, UUID),
        ...(body === undefined ? {} : { body: Object.values(body.examples)[0]?.value }),
      };
      const where = `${method} ${path}`;
      const bare = await harness.call(request);
      if (keyless) {
        assertEquals(bare.status, 200, where);
        continue;
      }
      assertApiError(bare, { status: 401, code: "unauthorized" });
      const others = (Object.keys(SCOPES) as Scope[]).filter((other) => other !== scope);
      const key = await harness.makeKey({ accountId: account.id, scopes: others });
      const answer = await harness.call({ ...request, key: key.key });
      if (scope === null) {
        assertEquals(answer.status, 200, where);
        continue;
      }
      assertApiError(answer, { status: 403, code: "forbidden" });
      assert(answer.json.error.message.includes(`"${scope}"`), where);
    }
  });

  it("every request of the Postman collection works with base_url and api_key filled in", async () => {
    const account = await harness.makeAccount();
    const collection = postmanCollection(makeDocument(harness.server.baseUrl));
    const sent = await harness.call({
      path: "/api/v1/messages",
      key: account.key.key,
      body: TEXT_BODY,
    });
    const ids: Record<string, string> = {
      messages: sent.json.data.message_id,
      contacts: sent.json.data.contact_id,
      conversations: sent.json.data.conversation_id,
    };
    const requests = collection.item.flatMap(({ item }) => item);
    const outcomes: Record<string, number> = {};
    // What erases comes last, as nothing of the person is found after it.
    for (const operation of erasingLast(OPERATIONS)) {
      const request = requests.find(({ name }) => name === operation.summary)?.request;
      assert(request !== undefined, `The collection has no request "${operation.summary}"`);
      const path = request.url.path.map((
        part,
      ) => (part === ":id" ? ids[request.url.path[2] ?? ""] : part));
      assertEquals(request.url.raw, `{{base_url}}/${request.url.path.join("/")}`);
      const answer = await harness.call({
        method: request.method,
        path: `/${path.join("/")}`,
        headers: Object.fromEntries(
          request.header.filter(({ disabled }) => !disabled).map(({ key, value }) => [key, value]),
        ),
        ...(request.body === undefined ? {} : { body: request.body.raw }),
        ...(request.auth?.type === "noauth" ? {} : { key: account.key.key }),
      });
      outcomes[operation.id] = answer.status;
    }
    const expected = OPERATIONS.map(({ id, answers }) => [id, Number(Object.keys(answers)[0])]);
    assertEquals(outcomes, {
      ...Object.fromEntries(expected),
      // What was sent has no file; and its contact was there when it was to be created.
      getMessageMedia: 404,
      createContact: 200,
      // A moment after a message to the person.
      eraseContact: 202,
    });
  });

  it("the node of the n8n workflow sends a message, once for each item of an execution", async () => {
    const account = await harness.makeAccount();
    const workflow = JSON.parse(await readRepoFile("clients/n8n/send-message.json"));
    const run = (options: { executionId: string; itemIndex: number }) => {
      const request = runSendNode(workflow, {
        ...options,
        fields: { base_url: harness.server.baseUrl },
      });
      const url = new URL(request.url);
      assertEquals(url.origin, harness.server.baseUrl);
      return harness.call({ ...request, path: url.pathname, key: account.key.key });
    };
    const first = await run({ executionId: "7", itemIndex: 0 });
    assertEquals(first.status, 201, first.text);
    const again = await run({ executionId: "7", itemIndex: 0 });
    assertEquals(again.headers.get("idempotent-replayed"), "true");
    assertEquals(again.json.data.message_id, first.json.data.message_id);
    for (const other of [{ executionId: "7", itemIndex: 1 }, { executionId: "8", itemIndex: 0 }]) {
      const answer = await run(other);
      assertEquals([answer.status, answer.headers.get("idempotent-replayed")], [201, null]);
    }
  });
});

function erasingLast(operations: readonly Operation[]): Operation[] {
  const erases = ({ method }: Operation) => method === "DELETE";
  return [...operations.filter((one) => !erases(one)), ...operations.filter(erases)];
}
