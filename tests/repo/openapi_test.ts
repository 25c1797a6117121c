/** The OpenAPI document by itself: valid, whole, and as strict as the tests take it to be. */
import { assert, assertEquals, AssertionError, assertRejects } from "@std/assert";
import { Validator } from "@seriousme/openapi-schema-validator";
import { ERRORS } from "@/lib/api/errors.ts";
import { makeDocument } from "@/lib/openapi/document.ts";
import { OPERATIONS } from "@/lib/openapi/operations.ts";
import type { MediaTypeObject, OpenApiDocument } from "@/lib/openapi/types.ts";
import { assertDocumented, findSchemaProblems } from "@/tests/helpers/documented_answers.ts";

const document = makeDocument("https://messages.example.com");

Deno.test("The document is valid OpenAPI 3.1", async () => {
  const result = await new Validator().validate({ ...structuredClone(document) });
  assertEquals(result, { valid: true }, JSON.stringify(result));
  assertEquals(document.openapi.startsWith("3.1."), true);
});

Deno.test("A document with a mistake in it would not pass as valid", async () => {
  const broken = structuredClone(document) as Partial<OpenApiDocument>;
  delete broken.info;
  assertEquals((await new Validator().validate(broken)).valid, false);
});

Deno.test("Every reference leads somewhere, and every component is referred to", () => {
  const text = JSON.stringify(document);
  const references = new Set([...text.matchAll(/"#\/components\/([\w/-]+)"/g)].map(([, it]) => it));
  const components = Object.entries(document.components)
    .filter(([kind]) => kind !== "securitySchemes")
    .flatMap(([kind, entries]) => Object.keys(entries).map((name) => `${kind}/${name}`));
  assertEquals([...references].filter((name) => !components.includes(name ?? "")), []);
  const unused = components.filter((name) => !references.has(name));
  // The answer to a method that the document does not have.
  assertEquals(unused, ["responses/MethodNotAllowed"]);
});

Deno.test("Every error code of the table is described, and no other", () => {
  const codes = Object.keys(ERRORS).sort();
  const described = new Set<string>();
  for (const [name, { content }] of Object.entries(document.components.responses)) {
    for (const [code, example] of Object.entries(content?.["application/json"]?.examples ?? {})) {
      assertEquals(codeOf(example.value), code, name);
      described.add(code);
    }
  }
  // Nothing answers with it yet, so no operation has it; it is among the codes that a client may meet.
  const answered = codes.filter((code) => code !== "template_malformed");
  assertEquals([...described].sort(), answered);
  const schema = document.components.schemas.Error as {
    properties: { error: { properties: { code: { enum: string[] } } } };
  };
  assertEquals([...schema.properties.error.properties.code.enum].sort(), codes);
});

Deno.test("Every status of an error is one that the table gives to one of its codes", () => {
  for (const { operation, where } of operations()) {
    for (const [status, response] of Object.entries(operation.responses)) {
      if (!("$ref" in response)) continue;
      const name = response.$ref.slice(response.$ref.lastIndexOf("/") + 1);
      const examples = document.components.responses[name]?.content?.["application/json"]?.examples;
      const statuses = Object.keys(examples ?? {}).map((code) =>
        Number(Object.entries(ERRORS).find(([known]) => known === code)?.[1].status)
      );
      // 409 is also what an Idempotency-Key of a doubtful send is answered.
      assert(statuses.includes(Number(status)), `${where}: ${status} is ${name}`);
    }
  }
});

Deno.test("Every example is what its schema says, without further fields", async () => {
  const problems: string[] = [];
  let count = 0;
  for (const { media, where } of mediaTypes()) {
    for (const [name, { value }] of Object.entries(media.examples ?? {})) {
      count++;
      const found = await findSchemaProblems(media.schema ?? {}, value);
      problems.push(...found.map((problem) => `${where}, ${name}: ${problem}`));
    }
  }
  assertEquals(problems, []);
  assert(count > 30, String(count));
});

Deno.test("Everything that a reader sees has a description", () => {
  const missing: string[] = [];
  const names = new Set<string>();
  for (const { operation, where } of operations()) {
    names.add(operation.operationId);
    if (!operation.description || !operation.summary) missing.push(where);
    for (const parameter of operation.parameters) {
      if (!("$ref" in parameter) && !parameter.description) {
        missing.push(`${where} ${parameter.name}`);
      }
    }
  }
  for (const name of ["SendMessageRequest", "Message", "Contact", "Conversation", "Error"]) {
    assert(name in document.components.schemas, name);
  }
  assertEquals(missing, []);
  assertEquals(names.size, OPERATIONS.length, "Two operations have one name");
});

