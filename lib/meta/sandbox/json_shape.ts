/**
 * Small checkers for JSON values that refuse as Meta does: 100 for a property
 * or type it does not know and for lengths, 131008 for what is missing, 131009
 * for a value of the right type that it cannot use. Lengths count code points.
 */
import { isJsonObject } from "@/lib/meta/meta_error.ts";
import { SandboxRefusal } from "@/lib/meta/sandbox/refusal.ts";

/** Throws SandboxRefusal unless the value at `path` is acceptable. */
export type Shape = (value: unknown, path: string) => void;

/** Writes a property's place as Meta does: text['body']. */
export function childPath(path: string, key: string | number): string {
  if (path === "") return String(key);
  return typeof key === "number" ? `${path}[${key}]` : `${path}['${key}']`;
}

/** An object with exactly these properties, the optional ones at will. */
export function object(
  required: Record<string, Shape>,
  optional: Record<string, Shape> = {},
): Shape {
  return (value, path) => {
    const name = path === "" ? "messages" : path;
    const found = requireObject(value, name);
    for (const key of Object.keys(found)) {
      if (!Object.hasOwn(required, key) && !Object.hasOwn(optional, key)) {
        throw new SandboxRefusal(
          100,
          `Unexpected key "${key}" on param "${name}".`,
        );
      }
    }
    for (const [key, shape] of Object.entries({ ...required, ...optional })) {
      const place = childPath(path, key);
      if (!Object.hasOwn(found, key)) {
        if (!Object.hasOwn(required, key)) continue;
        throw new SandboxRefusal(
          131008,
          `The parameter ${place} is required.`,
        );
      }
      if (found[key] === null) {
        throw new SandboxRefusal(100, `Param ${place} must not be null.`);
      }
      shape(found[key], place);
    }
  };
}

/** Any JSON object. */
export function anyObject(value: unknown, path: string): void {
  requireObject(value, path);
}

/** A string that is not empty; `max` is in characters. */
export function text(
  options: { max?: number; pattern?: RegExp; expected?: string } = {},
): Shape {
  return (value, path) => {
    if (typeof value !== "string") {
      throw new SandboxRefusal(100, `Param ${path} must be a string.`);
    }
    if (value === "") {
      throw new SandboxRefusal(131008, `The parameter ${path} is required.`);
    }
    if (options.max !== undefined && [...value].length > options.max) {
      throw new SandboxRefusal(
        100,
        `Param ${path} must be at most ${options.max} characters long.`,
      );
    }
    if (options.pattern !== undefined && !options.pattern.test(value)) {
      throw new SandboxRefusal(
        131009,
        `Param ${path} must be ${options.expected ?? "a valid value"}.`,
      );
    }
  };
}

/** True or false. */
export function boolean(value: unknown, path: string): void {
  if (typeof value !== "boolean") {
    throw new SandboxRefusal(100, `Param ${path} must be a boolean.`);
  }
}

/** One of a list of words. */
export function oneOf(...words: string[]): Shape {
  return (value, path) => {
    if (typeof value === "string" && words.includes(value)) return;
    throw new SandboxRefusal(
      100,
      `Param ${path} must be one of {${words.join(", ")}} - got ${JSON.stringify(value)}.`,
    );
  };
}

/** An absolute http or https URL. */
export function httpUrl(value: unknown, path: string): void {
  const valid = typeof value === "string" && URL.canParse(value) &&
    /^https?:$/.test(new URL(value).protocol);
  if (!valid) {
    throw new SandboxRefusal(100, `Param ${path} is not a valid URI.`);
  }
}

/** Returns the value as an object or refuses it. */
export function requireObject(
  value: unknown,
  path: string,
): Record<string, unknown> {
  if (isJsonObject(value)) return value;
  throw new SandboxRefusal(100, `Param ${path} must be a JSON object.`);
}

/** Returns the value as an array or refuses it. */
export function requireArray(value: unknown, path: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new SandboxRefusal(100, `Param ${path} must be an array.`);
}
