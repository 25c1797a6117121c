/** What a form's field for a secret of Meta's must hold. */
import { z } from "zod";

/**
 * One word of visible characters, as it would travel in a header; spaces around it are of the clipboard. An empty field
 * is null: what is stored stays.
 */
export function optionalSecretField(
  name: string,
): z.ZodPipe<z.ZodDefault<z.ZodString>, z.ZodTransform<string | null, string>> {
  return z.string().trim().refine((value) => /^[\x21-\x7e]{0,2000}$/.test(value), {
    error: `The ${name} is one word without spaces: copy it whole`,
  }).default("").transform((value) => value === "" ? null : value);
}
