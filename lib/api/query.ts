/**
 * Reads query parameters as strictly as bodies: a parameter that is misspelt or given twice is refused, because a list
 * that silently ignores a filter shows what was not asked for.
 */
import { z } from "zod";
import { invalidInput, type Issue } from "@/lib/api/errors.ts";
import { collectIssues } from "@/lib/api/validation.ts";

/**
 * The parameters of a URL.
 *
 * @throws ApiError bad_request that lists every problem
 */
export function parseQuery<Schema extends z.ZodObject>(
  params: URLSearchParams,
  schema: Schema,
): z.output<Schema> {
  const input = Object.fromEntries(params);
  const parsed = schema.safeParse(input);
  const found = parsed.success
    ? []
    : collectIssues(parsed.error, { input, fields: { "": Object.keys(schema.shape) } });
  const repeated = findRepeated(params);
  const issues = [
    ...found.filter(({ path }) => !repeated.some((issue) => issue.path === path)).map(
      nameParameter,
    ),
    ...repeated,
  ];
  if (!parsed.success || issues.length > 0) throw invalidInput(issues);
  return parsed.data;
}

// Hours of an offset go to 14 in the world, and to 15 in Postgres.
const TIME =
  /^(?!0000)(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/** A parameter that is a time; its value stays a text that Postgres reads. */
export const timeParameter = z.string().transform((text, ctx): string => {
  // A "+" that was not percent-encoded arrives as a space.
  const time = text.replace(/ (?=\d\d:\d\d$)/, "+").toUpperCase();
  const day = TIME.exec(time)?.[1];
  if (day !== undefined && isDay(day)) return time;
  ctx.addIssue({
    code: "custom",
    message: 'Must be a time in ISO 8601 with an offset, such as "2026-11-22T19:00:00Z"',
  });
  return z.NEVER;
}).meta({ wire: { type: "string", format: "date-time", examples: ["2026-11-22T19:00:00Z"] } });

/** Whether the calendar has a day: JavaScript reads 30 February as 2 March. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

function findRepeated(params: URLSearchParams): Issue[] {
  const names = [...new Set(params.keys())].filter((name) => params.getAll(name).length > 1);
  return names.map((path) => ({ path, message: "Must be given once" }));
}

function nameParameter({ path, message }: Issue): Issue {
  return { path, message: message.replace(/^Unknown field/, "Unknown parameter") };
}
