/** The parts of an OpenAPI 3.1 document that this one has: for those who write it and those who read it. */
import type { Scope } from "@/lib/keys/scopes.ts";

/** A JSON Schema of draft 2020-12. */
export type JsonSchema = Record<string, unknown>;

export interface Reference {
  $ref: string;
}

export interface ParameterObject {
  name: string;
  in: "path" | "query" | "header";
  description: string;
  required: boolean;
  schema: JsonSchema;
  example?: unknown;
}

export interface ExampleObject {
  summary: string;
  value: unknown;
}

export interface MediaTypeObject {
  schema?: JsonSchema;
  examples?: Record<string, ExampleObject>;
}

export interface HeaderObject {
  description: string;
  /** Left out: it is there only sometimes. */
  required?: true;
  schema: JsonSchema;
}

export interface ResponseObject {
  description: string;
  headers: Record<string, HeaderObject | Reference>;
  content?: Record<string, MediaTypeObject>;
}

export interface OperationObject {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  /** The scope that the key must have; absent: any valid key, or none if `security` is empty. */
  "x-required-scope"?: Scope;
  security: Record<string, string[]>[];
  parameters: (ParameterObject | Reference)[];
  requestBody?: { required: true; content: Record<string, MediaTypeObject> };
  /** By status. */
  responses: Record<string, ResponseObject | Reference>;
}

/** Operations by their method in lower case. */
export type PathItem = Record<string, OperationObject>;

export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string; description: string; license: { name: string } };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, PathItem>;
  components: {
    securitySchemes: Record<string, Record<string, unknown>>;
    schemas: Record<string, JsonSchema>;
    headers: Record<string, HeaderObject>;
    parameters: Record<string, ParameterObject>;
    responses: Record<string, ResponseObject>;
  };
}

/** A reference to a component. */
export function refTo(
  kind: "schemas" | "headers" | "parameters" | "responses",
  name: string,
): Reference {
  return { $ref: `#/components/${kind}/${name}` };
}
