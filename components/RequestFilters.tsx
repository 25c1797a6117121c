/** The filters of the request log. The request id, which people come with in their hands, comes first. */
import type { VNode } from "preact";
import type { RequestLogView } from "@/lib/admin/request_log.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { Field } from "./Field.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { Select } from "./Select.tsx";
import { TextInput } from "./TextInput.tsx";

interface Props {
  mode: Mode;
  view: Pick<RequestLogView, "values" | "errors" | "choices">;
  /** The error codes to choose from. */
  errorCodes: readonly string[];
}

/** The filter bar. */
export function RequestFilters({ mode, view, errorCodes }: Props): VNode {
  const { values, errors, choices } = view;
  return (
    <FilterBar
      mode={mode}
      path="/requests"
      label="Requests"
      values={values}
      hasErrors={Object.keys(errors).length > 0}
      describe={(name, value) => chipText(name, { value, view })}
    >
      <div class="sm:col-span-2">
        <Field
          label="Request id"
          name="request_id"
          error={errors.request_id}
          hint="From the header X-Request-Id of an answer"
        >
          <TextInput name="request_id" value={values.request_id} mono />
        </Field>
      </div>
      <Field
        label="Status"
        name="status"
        error={errors.status}
        hint="2xx, 4xx, 5xx, or one such as 429"
      >
        <TextInput name="status" value={values.status} placeholder="Any" list="statuses" />
        <datalist id="statuses">
          {["2xx", "4xx", "5xx"].map((value) => <option key={value} value={value} />)}
        </datalist>
      </Field>
      <Field label="Error code" name="error" error={errors.error}>
        <Select
          name="error"
          value={values.error}
          options={toOptions([...errorCodes, values.error])}
        />
      </Field>
      <Field label="Endpoint" name="endpoint" error={errors.endpoint}>
        <Select
          name="endpoint"
          value={values.endpoint}
          options={toOptions([...choices.endpoints, values.endpoint])}
        />
      </Field>
      <Field label="API key" name="key" error={errors.key}>
        <Select
          name="key"
          value={values.key}
          options={[
            { value: "", label: "Any" },
            { value: "none", label: "None (admin UI)" },
            ...choices.keys.map(({ id, name, prefix }) => ({
              value: id,
              label: `${name} (${prefix}…)`,
            })),
          ]}
        />
      </Field>
      <Field label="First day" name="from" error={errors.from} hint="Days are in UTC">
        <TextInput name="from" type="date" value={values.from} />
      </Field>
      <Field label="Last day" name="to" error={errors.to}>
        <TextInput name="to" type="date" value={values.to} />
      </Field>
    </FilterBar>
  );
}

function chipText(
  name: string,
  { value, view }: { value: string; view: Props["view"] },
): string {
  switch (name) {
    case "key": {
      if (value === "none") return "Without a key";
      const key = view.choices.keys.find(({ id }) => id === value);
      return `Key: ${key?.name ?? value}`;
    }
    case "status":
      return `Status ${value}`;
    case "request_id":
      return `Request ${value}`;
    case "from":
      return `From ${value}`;
    case "to":
      return `Until ${value}`;
    default:
      return value;
  }
}

/** A list without repetitions, with what is chosen now even if it is not offered. */
function toOptions(values: readonly string[]) {
  const labels = [...new Set(values)].filter((value) => value !== "");
  return [{ value: "", label: "Any" }, ...labels.map((label) => ({ value: label, label }))];
}
