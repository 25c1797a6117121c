/**
 * The OpenAPI 3.1 document of the API, made from the table of operations, the zod schemas of requests and responses and
 * the table of errors. Nothing in it is written twice: to change what it says, change what it is made from.
 */
import { z } from "zod";
import { errorSchema } from "@/lib/api/error_schema.ts";
import type { ErrorCode } from "@/lib/api/errors.ts";
import { type Operation, TAGS } from "@/lib/api/operation.ts";
import { namedSchemas } from "@/lib/api/response_schemas.ts";
import { API_VERSION } from "@/lib/api/version.ts";
import { HEADERS } from "@/lib/openapi/headers.ts";
import { DESCRIPTION } from "@/lib/openapi/introduction.ts";
import { toComponentSchemas, toQuerySchemas } from "@/lib/openapi/json_schemas.ts";
import { pascalCase } from "@/lib/openapi/names.ts";
import { OPERATIONS } from "@/lib/openapi/operations.ts";
import {
  answerObject,
  envelopeSchema,
  errorResponse,
  errorResponseName,
  errorsByStatus,
} from "@/lib/openapi/responses.ts";
import {
  type JsonSchema,
  type OpenApiDocument,
  type OperationObject,
  type ParameterObject,
  type Reference,
  refTo,
  type ResponseObject,
} from "@/lib/openapi/types.ts";

const SECURITY_SCHEME = "apiKey";

const REQUEST_ID: ParameterObject = {
  name: "X-Request-Id",
  in: "header",
  description:
    "A name of yours for the request, by which the server's log knows it and which the answer repeats",
  required: false,
  schema: { type: "string", pattern: "^[A-Za-z0-9._:-]{1,128}$" },
};

let made: Omit<OpenApiDocument, "servers"> | null = null;

/**
 * The document.
 *
 * @param baseUrl where the server is, without a slash at its end
 */
export function makeDocument(baseUrl: string): OpenApiDocument {
  made ??= makeWithoutServers();
  const { openapi, info, ...rest } = made;
  return { openapi, info, servers: [{ url: baseUrl }], ...rest };
}

function makeWithoutServers(): Omit<OpenApiDocument, "servers"> {
  const responses = new Map<string, ResponseObject>([
    // What a path or method that is not in the document is answered with.
    ["NotFound", errorResponse(["not_found"])],
    ["MethodNotAllowed", errorResponse(["method_not_allowed"])],
  ]);
  const paths: OpenApiDocument["paths"] = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: operationObject(operation, responses),
    };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Messages API",
      version: API_VERSION,
      description: DESCRIPTION,
      license: { name: "MIT" },
    },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [{ [SECURITY_SCHEME]: [] }],
    paths,
    components: {
      securitySchemes: {
        [SECURITY_SCHEME]: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "wacrm_live_… or wacrm_test_…",
          description:
            "An API key of the page /keys. Its scopes say what it may do; a key that begins with `wacrm_test_` reaches " +
            "a sandbox instead of WhatsApp.",
        },
      },
      schemas: componentSchemas(),
      headers: { ...HEADERS },
      parameters: { XRequestId: REQUEST_ID },
      responses: Object.fromEntries([...responses].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

function componentSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of namedSchemas) registry.add(schema, { id });
  registry.add(errorSchema, { id: "Error" });
  for (const operation of OPERATIONS) {
    const name = pascalCase(operation.id);
    const envelope = envelopeSchema(operation.content);
    if (envelope !== null) registry.add(envelope, { id: `${name}Response` });
    if (operation.body) registry.add(operation.body.schema, { id: `${name}Request` });
  }
  return toComponentSchemas(registry);
}

function operationObject(
  operation: Operation,
  responses: Map<string, ResponseObject>,
): OperationObject {
  const { scope, keyless = false, body } = operation;
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: `${operation.description}\n\n${describeAccess(operation)}`,
    ...(scope === null ? {} : { "x-required-scope": scope }),
    security: keyless ? [] : [{ [SECURITY_SCHEME]: scope === null ? [] : [scope] }],
    parameters: parametersOf(operation),
    ...(body === undefined ? {} : {
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: { ...refTo("schemas", `${pascalCase(operation.id)}Request`) },
            examples: body.examples,
          },
        },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, answer]) => [
          status,
          answerObject(operation, { status: Number(status), answer }),
        ]),
      ),
      ...Object.fromEntries(
        [...errorsByStatus(operation)].map(([status, codes]) => [
          String(status),
          shareError(responses, { status, codes }),
        ]),
      ),
    },
  };
}

function describeAccess({ scope, keyless }: Operation): string {
  if (keyless) return "Needs no API key.";
  return scope === null ? "Any valid key may call it." : `Needs a key with the scope \`${scope}\`.`;
}

function parametersOf(operation: Operation): (ParameterObject | Reference)[] {
  const path = Object.entries(operation.pathParameters ?? {}).map(
    ([name, description]): ParameterObject => ({
      name,
      in: "path",
      description,
      required: true,
      schema: { type: "string", format: "uuid" },
    }),
  );
  const headers = (operation.headers ?? []).map((header): ParameterObject => ({
    ...header,
    in: "header",
    required: false,
  }));
  return [
    ...path,
    ...queryParameters(operation.query),
    ...headers,
    refTo("parameters", "XRequestId"),
  ];
}

function queryParameters(query: z.ZodObject | undefined): ParameterObject[] {
  if (query === undefined) return [];
  const { properties, required } = toQuerySchemas(query);
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    description: String(description),
    required: required.includes(name),
    schema,
  }));
}

/** Errors are the same everywhere, so that each stands in the document once. */
function shareError(
  responses: Map<string, ResponseObject>,
  { status, codes }: { status: number; codes: readonly ErrorCode[] },
): Reference {
  const name = errorResponseName(status, codes);
  if (!responses.has(name)) responses.set(name, errorResponse(codes));
  return refTo("responses", name);
}
