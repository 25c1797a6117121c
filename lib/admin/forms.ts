/**
 * Reads what a form sent. The schema says what each field must be, in words for people; a form that does not fit comes
 * back with its values and its problems, so that the page can be shown again.
 */
import { HttpError } from "fresh";
import { z } from "zod";
import type { AdminState } from "@/lib/admin/admin_state.ts";
import { readBytes } from "@/lib/api/body_bytes.ts";
import { ApiError } from "@/lib/api/errors.ts";
import type { RequestOf } from "@/lib/state.ts";

/** A checked form, or what to show again. */
export type FormResult<S extends z.ZodType> =
  | { ok: true; data: z.output<S> }
  | { ok: false; values: Record<string, string>; errors: Record<string, string> };

const MAX_FORM_BYTES = 256 * 1024;
// Far more than any page has, and few enough that nothing done for each of them can keep the server busy.
const MAX_FIELDS = 1_000;
const FORM_TIMEOUT_MS = 30_000;
const FORM_TYPE = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/**
 * The checked fields of a form on an admin page. Unknown fields are ignored, repeated names become arrays (see
 * `repeated`), files are left out. `values` has the texts as sent, the last of repeated ones joined by commas; `errors`
 * has the first problem of each field, under "" those of the whole form.
 *
 * @throws HttpError 400 when the form's hidden `mode` is not the page's, 413, 415
 */
export async function readForm<S extends z.ZodType>(
  ctx: RequestOf<AdminState>,
  schema: S,
): Promise<FormResult<S>> {
  const fields = await readFields(ctx);
  if (fields.mode !== ctx.state.admin.mode) {
    throw new HttpError(
      400,
      "This form belongs to the other mode: open the page again and check the test-mode switch",
    );
  }
  return checkFields(fields, schema);
}

/** The checked fields of a form on a page that needs no sign-in, such as the sign-in itself. */
export async function readPublicForm<S extends z.ZodType>(
  ctx: RequestOf,
  schema: S,
): Promise<FormResult<S>> {
  return checkFields(await readFields(ctx), schema);
}

/** A field that may come any number of times, such as a group of checkboxes: always an array. */
export function repeated<S extends z.ZodType>(
  entry: S,
): z.ZodPreprocess<z.ZodArray<S>> {
  return z.preprocess(
    (value) => value === undefined ? [] : Array.isArray(value) ? value : [value],
    z.array(entry),
  );
}

type Fields = Record<string, string | string[]>;

async function readFields(ctx: RequestOf): Promise<Fields> {
  const type = ctx.req.headers.get("content-type") ?? "";
  if (!FORM_TYPE.test(type)) throw new HttpError(415, "Send this as a form");
  const form = [...await parseForm(await readBody(ctx.req), type)];
  if (form.length > MAX_FIELDS) throw new HttpError(413, "The form has too many fields");
  const fields: Fields = Object.create(null);
  for (const [name, value] of form) {
    if (typeof value !== "string") continue;
    if (value.includes("\0") || !value.isWellFormed()) {
      throw new HttpError(400, "A field holds a character that is no text: type it again");
    }
    const before = fields[name];
    fields[name] = before === undefined ? value : [before, value].flat();
  }
  return fields;
}

async function readBody(req: Request): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readBytes(req, { maxBytes: MAX_FORM_BYTES, timeoutMs: FORM_TIMEOUT_MS });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw error.status === 413
      ? new HttpError(413, "The form is too large: shorten what you entered")
      : new HttpError(400, "The form did not arrive whole: send it again");
  }
}

async function parseForm(body: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(body, { headers: { "content-type": type } }).formData();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new HttpError(400, "The form cannot be read: send it again", { cause: error });
  }
}

function checkFields<S extends z.ZodType>(fields: Fields, schema: S): FormResult<S> {
  const result = schema.safeParse(fields);
  if (result.success) return { ok: true, data: result.data };
  const errors: Record<string, string> = {};
  for (const { path, message } of result.error.issues) {
    const name = String(path[0] ?? "");
    errors[name] ??= message;
  }
  const values = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, [value].flat().join(",")]),
  );
  return { ok: false, values, errors };
}
