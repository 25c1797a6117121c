/**
 * What responses are described with. These schemas check nothing while the server runs: they give the handlers' results
 * their types, and the OpenAPI document its descriptions. Where zod cannot say what is on the wire, the metadata `wire`
 * does, as a JSON Schema (lib/openapi/json_schemas.ts puts it in the place of zod's own).
 */
import { z } from "zod";

const registered = new Map<string, z.ZodType>();

/** The schemas that the document refers to by a name; the others stand where they are used. */
export const namedSchemas: ReadonlyMap<string, z.ZodType> = registered;

/**
 * Gives a schema a name in the document, such as "Message".
 *
 * @throws TypeError when another schema has the name
 */
export function named<Schema extends z.ZodType>(name: string, schema: Schema): Schema {
  if (registered.has(name)) throw new TypeError(`Two schemas are named "${name}"`);
  registered.set(name, schema);
  return schema;
}

/** A time: a Date for the handlers, ISO 8601 in UTC on the wire. */
export const time = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
}).meta({
  wire: { type: "string", format: "date-time", examples: ["2026-11-22T19:00:00.123Z"] },
});

/** The codes of warnings, with when they are given. */
export const WARNINGS = {
  country_code_assumed: 'The number had no "+"; the message names the country it was read as.',
  caption_not_sent: "WhatsApp shows no caption with audio: the text is stored but was not sent.",
  outside_service_window:
    "The contact is not known to have written within 24 hours: WhatsApp delivers only templates then and may drop the " +
    "message later with error 131047.",
} as const;

export type WarningCode = keyof typeof WARNINGS;

const warningCodes = Object.keys(WARNINGS) as WarningCode[];

/** Something the caller should know although the request was carried out. */
export const warningSchema = named(
  "Warning",
  z.object({
    code: z.enum(warningCodes).describe(
      `What it is about. ${
        Object.entries(WARNINGS).map(([code, when]) => `\`${code}\`: ${when}`).join(" ")
      } Later versions may have more.`,
    ).meta({ wire: { type: "string", examples: warningCodes.slice(0, 1) } }),
    message: z.string().describe("The same in words, for a person"),
  }).describe("Something the caller should know although the request was carried out."),
);
