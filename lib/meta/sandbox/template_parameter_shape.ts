/**
 * Checks single parameters of a template's header and body. Texts are limited in
 * length (132005) and in white space (132018); a kind of parameter that the part
 * cannot have is 132012. Source: Meta's template message reference.
 */
import {
  anyObject,
  object,
  requireObject,
  type Shape,
  text,
} from "@/lib/meta/sandbox/json_shape.ts";
import { mediaSource } from "@/lib/meta/sandbox/media_shape.ts";
import { SandboxRefusal } from "@/lib/meta/sandbox/refusal.ts";

const HEADER_TEXT_LIMIT = 60;
const BODY_TEXT_LIMIT = 1024;
// The larger limit holds when the body is the template's only component.
const LONE_BODY_TEXT_LIMIT = 32768;

/** The one parameter of a template's header. */
export function headerParameter(value: unknown, path: string): void {
  const parameter = requireObject(value, path);
  switch (parameter.type) {
    case "text":
      return textParameter(HEADER_TEXT_LIMIT)(value, path);
    case "image":
    case "video":
      return object({ type: text(), [parameter.type]: mediaSource() })(
        value,
        path,
      );
    case "document":
      return object({
        type: text(),
        document: mediaSource({ filename: text() }),
      })(value, path);
    case "location":
      return object({ type: text(), location: anyObject })(value, path);
    default:
      return refuseFormat(path, parameter.type);
  }
}

/** A parameter of a template's body that has this many components. */
export function bodyParameter(componentCount: number): Shape {
  return (value, path) => {
    const parameter = requireObject(value, path);
    switch (parameter.type) {
      case "text":
        return textParameter(
          componentCount === 1 ? LONE_BODY_TEXT_LIMIT : BODY_TEXT_LIMIT,
        )(value, path);
      case "currency":
      case "date_time":
        return object({ type: text(), [parameter.type]: anyObject })(
          value,
          path,
        );
      default:
        return refuseFormat(path, parameter.type);
    }
  };
}

function textParameter(maxCharacters: number): Shape {
  return (value, path) => {
    object({ type: text(), text: text() }, {
      parameter_name: text({
        pattern: /^[a-z0-9_]+$/,
        expected: "lower-case letters, digits and underscores",
      }),
    })(value, path);
    const content = String(requireObject(value, path).text);
    if ([...content].length > maxCharacters) {
      throw new SandboxRefusal(
        132005,
        `Param ${path} is longer than ${maxCharacters} characters.`,
      );
    }
    if (/[\n\t]| {5}/.test(content)) {
      throw new SandboxRefusal(
        132018,
        `Param ${path} must not have line breaks, tabs or more than 4 consecutive spaces.`,
      );
    }
  };
}

/** Refuses parameters of which only some have a name. */
export function refuseMixedNames(list: unknown[], place: string): void {
  const named = list.filter((item) => requireObject(item, place).parameter_name !== undefined);
  if (named.length !== 0 && named.length !== list.length) {
    throw new SandboxRefusal(
      132012,
      `${place} mixes named and positional parameters.`,
    );
  }
}

function refuseFormat(path: string, type: unknown): never {
  throw new SandboxRefusal(
    132012,
    `Param ${path} has an unexpected type ${JSON.stringify(type)}.`,
  );
}
