/**
 * Holds an answer of the API against its OpenAPI document: the path, the method and the status are described, the body
 * is what its schema says and has no field beyond it, and so are the headers. Every call of the helpers goes through
 * here, so that an answer that is not documented fails whichever test receives it.
 */
import { AssertionError } from "@std/assert";
import { type Schema, validate } from "@cfworker/json-schema";
import { readRepoFile } from "@/tests/helpers/repo_files.ts";
import type {
  HeaderObject,
  JsonSchema,
  OpenApiDocument,
  PathItem,
  Reference,
  ResponseObject,
} from "@/lib/openapi/types.ts";

/** What was asked. */
export interface AskedRequest {
  method: string;
  /** As it was sent: with a query, perhaps odd. */
  path: string;
}

/** What came back. */
export interface ReceivedAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body, or null. */
  json: unknown;
}

/** The document, as answers are held against it. */
interface Rules {
  document: OpenApiDocument;
  /** Those without a placeholder first: they come before those that they would fit, too. */
  paths: { pattern: RegExp; item: PathItem }[];
  /** The schemas by what a $ref says. */
  lookup: Record<string, Schema>;
}

/** Headers that mean something to a client of the API: present only where the document says so. */
const API_HEADERS =
  /^(x-request-id|x-ratelimit-.*|retry-after|allow|idempotent-.*|www-authenticate|etag)$/;

let rules: Promise<Rules> | null = null;

/**
 * Checks an answer; paths outside of /api pass.
 *
 * @throws AssertionError that says what is not documented
 */
export async function assertDocumented(
  request: AskedRequest,
  answer: ReceivedAnswer,
): Promise<void> {
  const path = normalize(request.path);
  if (!/^\/api(\/|$)/.test(path)) return;
  rules ??= loadRules();
  const problems = findProblems(await rules, { ...request, path }, answer);
  if (problems.length === 0) return;
  throw new AssertionError(
    `clients/openapi.json does not describe ${request.method} ${request.path} → ${answer.status}: change the ` +
      `operation or its schema, and run "deno task clients"\n${
        problems.join("\n")
      }\n${answer.text}`,
  );
}

async function loadRules(): Promise<Rules> {
  // Not made anew: every test file would pay for that. Another test says whether it is up to date.
  const document = close(JSON.parse(await readRepoFile("clients/openapi.json"))) as OpenApiDocument;
  return {
    document,
    paths: Object.entries(document.paths)
      .sort(([a], [b]) => Number(a.includes("{")) - Number(b.includes("{")))
      .map(([path, item]) => ({ item, pattern: patternOf(path) })),
    lookup: Object.fromEntries(
      Object.entries(document.components.schemas).map((
        [name, schema],
      ) => [`#/components/schemas/${name}`, schema]),
    ),
  };
}

/** What a JSON value lacks to be what a schema of the document says, one line each. */
export async function findSchemaProblems(schema: JsonSchema, value: unknown): Promise<string[]> {
  rules ??= loadRules();
  return problemsOf(await rules, schema, value);
}

