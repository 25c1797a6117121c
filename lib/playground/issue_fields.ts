/** Which field of the playground's form an issue of the API is about. */

const FIELDS: Readonly<Record<string, string>> = {
  to: "to",
  type: "type",
  text: "text",
  media_url: "media_url",
  filename: "filename",
  reply_to_message_id: "reply_to_message_id",
  name: "contact_name",
  "Idempotency-Key": "idempotency_key",
  "template.name": "template_name",
  "template.language": "template_language",
  "template.params.headerText": "header_text",
  "template.params.headerMediaUrl": "header_media_url",
  "template.params.headerMediaId": "header_media_id",
  "template.params.headerMediaType": "header_media_type",
};

const BUTTON = /^template\.params\.buttonParams\.([0-9])$/;
const POSITION = /^template\.params(?:\.body)?\[([0-9]+)\]$/;
const NAMED = "template.params.body.";

/**
 * The field of an issue's path, such as "template_name" or, of a list, "body_value_0"; "" if it is about none.
 *
 * @param bodyNames the names of the template's body variables, in the order of the form
 */
export function issueField(path: string, bodyNames: readonly string[]): string {
  const known = Object.hasOwn(FIELDS, path) ? FIELDS[path] : undefined;
  if (known !== undefined) return known;
  const button = BUTTON.exec(path)?.[1];
  if (button !== undefined) return `button_value_${button}`;
  const position = POSITION.exec(path)?.[1];
  if (position !== undefined) return `body_value_${position}`;
  if (!path.startsWith(NAMED)) return "";
  const named = bodyNames.indexOf(path.slice(NAMED.length));
  return named < 0 ? "" : `body_value_${named}`;
}

/** The problems by their field: the first of each field, those about none joined under "". */
export function issuesByField(
  issues: readonly { path: string; message: string }[],
  bodyNames: readonly string[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { path, message } of issues) {
    const field = issueField(path, bodyNames);
    if (field === "") {
      const line = path === "" ? message : `${path}: ${message}`;
      found[""] = found[""] === undefined ? line : `${found[""]}; ${line}`;
    } else {
      found[field] ??= message;
    }
  }
  return found;
}
