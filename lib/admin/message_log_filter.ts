/**
 * The filters of the message log as they stand in its address, and what they mean. A form sends its empty fields too,
 * so empty is the same as absent. Days are days in UTC.
 */
import type { MessageLogFilter } from "@/db/message_log.ts";
import type { MessageStatus } from "@/db/messages.ts";
import type { Identity } from "@/db/contacts.ts";
import { readDays } from "@/lib/admin/utc_day.ts";
import { toIdentity } from "@/lib/contacts/identity_fields.ts";
import { STATUS_ORDER } from "@/lib/messages/status.ts";
import { parseRecipient } from "@/lib/phone.ts";

/** The names of the filters, in the order of the form. */
export const LOG_FILTER_NAMES = [
  "status",
  "type",
  "direction",
  "number",
  "from",
  "to",
  "error",
] as const;

/** The filters as they were typed; "" where there is none. */
export type LogFilterValues = Record<typeof LOG_FILTER_NAMES[number], string>;

/** What the filters mean, or what is wrong with them. */
export interface ParsedLogFilter {
  values: LogFilterValues;
  /** By the filter's name. */
  errors: Partial<LogFilterValues>;
  /** Without the conversation, which the database has to look up. */
  filter: Omit<MessageLogFilter, "conversationId">;
  /** The person whose messages are wanted. */
  identity: Identity | null;
}

const STATUSES: readonly string[] = [...STATUS_ORDER, "received"];

/** Reads the filters of an address; other parameters are left alone. */
export function parseLogFilter(params: URLSearchParams): ParsedLogFilter {
  const values = Object.fromEntries(
    LOG_FILTER_NAMES.map((name) => [name, params.get(name)?.trim() ?? ""]),
  ) as LogFilterValues;
  const { createdFrom, createdBefore, errors: dayErrors } = readDays(values);
  const errors: Partial<LogFilterValues> = { ...dayErrors };
  const person = values.number === "" ? null : parseRecipient(values.number);
  if (person !== null && !person.ok) errors.number = person.message;
  if (values.status !== "" && !STATUSES.includes(values.status)) {
    errors.status = `There is no status "${values.status}": choose one of the list`;
  }
  if (values.direction !== "" && !["inbound", "outbound"].includes(values.direction)) {
    errors.direction = 'Choose "inbound" or "outbound"';
  }
  if (!/^[a-z_]{0,60}$/.test(values.type)) errors.type = "Choose one of the list";
  if (!/^\d{0,9}$/.test(values.error)) {
    errors.error = 'An error code of Meta has digits only, such as "131026"';
  }
  return {
    values,
    errors,
    filter: {
      direction: (values.direction || null) as MessageLogFilter["direction"],
      status: (values.status || null) as MessageStatus | null,
      type: values.type || null,
      errorCode: values.error === "" ? null : Number(values.error),
      createdFrom,
      createdBefore,
    },
    identity: person?.ok ? toIdentity(person.recipient) : null,
  };
}
