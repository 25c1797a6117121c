/**
 * Zod schemas as the JSON Schemas of the document: what a client sends or gets, which is the input side of each schema.
 * Zod's own are put right where they say too little of what is on the wire (the metadata `wire`), and made shorter
 * where they say a thing the long way.
 */
import { z } from "zod";
import type { JsonSchema } from "@/lib/openapi/types.ts";

/** The schemas of a registry by their ids, referring to each other as components. */
export function toComponentSchemas(
  registry: z.core.$ZodRegistry<{ id: string }>,
): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(registry, {
    io: "input",
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas)
      .map(([id, schema]): [string, JsonSchema] => [id, tidy(schema)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The fields of a query, each with its schema. */
export function toQuerySchemas(query: z.ZodObject): {
  properties: Record<string, JsonSchema>;
  required: readonly string[];
} {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: "input" });
  return {
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name, tidy(schema)]),
    ),
    required,
  };
}

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const SCHEMA = new Set(["items", "additionalProperties", "propertyNames", "not"]);
const SCHEMA_LISTS = new Set(["anyOf", "oneOf", "allOf"]);
const SCHEMA_MAPS = new Set(["properties", "patternProperties"]);

function tidy(schema: unknown): JsonSchema {
  if (!isObject(schema)) throw new TypeError("Only schemas that are objects are documented");
  const { $schema: _, $id: __, wire, ...rest } = schema;
  const tidied = Object.fromEntries(
    Object.entries(rest).map(([keyword, value]) => [keyword, tidyKeyword(keyword, value)]),
  );
  if (isObject(wire)) {
    const { description } = tidied;
    return { ...(description === undefined ? {} : { description }), ...wire };
  }
  if (tidied.minLength === 0) delete tidied.minLength;
  // The pattern says nothing beyond the format, at length.
  if (tidied.format === "uuid") delete tidied.pattern;
  if (tidied.maximum === Number.MAX_SAFE_INTEGER) delete tidied.maximum;
  if (tidied.minimum === Number.MIN_SAFE_INTEGER) delete tidied.minimum;
  return foldNull(tidied);
}

function tidyKeyword(keyword: string, value: unknown): unknown {
  if (SCHEMA.has(keyword)) return isObject(value) ? tidy(value) : value;
  if (SCHEMA_LISTS.has(keyword) && Array.isArray(value)) return value.map(tidy);
  if (SCHEMA_MAPS.has(keyword) && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, tidy(inner)]));
  }
  return value;
}

/** "A or null" as one schema of two types, which every tool shows better than two schemas. */
function foldNull(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema;
  const [first, second] = anyOf as JsonSchema[];
  if (second?.type !== "null" || typeof first?.type !== "string") return schema;
  if ("const" in first || "enum" in first) return schema;
  return { ...first, ...rest, type: [first.type, "null"] };
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
