/**
 * The `template` field of a message request: a template's name, its language and the values of its variables, either
 * as a plain list for the body or as an object for all components.
 */
import { z } from "zod";
import { named } from "@/lib/api/response_schemas.ts";
import { list, text } from "@/lib/api/text.ts";
import { findMediaUrlProblem } from "@/lib/public_url.ts";

const MAX_NAME_LENGTH = 512;
const MAX_LANGUAGE_LENGTH = 35;
/** Meta: a body that is the only component may have this much. */
const MAX_VALUE_LENGTH = 32_768;
const MAX_VALUES = 100;
const MAX_URL_LENGTH = 2048;

/** A template variable: numbers and booleans are sent as text. */
const value = named(
  "TemplateValue",
  z.union([
    text({ max: MAX_VALUE_LENGTH }),
    z.number().transform(String),
    z.boolean().transform(String),
  ], { error: "Must be a string, a number or a boolean" }).describe("The value of a variable."),
);

const positional = list(value, { max: MAX_VALUES });

const byName = z.record(text({ min: 1, max: 60 }), value);

const paramsObject = named(
  "TemplateParams",
  z.strictObject({
    body: z.union([positional, byName], {
      error: "Must be an array of values, or an object from variable names to values",
    }).exactOptional().describe(
      "The variables of the body: a list of values, or an object from variable names to values",
    ),
    headerText: value.exactOptional().describe("The variable of a text header"),
    headerMediaUrl: text({ max: MAX_URL_LENGTH }).superRefine((url, ctx) => {
      const problem = findMediaUrlProblem(url);
      if (problem !== null) ctx.addIssue({ code: "custom", message: problem });
    }).exactOptional().describe("The file of a media header: a public http or https URL"),
    headerMediaId: text({ min: 1, max: 200 }).exactOptional().describe(
      "The file of a media header: Meta's id of an upload; instead of headerMediaUrl",
    ),
    headerMediaType: z.enum(["image", "video", "document"]).exactOptional().describe(
      "The kind of the header's file; follows from the URL's ending if left out",
    ),
    buttonParams: z.record(
      z.string().regex(/^[0-9]$/, { error: 'Must be the index of a button, "0" to "9"' }),
      value,
    ).exactOptional().describe(
      'From the index of a button ("0" to "9") to the variable part of its URL',
    ),
  }).describe("The values of all components of a template."),
);

/** The template to send and the values of its variables. */
export const templateSchema = named(
  "Template",
  z.strictObject({
    name: text({ min: 1, max: MAX_NAME_LENGTH }).describe("The template's name at Meta"),
    language: text({ min: 2, max: MAX_LANGUAGE_LENGTH }).default("en_US").describe(
      "The template's language code at Meta",
    ),
    params: z.union([positional, paramsObject], {
      error: "Must be an array of body values, or an object of components",
    }).exactOptional().describe(
      "The values of the template's variables: a list for those of the body, or an object for all components. Strings, " +
        "numbers or booleans",
    ),
  }).describe("A template and the values of its variables."),
);

/** The fields that each object of a template knows, by its path; for suggestions. */
export const TEMPLATE_FIELDS: Record<string, readonly string[]> = {
  "template": Object.keys(templateSchema.shape),
  "template.params": Object.keys(paramsObject.shape),
};
