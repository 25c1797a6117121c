/** From zod's findings to the issues that a caller reads: paths, unknown keys, unions, missing values. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { z } from "zod";
import { list, text } from "@/lib/api/text.ts";
import { collectIssues, formatPath } from "@/lib/api/validation.ts";

/** The issues of an input as "path: message". */
function issuesOf(
  schema: z.ZodType,
  input: unknown,
  fields: Record<string, readonly string[]> = {},
): string[] {
  const parsed = schema.safeParse(input);
  if (parsed.success) return [];
  return collectIssues(parsed.error, { input, fields }).map(({ path, message }) =>
    `${path}: ${message}`
  );
}

Deno.test("formatPath writes names with dots and positions in brackets", () => {
  const cases: [PropertyKey[], string][] = [
    [[], ""],
    [["to"], "to"],
    [[0], "[0]"],
    [["template", "params", 1], "template.params[1]"],
    [["template", "params", "body", 0], "template.params.body[0]"],
    [["a", 0, 1, "b"], "a[0][1].b"],
    [["buttonParams", "0"], "buttonParams.0"],
    [["a", ""], "a."],
  ];
  for (const [path, expected] of cases) assertEquals(formatPath(path), expected);
});

Deno.test("formatPath keeps every name and position of any path", () => {
  const part = fc.oneof(fc.nat(99), fc.stringMatching(/^[a-z_]{1,8}$/));
  fc.assert(fc.property(fc.array(part, { maxLength: 6 }), (path) => {
    const read = formatPath(path).match(/\[\d+\]|[a-z_]+/g) ?? [];
    assertEquals(
      read.map((token) => token.startsWith("[") ? Number(token.slice(1, -1)) : token),
      path,
    );
  }));
});

Deno.test("collectIssues reports each unknown key by itself, with the closest known one", () => {
  const schema = z.strictObject({ media_url: z.string().optional(), to: z.string().optional() });
  const fields = { "": ["media_url", "to"] };
  const cases: [unknown, string[]][] = [
    [{ mediaUrl: 1, MEDIA_URL: 1 }, [
      'mediaUrl: Unknown field: did you mean "media_url"?',
      'MEDIA_URL: Unknown field: did you mean "media_url"?',
    ]],
    [{ t: 1 }, ['t: Unknown field: the known ones are "media_url", "to"']],
    [{ too: 1 }, ['too: Unknown field: did you mean "to"?']],
    [{ url: 1 }, ['url: Unknown field: the known ones are "media_url", "to"']],
  ];
  for (const [input, expected] of cases) assertEquals(issuesOf(schema, input, fields), expected);
  assertEquals(issuesOf(schema, { x: 1 }), ["x: Unknown field"]);
});

Deno.test("collectIssues suggests by the fields of the object that the key is in", () => {
  const schema = z.strictObject({ template: z.strictObject({ name: z.string() }) });
  const fields = { "": ["template"], "template": ["name"] };
  assertEquals(issuesOf(schema, { template: { name: "x", nane: 1 } }, fields), [
    'template.nane: Unknown field: did you mean "name"?',
  ]);
});

Deno.test("collectIssues says what kind a value must be and which it has", () => {
  const schema = z.object({
    a: z.string(),
    b: z.number(),
    c: z.boolean(),
    d: z.array(z.string()),
    e: z.object({}),
    f: z.record(z.string(), z.string()),
  });
  assertEquals(issuesOf(schema, { a: 1, b: "x", c: null, d: {}, e: [], f: true }), [
    "a: Must be a string, not a number",
    "b: Must be a number, not a string",
    "c: Must be a boolean, not null",
    "d: Must be an array, not an object",
    "e: Must be an object, not an array",
    "f: Must be an object, not a boolean",
  ]);
});

Deno.test("collectIssues says of what is missing that it is required", () => {
  const schema = z.object({
    a: z.string(),
    b: z.enum(["x"]),
    c: z.uuid(),
    d: z.union([z.string(), z.number()]),
  });
  assertEquals(issuesOf(schema, {}), ["a: Required", "b: Required", "c: Required", "d: Required"]);
});

Deno.test("collectIssues says how long and how large", () => {
  const schema = z.object({
    a: text({ min: 1, max: 3 }),
    b: text({ min: 2, max: 3 }),
    c: z.array(z.number()).max(1),
    d: z.number().max(5),
    e: z.int().min(1),
    f: z.enum(["x", "y"]),
    g: z.uuid(),
  });
  assertEquals(
    issuesOf(schema, { a: "", b: "😀😀😀😀", c: [1, 2], d: 6, e: 1, f: "z", g: "1" }),
    [
      "a: Must not be empty",
      "b: Must have at most 3 characters",
      "c: Must have at most 1 entries",
      "d: Must be at most 5",
      'f: Must be one of "x", "y"',
      "g: Must be a UUID",
    ],
  );
});

Deno.test("collectIssues counts code points, as the database does", () => {
  const schema = z.object({ a: text({ max: 3 }) });
  assertEquals(issuesOf(schema, { a: "😀😀😀" }), []);
  assertEquals(issuesOf(schema, { a: "e\u0301e\u0301" }), ["a: Must have at most 3 characters"]);
});

Deno.test("collectIssues looks into the branch of a union that fits the kind of the value", () => {
  const value = z.union([z.string(), z.number()], { error: "Must be text" });
  const schema = z.object({
    params: z.union([z.array(value), z.strictObject({ body: z.array(value).optional() })], {
      error: "Must be a list or an object",
    }),
  });
  const cases: [unknown, string[]][] = [
    [["x", true, 1, null], ["params[1]: Must be text", "params[3]: Must be text"]],
    [{ body: [true] }, ["params.body[0]: Must be text"]],
    [{ boddy: [] }, ["params.boddy: Unknown field"]],
    ["x", ["params: Must be a list or an object"]],
    [5, ["params: Must be a list or an object"]],
  ];
  for (const [params, expected] of cases) assertEquals(issuesOf(schema, { params }), expected);
});

Deno.test("collectIssues reports a wrong kind once, not its length too", () => {
  const schema = z.object({ a: text({ min: 1, max: 3 }), b: text({ max: 3 }) });
  assertEquals(issuesOf(schema, { a: [], b: [1, 2, 3, 4] }), [
    "a: Must be a string, not an array",
    "b: Must be a string, not an array",
  ]);
});

Deno.test("text() and list() refuse objects that have a length which is no number, and do not throw", () => {
  const schema = z.object({ a: text({ min: 1, max: 3 }), b: list(text({ max: 3 }), { max: 2 }) });
  const odd = { length: { toString: true } };
  assertEquals(issuesOf(schema, { a: odd, b: odd }), [
    "a: Must be a string, not an object",
    "b: Must be an array, not an object",
  ]);
  assertEquals(issuesOf(schema, { a: "x", b: ["x", "y", "z"] }), [
    "b: Must have at most 2 entries",
  ]);
});

Deno.test("collectIssues puts the problem of a record's key at that key, in its own words", () => {
  const schema = z.object({ body: z.record(text({ min: 1, max: 3 }), z.string()) });
  assertEquals(issuesOf(schema, { body: { "": "x", long: "y", ok: "z" } }), [
    "body.: Must not be empty",
    "body.long: Must have at most 3 characters",
  ]);
});
