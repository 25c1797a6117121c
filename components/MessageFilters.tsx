/** The filters of the message log. */
import type { VNode } from "preact";
import type { LogFilterValues } from "@/lib/admin/message_log_filter.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { Field } from "./Field.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { MESSAGE_KINDS, messageKind } from "./message_kinds.ts";
import { Select } from "./Select.tsx";
import { TextInput } from "./TextInput.tsx";

const STATUSES: Readonly<Record<string, string>> = {
  pending: "Pending",
  unknown: "Unknown",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
  failed: "Failed",
  received: "Received",
};

const DIRECTIONS: Readonly<Record<string, string>> = { outbound: "Sent", inbound: "Received" };

/** The filter bar. */
export function MessageFilters({ mode, values, errors }: {
  mode: Mode;
  values: LogFilterValues;
  errors: Partial<LogFilterValues>;
}): VNode {
  return (
    <FilterBar
      mode={mode}
      path="/messages"
      label="Messages"
      values={values}
      hasErrors={Object.keys(errors).length > 0}
      describe={chipText}
    >
      <Field
        label="Number"
        name="number"
        error={errors.number}
        hint="In any spelling, or a BSUID"
      >
        <TextInput name="number" value={values.number} placeholder="+1 415 555 0123" mono />
      </Field>
      <Field label="Status" name="status" error={errors.status}>
        <Select name="status" value={values.status} options={toOptions(STATUSES)} />
      </Field>
      <Field label="Type" name="type" error={errors.type}>
        <Select
          name="type"
          value={values.type}
          options={toOptions(
            Object.fromEntries(
              Object.entries(MESSAGE_KINDS).map(([type, { label }]) => [type, label]),
            ),
          )}
        />
      </Field>
      <Field label="Direction" name="direction" error={errors.direction}>
        <Select name="direction" value={values.direction} options={toOptions(DIRECTIONS)} />
      </Field>
      <Field label="First day" name="from" error={errors.from} hint="Days are in UTC">
        <TextInput name="from" type="date" value={values.from} />
      </Field>
      <Field label="Last day" name="to" error={errors.to}>
        <TextInput name="to" type="date" value={values.to} />
      </Field>
      <Field label="Error code" name="error" error={errors.error}>
        <TextInput
          name="error"
          value={values.error}
          inputMode="numeric"
          placeholder="131026"
          mono
        />
      </Field>
    </FilterBar>
  );
}

function chipText(name: string, value: string): string {
  switch (name) {
    case "status":
      return `Status: ${STATUSES[value] ?? value}`;
    case "type":
      return `Type: ${messageKind(value).label}`;
    case "direction":
      return DIRECTIONS[value] ?? value;
    case "from":
      return `From ${value}`;
    case "to":
      return `Until ${value}`;
    case "error":
      return `Error ${value}`;
    default:
      return `With ${value}`;
  }
}

function toOptions(labels: Readonly<Record<string, string>>) {
  return [
    { value: "", label: "Any" },
    ...Object.entries(labels).map(([value, label]) => ({ value, label })),
  ];
}
