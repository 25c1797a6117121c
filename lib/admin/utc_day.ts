/** Days as filters of admin pages name them: "2026-11-22", from midnight to midnight UTC. */

/** The days from one to another, both included. */
export interface DayRange {
  /** Null: no first day was named, or it is wrong. */
  createdFrom: Date | null;
  /** The end of the last day. */
  createdBefore: Date | null;
  /** What is wrong with the two, by the filter's name. */
  errors: { from?: string; to?: string };
}

const DAY_MS = 86_400_000;
const WRONG = 'Write a day such as "2026-11-22"';

/** Reads the first and the last day of a filter, of which each may be "". */
export function readDays(values: { from: string; to: string }): DayRange {
  const from = readUtcDay(values.from);
  const to = readUtcDay(values.to);
  const errors: DayRange["errors"] = {};
  if (values.from !== "" && from === null) errors.from = WRONG;
  if (values.to !== "" && to === null) errors.to = WRONG;
  if (from !== null && to !== null && from > to) {
    errors.to = "The last day is before the first one";
  }
  const createdBefore = to === null ? null : new Date(to.getTime() + DAY_MS);
  return { createdFrom: from, createdBefore, errors };
}

/** The beginning of a day; null if the calendar has no such day, or it is beyond any that could matter. */
function readUtcDay(text: string): Date | null {
  // Not to 9999: what is written of the year after its last day is read otherwise by Postgres.
  if (!/^[12]\d{3}-\d\d-\d\d$/.test(text)) return null;
  const day = new Date(`${text}T00:00:00Z`);
  // JavaScript reads 30 February as 2 March.
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? day : null;
}
