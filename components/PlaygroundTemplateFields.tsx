/**
 * A template's name, language and the values of its variables. There is always an empty row for one more value, so
 * that no button is needed to add one.
 */
import type { VNode } from "preact";
import { Field } from "./Field.tsx";
import { PlaygroundDetails } from "./PlaygroundDetails.tsx";
import type { PlaygroundFieldsProps } from "./PlaygroundFields.tsx";
import { Select } from "./Select.tsx";
import { TextInput } from "./TextInput.tsx";

const MIN_ROWS = 2;
/** Of the API's limits: 100 values. */
const MAX_BODY_ROWS = 100;
/** WhatsApp has at most ten buttons on a template. */
const MAX_BUTTON_ROWS = 10;

/** The template editor. */
export function PlaygroundTemplateFields({ draft, issues }: PlaygroundFieldsProps): VNode {
  const hasHeader = [draft.headerText, draft.headerMediaUrl, draft.headerMediaId]
    .some((value) => value !== "");
  return (
    <>
      <div class="grid gap-5 sm:grid-cols-[minmax(0,1fr)_9rem]">
        <Field
          label="Template name"
          name="template_name"
          error={issues.template_name}
          hint="As approved in WhatsApp Manager."
        >
          <TextInput
            name="template_name"
            value={draft.templateName}
            placeholder="order_shipped"
            mono
          />
        </Field>
        <Field label="Language" name="template_language" error={issues.template_language}>
          <TextInput
            name="template_language"
            value={draft.templateLanguage}
            placeholder="en_US"
            mono
          />
        </Field>
      </div>
      <BodyValues draft={draft} issues={issues} />
      <PlaygroundDetails
        label="Header and buttons"
        isOpen={hasHeader || draft.buttonValues.length > 0 ||
          Object.keys(issues).some((name) => /^(header|button)_/.test(name))}
      >
        <HeaderFields draft={draft} issues={issues} />
        <ButtonValues draft={draft} issues={issues} />
      </PlaygroundDetails>
    </>
  );
}

function BodyValues({ draft, issues }: PlaygroundFieldsProps): VNode {
  const { bodyValues } = draft;
  const rows = Math.min(MAX_BODY_ROWS, Math.max(MIN_ROWS, bodyValues.length + 1));
  return (
    <fieldset class="min-w-0">
      <legend class="text-sm font-medium">Body variables</legend>
      <p class="text-xs text-muted">
        In the order of {"{{1}}, {{2}}"}… Give the names too if the template has named variables.
      </p>
      <ol class="mt-2 space-y-3">
        {Array.from({ length: rows }, (_, index) => {
          const { name = "", value = "" } = bodyValues[index] ?? {};
          return (
            <li key={index} class="grid grid-cols-[minmax(0,1fr)_8rem] gap-2">
              <Field
                label={`Value of {{${name === "" ? index + 1 : name}}}`}
                name={`body_value_${index}`}
                error={issues[`body_value_${index}`]}
              >
                <TextInput name="body_value" value={value} autocomplete="off" />
              </Field>
              <Field label="Name" name={`body_name_${index}`} optional>
                <TextInput name="body_name" value={name} mono />
              </Field>
            </li>
          );
        })}
      </ol>
    </fieldset>
  );
}

function HeaderFields({ draft, issues }: PlaygroundFieldsProps): VNode {
  return (
    <>
      <Field
        label="Header text"
        name="header_text"
        optional
        error={issues.header_text}
        hint="The value of the header's variable."
      >
        <TextInput name="header_text" value={draft.headerText} />
      </Field>
      <Field
        label="Header media URL"
        name="header_media_url"
        optional
        error={issues.header_media_url}
      >
        <TextInput
          name="header_media_url"
          value={draft.headerMediaUrl}
          placeholder="https://"
          mono
        />
      </Field>
      <div class="grid gap-5 sm:grid-cols-2">
        <Field
          label="Header media id"
          name="header_media_id"
          optional
          error={issues.header_media_id}
        >
          <TextInput name="header_media_id" value={draft.headerMediaId} mono />
        </Field>
        <Field
          label="Header media kind"
          name="header_media_type"
          error={issues.header_media_type}
        >
          <Select
            name="header_media_type"
            value={draft.headerMediaType}
            options={[
              { value: "", label: "By the URL's ending" },
              { value: "image", label: "Image" },
              { value: "video", label: "Video" },
              { value: "document", label: "Document" },
            ]}
          />
        </Field>
      </div>
    </>
  );
}

function ButtonValues({ draft, issues }: PlaygroundFieldsProps): VNode {
  const { buttonValues } = draft;
  const rows = Math.min(MAX_BUTTON_ROWS, Math.max(MIN_ROWS, buttonValues.length + 1));
  return (
    <fieldset class="min-w-0">
      <legend class="text-sm font-medium">Buttons with a variable in their URL</legend>
      <p class="text-xs text-muted">The end of the URL; leave the other buttons empty.</p>
      <ol class="mt-2 grid gap-3 sm:grid-cols-2">
        {Array.from({ length: rows }, (_, index) => (
          <li key={index}>
            <Field
              label={`Button ${index + 1}`}
              name={`button_value_${index}`}
              optional
              error={issues[`button_value_${index}`]}
            >
              <TextInput name="button_value" value={buttonValues[index] ?? ""} />
            </Field>
          </li>
        ))}
      </ol>
    </fieldset>
  );
}
