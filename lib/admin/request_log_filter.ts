/**
 * The filters of the request log as they stand in its address, and what they mean. A form sends its empty fields too,
 * so empty is the same as absent. Days are days in UTC.
 */
import type { RequestLogFilter } from "@/db/request_log.ts";
import { readDays } from "@/lib/admin/utc_day.ts";
import { ERRORS } from "@/lib/api/errors.ts";
import { isId } from "@/lib/ids.ts";

/** The names of the filters, in the order of the form. */
export const REQUEST_FILTER_NAMES = [
  "request_id",
  "status",
  "error",
  "endpoint",
  "key",
  "from",
  "to",
] as const;

/** The filters as they were typed; "" where there is none. */
export type RequestFilterValues = Record<typeof REQUEST_FILTER_NAMES[number], string>;

/** What the filters mean, or what is wrong with them. */
export interface ParsedRequestFilter {
  values: RequestFilterValues;
  /** By the filter's name. */
  errors: Partial<RequestFilterValues>;
  filter: RequestLogFilter;
}

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;
const ENDPOINT = /^([A-Z]{1,10}) (\/[\w/:.[\]-]{0,200})$/;

/** Reads the filters of an address; other parameters are left alone. */
export function parseRequestFilter(params: URLSearchParams): ParsedRequestFilter {
  const values = Object.fromEntries(
    REQUEST_FILTER_NAMES.map((name) => [name, params.get(name)?.trim() ?? ""]),
  ) as RequestFilterValues;
  const { createdFrom, createdBefore, errors: dayErrors } = readDays(values);
  const errors: Partial<RequestFilterValues> = { ...dayErrors };
  const statuses = readStatuses(values.status);
  const [, method = null, route = null] = ENDPOINT.exec(values.endpoint) ?? [];
  if (values.request_id !== "" && !REQUEST_ID.test(values.request_id)) {
    errors.request_id =
      "A request id has letters, digits and . _ : - only: copy it from X-Request-Id";
  }
  if (values.status !== "" && statuses === null) {
    errors.status = 'Write a status such as "404", or "4xx" for all of a kind';
  }
  if (values.error !== "" && !Object.hasOwn(ERRORS, values.error)) {
    errors.error = "Choose one of the list";
  }
  if (values.endpoint !== "" && method === null) errors.endpoint = "Choose one of the list";
  if (values.key !== "" && values.key !== "none" && !isId(values.key)) {
    errors.key = "Choose one of the list";
  }
  return {
    values,
    errors,
    filter: {
      apiKeyId: values.key || null,
      method,
      route,
      statuses,
      errorCode: values.error || null,
      requestId: values.request_id || null,
      createdFrom,
      createdBefore,
    },
  };
}

function readStatuses(text: string): RequestLogFilter["statuses"] {
  if (/^[1-5]xx$/.test(text)) {
    const from = Number(text[0]) * 100;
    return { from, to: from + 99 };
  }
  return /^[1-5]\d\d$/.test(text) ? { from: Number(text), to: Number(text) } : null;
}
