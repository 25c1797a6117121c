/**
 * Values that a zod schema accepts, by its JSON Schema (the one that the API's documentation is made of). What a schema
 * keeps to itself, such as what makes a phone number possible, comes from samples, by the name of the field.
 */
import fc from "fast-check";
import { z } from "zod";
import { ODD_CLEAN_TEXTS } from "@/tests/fuzz/arbitraries/odd_values.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What fields hold that have this name, wherever they are. */
export type Samples = Readonly<Record<string, fc.Arbitrary<unknown>>>;

const MAX_KEYS = 4;
const MAX_ITEMS = 5;
const MAX_USUAL_LENGTH = 40;

/** Values that fit the input side of a schema. */
export function valuesOf(schema: z.ZodType, samples: Samples): fc.Arbitrary<unknown> {
  return fromSchema(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), samples);
}

/** Objects that fit the input side of a schema. */
export function objectsOf(
  schema: z.ZodObject,
  samples: Samples,
): fc.Arbitrary<Record<string, unknown>> {
  return valuesOf(schema, samples) as fc.Arbitrary<Record<string, unknown>>;
}

function fromSchema(schema: JsonSchema, samples: Samples): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) {
    return fc.oneof(...schema.anyOf.map((branch) => fromSchema(asSchema(branch), samples)));
  }
  switch (schema.type) {
    case "object":
      return fromObject(schema, samples);
    case "array":
      return fc.array(fromSchema(asSchema(schema.items), samples), {
        maxLength: Math.min(MAX_ITEMS, schema.maxItems ?? MAX_ITEMS),
      });
    case "string":
      return fromString(schema);
    case "number":
      return fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      throw new Error(`No values are made for the schema ${JSON.stringify(schema)}`);
  }
}

function fromObject(schema: JsonSchema, samples: Samples): fc.Arbitrary<unknown> {
  const { properties, additionalProperties: rest } = schema;
  if (properties === undefined) {
    const names = schema.propertyNames === undefined
      ? fc.string({ minLength: 1, maxLength: 10 })
      : fromSchema(asSchema(schema.propertyNames), samples) as fc.Arbitrary<string>;
    return fc.dictionary(names, fromSchema(asSchema(rest), samples), { maxKeys: MAX_KEYS });
  }
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [
      name,
      samples[name] ?? fromSchema(asSchema(field), samples),
    ]),
  );
  return fc.record<Record<string, unknown>>(model, { requiredKeys: schema.required ?? [] });
}

function fromString(schema: JsonSchema): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = MAX_USUAL_LENGTH, format, pattern } = schema;
  if (format === "uuid") return fc.uuid();
  const fits = (text: string) => [...text].length >= minLength && [...text].length <= maxLength;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter(fits);
  const length = { minLength, maxLength: Math.min(maxLength, MAX_USUAL_LENGTH) };
  const odd = ODD_CLEAN_TEXTS.filter(fits);
  return fc.oneof(
    { weight: 6, arbitrary: fc.string({ ...length, unit: "grapheme" }).filter(fits) },
    { weight: 3, arbitrary: fc.constantFrom("x".repeat(Math.max(1, minLength)), ...odd) },
    { weight: 1, arbitrary: fc.constantFrom("x", "😀").map((unit) => unit.repeat(maxLength)) },
  );
}

/** JSON Schema has booleans in the place of schemas; those of our fields are none. */
function asSchema(schema: unknown): JsonSchema {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    throw new Error(`Not a schema: ${JSON.stringify(schema)}`);
  }
  return schema as JsonSchema;
}