function problemsOf({ lookup }: Rules, schema: JsonSchema, value: unknown): string[] {
  return validate(value, schema, "2020-12", lookup, false).errors
    .map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

function findProblems(
  rules: Rules,
  { method, path }: AskedRequest,
  answer: ReceivedAnswer,
): string[] {
  const { document, paths } = rules;
  const found = paths.find(({ pattern }) => pattern.test(path));
  if (found !== undefined && method === "OPTIONS") return checkOptions(answer);
  const key = method === "HEAD" ? "get" : method.toLowerCase();
  const operation = method === method.toUpperCase() ? found?.item[key] : undefined;
  if (found === undefined || operation === undefined) {
    const [name, status] = found === undefined ? ["NotFound", 404] : ["MethodNotAllowed", 405];
    if (answer.status !== status) return [`Such a request must be answered ${status}`];
    return checkResponse(rules, { method, response: sharedResponse(document, name) }, answer);
  }
  const response = operation.responses[String(answer.status)];
  if (response === undefined) return [`The status ${answer.status} is not among its responses`];
  const whole = "$ref" in response ? sharedResponse(document, nameOf(response)) : response;
  return checkResponse(rules, { method, response: whole }, answer);
}

function checkResponse(
  rules: Rules,
  { method, response }: { method: string; response: ResponseObject },
  answer: ReceivedAnswer,
): string[] {
  return [
    ...checkHeaders(rules, response, answer),
    // An answer to HEAD has none.
    ...(method === "HEAD" ? [] : checkBody(rules, response, answer)),
  ];
}

function checkOptions(answer: ReceivedAnswer): string[] {
  return answer.status === 204 && answer.headers.has("allow") && answer.text === ""
    ? []
    : ["OPTIONS must be answered 204 with Allow"];
}

function checkBody(rules: Rules, response: ResponseObject, answer: ReceivedAnswer): string[] {
  const [type, media] = Object.entries(response.content ?? {})[0] ?? [];
  if (type === undefined) return answer.text === "" ? [] : ["It must have no body"];
  const sentType = answer.headers.get("content-type");
  if (type !== "*/*" && sentType !== type) return [`Its Content-Type is ${sentType}, not ${type}`];
  return media?.schema === undefined ? [] : problemsOf(rules, media.schema, answer.json);
}

function checkHeaders(rules: Rules, response: ResponseObject, answer: ReceivedAnswer): string[] {
  const known = new Map(
    Object.entries(response.headers).map(([name, header]): [string, HeaderObject] => [
      name.toLowerCase(),
      "$ref" in header ? headerOf(rules.document, header) : header,
    ]),
  );
  const missing = [...known]
    .filter(([name, { required }]) => required === true && !answer.headers.has(name))
    .map(([name]) => `The header ${name} is missing`);
  const wrong = [...known].flatMap(([name, { schema }]) => {
    const value = answer.headers.get(name);
    if (value === null) return [];
    const problems = problemsOf(rules, schema, schema.type === "integer" ? Number(value) : value);
    return problems.map((problem) => `The header ${name} is "${value}": ${problem}`);
  });
  const extra = [...answer.headers.keys()]
    .filter((name) => API_HEADERS.test(name) && !known.has(name))
    .map((name) => `The header ${name} is not described`);
  return [...missing, ...wrong, ...extra];
}

function sharedResponse(document: OpenApiDocument, name: string): ResponseObject {
  const response = document.components.responses[name];
  if (response === undefined) throw new TypeError(`There is no response "${name}"`);
  return response;
}

function headerOf(document: OpenApiDocument, reference: Reference): HeaderObject {
  const header = document.components.headers[nameOf(reference)];
  if (header === undefined) throw new TypeError(`There is no header "${reference.$ref}"`);
  return header;
}

function nameOf({ $ref }: Reference): string {
  return $ref.slice($ref.lastIndexOf("/") + 1);
}

/** The path that the server sees: it takes an absolute URL, dots and doubled slashes. */
function normalize(target: string): string {
  const path = target.replace(/^https?:\/\/[^/]*/, "").split(/[?#]/)[0] ?? "";
  return new URL(path.replace(/^\/*/, "/"), "http://localhost").pathname.replace(/\/+/g, "/");
}

/** What a path of the document stands for; one without a placeholder is found with a slash at its end, too. */
function patternOf(path: string): RegExp {
  const source = path.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+");
  return new RegExp(path.includes("{") ? `^${source}$` : `^${source}/?$`);
}

/**
 * The document with every object of its schemas closed. It leaves them open, so that clients expect new fields; here a
 * field that is not described is a mistake.
 */
function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(close);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    // Its parts see one object, of which each describes some fields only.
    key === "allOf" ? inner : close(inner),
  ]);
  const closed = Object.fromEntries(entries);
  const isOpen = [closed.type].flat().includes("object") && "properties" in closed &&
    !("additionalProperties" in closed);
  return isOpen ? { ...closed, additionalProperties: false } : closed;
}