Deno.test("Requests are closed and answers open, so that answers may grow", () => {
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    if (schema.type !== "object") continue;
    const isSent = /Request$|^Template/.test(name);
    assertEquals(schema.additionalProperties === false, isSent, name);
  }
});

const HEADERS = { "content-type": "application/json", "x-request-id": "1" };
const CONTACT_PATH = "/api/v1/contacts/01a2049d-e235-738c-b85a-e1a37f515714";

Deno.test("An answer of the API that the document does not describe is found", async () => {
  const contact = exampleAt("/api/v1/contacts/{id}");
  const get = { method: "GET", path: CONTACT_PATH };
  await assertDocumented(get, answer(200, contact));
  await assertDocumented({ ...get, path: `/${CONTACT_PATH}?x=1#y` }, answer(200, contact));
  const wrong: [name: string, request: typeof get, answer: ReturnType<typeof answer>][] = [
    ["a further field", get, answer(200, { data: { ...contact.data, age: 7 } })],
    ["a further field of the envelope", get, answer(200, { ...contact, total: 1 })],
    ["a missing field", get, answer(200, { data: { ...contact.data, phone: undefined } })],
    ["a value of another type", get, answer(200, { data: { ...contact.data, name: 7 } })],
    ["a time that is none", get, answer(200, { data: { ...contact.data, created_at: "now" } })],
    ["another status", get, answer(202, contact)],
    ["a code of another status", get, answer(404, errorExample("Unauthorized"))],
    ["a header that is missing", get, answer(200, contact, { "x-request-id": null })],
    [
      "a header that is not described",
      get,
      answer(200, contact, { "idempotent-replayed": "true" }),
    ],
    ["a header of another type", get, answer(200, contact, { "x-ratelimit-limit": "many" })],
    ["another content type", get, answer(200, contact, { "content-type": "text/plain" })],
    ["a method that is not there", { ...get, method: "PUT" }, answer(200, contact)],
    ["a path that is not there", { ...get, path: "/api/v1/people" }, answer(200, contact)],
  ];
  for (const [name, request, received] of wrong) {
    await assertRejects(() => assertDocumented(request, received), AssertionError, undefined, name);
  }
  await assertDocumented({ ...get, path: "/api/v1/people" }, answer(404, errorExample("NotFound")));
  await assertDocumented({ ...get, path: "/healthz" }, answer(200, "ok"));
});

function answer(
  status: number,
  body: unknown,
  headers: Record<string, string | null> = {},
): { status: number; headers: Headers; text: string; json: unknown } {
  const all = Object.entries({ ...HEADERS, ...headers });
  const text = JSON.stringify(body);
  return {
    status,
    headers: new Headers(all.filter((it): it is [string, string] => it[1] !== null)),
    text,
    json: JSON.parse(text),
  };
}

function exampleAt(path: string): { data: Record<string, unknown> } {
  const response = document.paths[path]?.get?.responses["200"];
  if (response === undefined || "$ref" in response) throw new TypeError(`No answer at ${path}`);
  return response.content?.["application/json"]?.examples?.example?.value as {
    data: Record<string, unknown>;
  };
}

function errorExample(name: string): unknown {
  const [example] = Object.values(
    document.components.responses[name]?.content?.["application/json"]?.examples ?? {},
  );
  return example?.value;
}

function codeOf(value: unknown): string {
  return (value as { error: { code: string } }).error.code;
}

function* operations() {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      yield { operation, where: `${method.toUpperCase()} ${path}` };
    }
  }
}

function* mediaTypes(): Generator<{ media: MediaTypeObject; where: string }> {
  for (const { operation, where } of operations()) {
    const bodies = [operation.requestBody, ...Object.values(operation.responses)];
    for (const body of bodies) {
      if (body === undefined || "$ref" in body) continue;
      for (const media of Object.values(body.content ?? {})) yield { media, where };
    }
  }
  for (const [where, { content }] of Object.entries(document.components.responses)) {
    for (const media of Object.values(content ?? {})) yield { media, where };
  }
}
