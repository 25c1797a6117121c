/**
 * Holds an answer of the API against its OpenAPI document: the path, the method and the status are described, the body
 * is what its schema says and has no field beyond it, and so are the headers. Every call of the helpers goes through
 * here, so that an answer that is not documented fails whichever test receives it.
 */
import { AssertionError } from "@std/assert";
import type { Ajv2020, ValidateFunction } from "ajv/dist/2020.js";
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

interface Rules {
  document: OpenApiDocument;
  /** Paths with a placeholder last: a path that stands as it is comes before those that it would fit, too. */
  paths: { pattern: RegExp; path: string; item: PathItem }[];
  validatorAt(pointer: string[]): ValidateFunction;
}

/** A response of the document, and where it stands. */
interface DescribedResponse {
  response: ResponseObject;
  pointer: string[];
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
    `The OpenAPI document does not describe ${request.method} ${request.path} → ${answer.status}:\n` +
      `${problems.join("\n")}\n${answer.text}`,
  );
}

/** Compiled at the first answer: most of the time that this takes is spent there. */
async function loadRules(): Promise<Rules> {
  const [{ makeDocument }, { Ajv2020 }, formats] = await Promise.all([
    import("@/lib/openapi/document.ts"),
    import("ajv/dist/2020.js"),
    import("ajv-formats"),
  ]);
  const document = makeDocument("http://localhost");
  const ajv: Ajv2020 = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
  formats.default.default(ajv);
  ajv.addSchema(close(document) as JsonSchema, "api");
  return {
    document,
    paths: Object.entries(document.paths)
      .sort(([a], [b]) => Number(a.includes("{")) - Number(b.includes("{")))
      .map(([path, item]) => ({
        path,
        item,
        pattern: new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`),
      })),
    validatorAt: (pointer) => {
      const parts = pointer.map((part) =>
        encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))
      );
      const validate = ajv.getSchema(`api#/${parts.join("/")}`);
      if (validate === undefined) throw new TypeError(`No schema at ${pointer.join(" → ")}`);
      return validate as ValidateFunction;
    },
  };
}

function findProblems(
  { document, paths, validatorAt }: Rules,
  { method, path }: AskedRequest,
  answer: ReceivedAnswer,
): string[] {
  const found = paths.find(({ pattern }) => pattern.test(path));
  if (found === undefined) {
    return checkResponse(described(document, "NotFound"), 404, answer, validatorAt);
  }
  if (method === "OPTIONS") return checkOptions(answer);
  const key = method === "HEAD" ? "get" : method.toLowerCase();
  const operation = method === method.toUpperCase() ? found.item[key] : undefined;
  if (operation === undefined) {
    return checkResponse(described(document, "MethodNotAllowed"), 405, answer, validatorAt);
  }
  const response = operation.responses[String(answer.status)];
  if (response === undefined) return [`The status ${answer.status} is not among its responses`];
  const where = "$ref" in response
    ? described(document, nameOf(response))
    : { response, pointer: ["paths", found.path, key, "responses", String(answer.status)] };
  return method === "HEAD"
    ? checkHeaders(document, where.response, answer)
    : checkResponse(where, answer.status, answer, validatorAt);

  function checkResponse(
    { response, pointer }: DescribedResponse,
    status: number,
    answer: ReceivedAnswer,
    validatorAt: Rules["validatorAt"],
  ): string[] {
    if (answer.status !== status) return [`Such a request must be answered ${status}`];
    const bodyProblems = method === "HEAD"
      ? []
      : checkBody({ response, pointer }, answer, validatorAt);
    return [...checkHeaders(document, response, answer), ...bodyProblems];
  }
}

function checkOptions(answer: ReceivedAnswer): string[] {
  return answer.status === 204 && answer.headers.has("allow") && answer.text === ""
    ? []
    : ["OPTIONS must be answered 204 with Allow"];
}

function checkBody(
  { response, pointer }: DescribedResponse,
  answer: ReceivedAnswer,
  validatorAt: Rules["validatorAt"],
): string[] {
  const [type, media] = Object.entries(response.content ?? {})[0] ?? [];
  if (type === undefined) return answer.text === "" ? [] : ["It must have no body"];
  const sentType = answer.headers.get("content-type");
  if (type !== "*/*" && sentType !== type) return [`Its Content-Type is ${sentType}, not ${type}`];
  if (media?.schema === undefined) return [];
  const validate = validatorAt([...pointer, "content", type, "schema"]);
  if (validate(answer.json)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    `${instancePath || "The body"} ${message} ${JSON.stringify(params)}`
  );
}

function checkHeaders(
  document: OpenApiDocument,
  response: ResponseObject,
  answer: ReceivedAnswer,
): string[] {
  const described = new Map(
    Object.entries(response.headers).map(([name, header]): [string, HeaderObject] => [
      name.toLowerCase(),
      "$ref" in header ? headerOf(document, header) : header,
    ]),
  );
  const missing = [...described]
    .filter(([name, { required }]) => required === true && !answer.headers.has(name))
    .map(([name]) => `The header ${name} is missing`);
  const extra = [...answer.headers.keys()]
    .filter((name) => API_HEADERS.test(name) && !described.has(name))
    .map((name) => `The header ${name} is not described`);
  return [...missing, ...extra];
}

function described(document: OpenApiDocument, name: string): DescribedResponse {
  const response = document.components.responses[name];
  if (response === undefined) throw new TypeError(`There is no response "${name}"`);
  return { response, pointer: ["components", "responses", name] };
}

function headerOf(document: OpenApiDocument, reference: Reference): HeaderObject {
  const header = document.components.headers[nameOf(reference)];
  if (header === undefined) throw new TypeError(`There is no header "${reference.$ref}"`);
  return header;
}

function nameOf({ $ref }: Reference): string {
  return $ref.slice($ref.lastIndexOf("/") + 1);
}

/** The path that the server sees: it takes an absolute URL, dots, doubled slashes and one at the end. */
function normalize(target: string): string {
  const path = target.replace(/^https?:\/\/[^/]*/, "").split(/[?#]/)[0] ?? "";
  const { pathname } = new URL(path.replace(/^\/*/, "/"), "http://localhost");
  const single = pathname.replace(/\/+/g, "/");
  return single.length > 1 ? single.replace(/\/$/, "") : single;
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
  const isOpen = closed.type === "object" && "properties" in closed &&
    !("additionalProperties" in closed);
  return isOpen ? { ...closed, additionalProperties: false } : closed;
}
