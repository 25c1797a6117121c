/**
 * A Postman collection (format 2.1, which Bruno and Insomnia import too) from the OpenAPI document: a folder for each
 * tag, a request for each operation, and one more for each further example of a body. The address and the key are
 * variables.
 */
import type {
  MediaTypeObject,
  OpenApiDocument,
  OperationObject,
  ParameterObject,
  ResponseObject,
} from "@/lib/openapi/types.ts";

const SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
const JSON_TYPE = "application/json";

interface Entry {
  key: string;
  value: string;
  description?: string;
  disabled?: true;
}

/** A request, without its name. */
export interface PostmanRequest {
  method: string;
  description: string;
  header: Entry[];
  url: { raw: string; host: string[]; path: string[]; query?: Entry[]; variable?: Entry[] };
  body?: { mode: "raw"; raw: string; options: { raw: { language: "json" } } };
  /** Left out: that of the collection. */
  auth?: { type: "noauth" };
}

/** A request with its name and the answers that it may get. */
export interface PostmanItem {
  name: string;
  request: PostmanRequest;
  response: {
    name: string;
    originalRequest: PostmanRequest;
    status: string;
    code: number;
    _postman_previewlanguage: "json";
    header: Entry[];
    body: string;
  }[];
}

export interface PostmanCollection {
  info: { name: string; description: string; schema: string };
  auth: { type: "bearer"; bearer: (Entry & { type: "string" })[] };
  variable: (Entry & { type: "string" })[];
  item: { name: string; description: string; item: PostmanItem[] }[];
}

/** One method of a path of the document. */
interface Described {
  method: string;
  path: string;
  operation: OperationObject;
}

/** The collection for a document. */
export function postmanCollection(document: OpenApiDocument): PostmanCollection {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): Described => ({
      method: method.toUpperCase(),
      path,
      operation,
    }))
  );
  return {
    info: {
      name: document.info.title,
      description: document.info.description,
      schema: SCHEMA,
    },
    auth: { type: "bearer", bearer: [{ key: "token", value: "{{api_key}}", type: "string" }] },
    variable: [
      { key: "base_url", value: document.servers[0]?.url ?? "", type: "string" },
      { key: "api_key", value: "", type: "string" },
    ],
    item: document.tags.map(({ name, description }) => ({
      name,
      description,
      item: operations
        .filter(({ operation }) => operation.tags.includes(name))
        .flatMap((described) => itemsFor(document, described)),
    })),
  };
}

function itemsFor(document: OpenApiDocument, described: Described): PostmanItem[] {
  const { operation } = described;
  const examples = Object.values(operation.requestBody?.content[JSON_TYPE]?.examples ?? {});
  if (examples.length === 0) return [itemFor(document, described, { name: operation.summary })];
  return examples.map(({ summary, value }, index) =>
    itemFor(document, described, {
      // The first has the name of the operation, under which people look for it.
      name: index === 0 ? operation.summary : `${operation.summary}: ${summary}`,
      body: value,
    })
  );
}

function itemFor(
  document: OpenApiDocument,
  described: Described,
  options: { name: string; body?: unknown },
): PostmanItem {
  const request = requestFor(document, described, options.body);
  const responses = Object.entries(described.operation.responses);
  return {
    name: options.name,
    request,
    response: responses.flatMap(([status, response]) =>
      // Errors are the same everywhere, and told in the documentation.
      "$ref" in response ? [] : examplesOf(response).map(({ summary, value }) => ({
        name: summary,
        originalRequest: request,
        status: STATUS_TEXTS[status] ?? "",
        code: Number(status),
        _postman_previewlanguage: "json" as const,
        header: [{ key: "Content-Type", value: JSON_TYPE }],
        body: JSON.stringify(value, null, 2),
      }))
    ),
  };
}

const STATUS_TEXTS: Record<string, string> = { "200": "OK", "201": "Created" };

function examplesOf(response: ResponseObject): { summary: string; value: unknown }[] {
  const media: MediaTypeObject | undefined = response.content?.[JSON_TYPE];
  return Object.values(media?.examples ?? {});
}

function requestFor(
  document: OpenApiDocument,
  { method, path, operation }: Described,
  body: unknown,
): PostmanRequest {
  const parameters = operation.parameters.map((parameter) =>
    "$ref" in parameter ? resolveParameter(document, parameter.$ref) : parameter
  );
  const segments = path.split("/").slice(1).map((part) => part.replace(/^\{(\w+)\}$/, ":$1"));
  const query = parameters.filter((it) => it.in === "query").map(optionalEntry);
  const variable = parameters.filter((it) => it.in === "path").map(({ name, description }) => ({
    key: name,
    value: "",
    description,
  }));
  return {
    method,
    description: operation.description,
    header: [
      ...(body === undefined ? [] : [{ key: "Content-Type", value: JSON_TYPE }]),
      ...parameters.filter((it) => it.in === "header").map(optionalEntry),
    ],
    url: {
      raw: `{{base_url}}/${segments.join("/")}`,
      host: ["{{base_url}}"],
      path: segments,
      ...(query.length > 0 ? { query } : {}),
      ...(variable.length > 0 ? { variable } : {}),
    },
    ...(body === undefined ? {} : {
      body: {
        mode: "raw",
        raw: JSON.stringify(body, null, 2),
        options: { raw: { language: "json" } },
      },
    }),
    ...(operation.security.length === 0 ? { auth: { type: "noauth" } } : {}),
  };
}

/** Parameters that may be left out are there to be ticked. */
function optionalEntry({ name, description, required, example, schema }: ParameterObject): Entry {
  const value = example ?? schema.default ?? "";
  return {
    key: name,
    value: String(value),
    description,
    ...(required ? {} : { disabled: true }),
  };
}

function resolveParameter(document: OpenApiDocument, reference: string): ParameterObject {
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  const parameter = document.components.parameters[name];
  if (parameter === undefined) throw new TypeError(`There is no parameter "${reference}"`);
  return parameter;
}
