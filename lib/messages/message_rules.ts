/**
 * Which fields of a message request go together. Works on the input as it came in, so that these problems are found
 * along with those of single fields; a value of a wrong type is left to the schema.
 */
import type { Issue } from "@/lib/api/errors.ts";
import { findMediaUrlProblem } from "@/lib/public_url.ts";

/** Meta: captions of image, video and document. */
export const MAX_CAPTION_LENGTH = 1024;

const MEDIA_TYPES = ["image", "video", "document", "audio"];

/** The problems of a body as a whole. */
export function findRuleIssues(body: Record<string, unknown>): Issue[] {
  const type = body.type ?? "text";
  if (type === "text") return findTextIssues(body);
  if (type === "template") return findTemplateIssues(body);
  if (typeof type === "string" && MEDIA_TYPES.includes(type)) return findMediaIssues(body, type);
  return [];
}

function findTextIssues(body: Record<string, unknown>): Issue[] {
  const issues: Issue[] = [];
  if (body.text === undefined) {
    issues.push({ path: "text", message: 'Required for type "text"' });
  } else if (typeof body.text === "string" && body.text.trim() === "") {
    issues.push({ path: "text", message: "Must not be blank: WhatsApp refuses empty messages" });
  }
  if (body.media_url !== undefined) {
    issues.push({
      path: "media_url",
      message: 'Does not apply to type "text": set type to "image", "video", "document" or "audio"',
    });
  }
  if (body.template !== undefined) {
    issues.push({
      path: "template",
      message: 'Does not apply to type "text": set type to "template"',
    });
  }
  return issues;
}

function findTemplateIssues(body: Record<string, unknown>): Issue[] {
  const issues: Issue[] = [];
  if (body.template === undefined) {
    issues.push({ path: "template", message: 'Required for type "template"' });
  } else {
    issues.push(...findHeaderIssues(body.template), ...findNameIssues(body.template));
  }
  if (body.text !== undefined) {
    issues.push({
      path: "text",
      message:
        'Does not apply to type "template": put the values into template.params, or set type to "text"',
    });
  }
  if (body.media_url !== undefined) {
    issues.push({
      path: "media_url",
      message:
        'Does not apply to type "template": use template.params.headerMediaUrl, or set type to "image", "video", ' +
        '"document" or "audio"',
    });
  }
  return issues;
}

function findHeaderIssues(template: unknown): Issue[] {
  const params = fieldOf(template, "params");
  const has = (name: string) => fieldOf(params, name) !== undefined;
  const hasMedia = has("headerMediaUrl") || has("headerMediaId");
  if (has("headerText") && hasMedia) {
    return [{
      path: "template.params.headerText",
      message: "A header is either text or media: leave headerText or the header media out",
    }];
  }
  if (has("headerMediaUrl") && has("headerMediaId")) {
    return [{
      path: "template.params.headerMediaId",
      message: "The header media has one source: leave headerMediaUrl or headerMediaId out",
    }];
  }
  if (has("headerMediaType") && !hasMedia) {
    return [{
      path: "template.params.headerMediaType",
      message: "Needs headerMediaUrl or headerMediaId beside it",
    }];
  }
  return [];
}

/** Zod leaves a key "__proto__" out of its records without a word; no value is ever dropped here. */
function findNameIssues(template: unknown): Issue[] {
  const params = fieldOf(template, "params");
  return ["body", "buttonParams"]
    .filter((name) => fieldOf(fieldOf(params, name), "__proto__") !== undefined)
    .map((name) => ({
      path: `template.params.${name}.__proto__`,
      message: "Must have another name: this one is reserved",
    }));
}

function findMediaIssues(body: Record<string, unknown>, type: string): Issue[] {
  const issues: Issue[] = [];
  if (body.media_url === undefined) {
    issues.push({ path: "media_url", message: `Required for type "${type}"` });
  } else if (typeof body.media_url === "string") {
    const problem = findMediaUrlProblem(body.media_url);
    if (problem !== null) issues.push({ path: "media_url", message: problem });
  }
  if (typeof body.text === "string" && [...body.text].length > MAX_CAPTION_LENGTH) {
    issues.push({
      path: "text",
      message: `A caption must have at most ${MAX_CAPTION_LENGTH} characters`,
    });
  }
  if (body.template !== undefined) {
    issues.push({
      path: "template",
      message: `Does not apply to type "${type}": set type to "template"`,
    });
  }
  return issues;
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
