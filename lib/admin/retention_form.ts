/** The form of how long data is kept: days as texts, where an empty one may mean for ever. */
import { z } from "zod";
import type { Retention } from "@/db/retention.ts";

const DAYS = "Enter a whole number of days from 1 to 3650";

const days = z.string().trim().regex(/^(?!0+$)[0-9]{1,4}$/, { error: DAYS }).transform(Number)
  .refine((value) => value <= 3_650, { error: DAYS });
const daysOrEver = z.string().trim()
  .transform((text) => text === "" ? null : text)
  .pipe(days.nullable().catch(NaN))
  .refine((value) => !Number.isNaN(value), { error: `${DAYS}, or nothing for ever` });

/** Previewing and saving take the same fields. */
export const retentionForm = z.object({
  action: z.enum(["preview", "save"]),
  /** What the page has shown the effect of; see `previewMark`. */
  previewed: z.string().default(""),
  message_days: daysOrEver,
  event_days: days,
  request_days: days,
  audit_days: daysOrEver,
});

/** A retention as the form shows it. */
export function retentionValues(retention: Retention): Record<keyof Retention, string> {
  const text = (value: number | null) => value === null ? "" : String(value);
  return {
    message_days: text(retention.message_days),
    event_days: text(retention.event_days),
    request_days: text(retention.request_days),
    audit_days: text(retention.audit_days),
  };
}

/** Stands for the values in the form that shows their effect: only what was shown is saved. */
export function previewMark(values: Record<keyof Retention, string>): string {
  return [values.message_days, values.event_days, values.request_days, values.audit_days].join("/");
}
