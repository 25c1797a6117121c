/**
 * Builds the `template` object of a send from the caller's parameters alone,
 * without the stored template: a button is taken for a URL button and the
 * header's media kind is read off the URL. Meta's order of components does not
 * matter; header, body, buttons by index keeps bodies comparable.
 */

/** The kinds of file a template header can show. */
export type HeaderMediaType = "image" | "video" | "document";

/** Values for a template's variables, part by part. */
export interface TemplateParamsObject {
  /** In order for {{1}}, {{2}} …, or by name for named variables. */
  body?: string[] | Record<string, string>;
  headerText?: string;
  headerMediaUrl?: string;
  /** Id of an uploaded file; used instead of the URL when both are given. */
  headerMediaId?: string;
  headerMediaType?: HeaderMediaType;
  /** By position of the button in the template, "0" to "9". */
  buttonParams?: Record<string, string>;
}

/** A template by name and language; an array of params fills its body. */
export interface TemplateMessage {
  name: string;
  language: string;
  params?: string[] | TemplateParamsObject;
}

/** A text value; `parameter_name` only for templates with named variables. */
export interface TextParameter {
  type: "text";
  parameter_name?: string;
  text: string;
}

/** A file for a template header; exactly one of link and id. */
export interface HeaderMedia {
  link?: string;
  id?: string;
}

/** The one parameter of a header that shows a file. */
export type MediaParameter =
  | { type: "image"; image: HeaderMedia }
  | { type: "video"; video: HeaderMedia }
  | { type: "document"; document: HeaderMedia };

/** One part of a template that has variables. */
export type TemplateComponent =
  | { type: "header"; parameters: (TextParameter | MediaParameter)[] }
  | { type: "body"; parameters: TextParameter[] }
  | {
    type: "button";
    sub_type: "url";
    index: string;
    parameters: TextParameter[];
  };

/** The `template` object as Meta takes it. */
export interface TemplateObject {
  name: string;
  language: { code: string };
  components?: TemplateComponent[];
}

/**
 * Builds the `template` object. Without any value there is no `components` key.
 * Throws TypeError when header text and header media are both given.
 */
export function buildTemplate(template: TemplateMessage): TemplateObject {
  const params = Array.isArray(template.params) ? { body: template.params } : template.params ?? {};
  const components = [
    ...headerComponents(params),
    ...bodyComponents(params.body ?? []),
    ...buttonComponents(params.buttonParams ?? {}),
  ];
  return {
    name: template.name,
    language: { code: template.language },
    ...(components.length === 0 ? {} : { components }),
  };
}

/**
 * Reads the kind of a header file off the ending of its URL's path: .mp4 and
 * .3gp are video, .pdf and Office files document, everything else an image.
 */
export function headerMediaTypeOf(url: string): HeaderMediaType {
  // Query and fragment are cut by hand, so that a value that is no URL works.
  const path = url.split(/[?#]/, 1)[0] ?? "";
  if (/\.(mp4|3gp)$/i.test(path)) return "video";
  if (/\.(pdf|docx?|xlsx?|pptx?)$/i.test(path)) return "document";
  return "image";
}

function headerComponents(params: TemplateParamsObject): TemplateComponent[] {
  const { headerText, headerMediaUrl, headerMediaId } = params;
  const media: HeaderMedia | null = headerMediaId !== undefined
    ? { id: headerMediaId }
    : headerMediaUrl !== undefined
    ? { link: headerMediaUrl }
    : null;
  if (headerText !== undefined && media !== null) {
    throw new TypeError(
      "Cannot build the template header: give either a text or a file",
    );
  }
  if (headerText !== undefined) {
    return [{
      type: "header",
      parameters: [{ type: "text", text: headerText }],
    }];
  }
  if (media === null) return [];
  const kind = params.headerMediaType ??
    headerMediaTypeOf(headerMediaUrl ?? "");
  return [{ type: "header", parameters: [mediaParameter(kind, media)] }];
}

function mediaParameter(
  kind: HeaderMediaType,
  media: HeaderMedia,
): MediaParameter {
  switch (kind) {
    case "image":
      return { type: "image", image: media };
    case "video":
      return { type: "video", video: media };
    case "document":
      return { type: "document", document: media };
  }
}

function bodyComponents(
  body: string[] | Record<string, string>,
): TemplateComponent[] {
  const parameters: TextParameter[] = Array.isArray(body)
    ? body.map((text) => ({ type: "text", text }))
    : Object.entries(body).map(([name, text]) => ({
      type: "text",
      parameter_name: name,
      text,
    }));
  return parameters.length === 0 ? [] : [{ type: "body", parameters }];
}

function buttonComponents(
  buttonParams: Record<string, string>,
): TemplateComponent[] {
  return Object.entries(buttonParams)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([index, text]) => ({
      type: "button",
      sub_type: "url",
      index,
      parameters: [{ type: "text", text }],
    }));
}
