/**
 * The one table of Meta's error codes: what each says about a send and what to
 * do about it. The rows live in error_table/, by family; this file joins them
 * and looks codes up. How the HTTP status and a missing or unknown code weigh
 * in is decided in classify.ts. Meta: error codes page (2026).
 */
import type { MetaErrorEntry } from "@/lib/meta/error_table/entry.ts";
import { ERROR_FAMILIES } from "@/lib/meta/error_table/families.ts";
import { MESSAGE_ERRORS } from "@/lib/meta/error_table/message_errors.ts";
import { PLATFORM_ERRORS } from "@/lib/meta/error_table/platform_errors.ts";
import { REGISTRATION_ERRORS } from "@/lib/meta/error_table/registration_errors.ts";
import { TEMPLATE_ERRORS } from "@/lib/meta/error_table/template_errors.ts";

export type { MetaErrorClass, MetaErrorEntry } from "@/lib/meta/error_table/entry.ts";

/** Every code that has a row of its own, by code. Ranges are not in here. */
export const META_ERRORS: ReadonlyMap<number, MetaErrorEntry> = new Map(
  [
    PLATFORM_ERRORS,
    MESSAGE_ERRORS,
    TEMPLATE_ERRORS,
    REGISTRATION_ERRORS,
  ].flatMap((rows) => Object.entries(rows).map(([code, entry]) => [Number(code), entry] as const)),
);

/** A code, or both ends of a range of codes. */
export interface MetaErrorRow {
  from: number;
  to: number;
  entry: MetaErrorEntry;
}

/** The whole table in parts, for whoever shows it: rows by rising code, the ranges last. */
export const META_ERROR_GROUPS: readonly { title: string; rows: readonly MetaErrorRow[] }[] = [
  { title: "Messages and recipients", rows: rowsOf(MESSAGE_ERRORS) },
  { title: "Templates and flows", rows: rowsOf(TEMPLATE_ERRORS) },
  { title: "Access, limits and outages", rows: rowsOf(PLATFORM_ERRORS) },
  { title: "Registering a number", rows: rowsOf(REGISTRATION_ERRORS) },
  { title: "Ranges of codes", rows: ERROR_FAMILIES },
];

function rowsOf(entries: Readonly<Record<number, MetaErrorEntry>>): MetaErrorRow[] {
  return Object.entries(entries).map(([code, entry]) => ({
    from: Number(code),
    to: Number(code),
    entry,
  }));
}

const UNKNOWN_CODE_HINT =
  "Meta's message says what is wrong. Look the code up in Meta's list of WhatsApp error codes.";

const NO_CODE_HINT =
  "Meta's answer carried no error code. Check META_GRAPH_URL and any proxy in between, and look at metastatus.com/whatsapp-business-api.";

/**
 * Looks up the row of an error code, its range included. Returns null for a
 * code the table does not know; then the rule of thumb is: permanent with a 4xx
 * status, ambiguous with a 5xx status, permanent in a status webhook.
 */
export function findMetaError(code: number): MetaErrorEntry | null {
  const entry = META_ERRORS.get(code);
  if (entry !== undefined) return entry;
  const family = ERROR_FAMILIES.find(({ from, to }) => code >= from && code <= to);
  return family?.entry ?? null;
}

/**
 * Says in plain words what to do about an error code; `null` stands for an
 * answer without any code. Always returns a text.
 */
export function hintFor(code: number | null): string {
  if (code === null) return NO_CODE_HINT;
  return findMetaError(code)?.hint ?? UNKNOWN_CODE_HINT;
}
