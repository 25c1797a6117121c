/**
 * A JSON value, or a text, as it is written in the languages of the code samples. Whatever the text holds, what is
 * written means that text again and nothing else. Characters that cannot be seen are written as escapes: a sample that
 * is read and then pasted must not hold more than was read.
 */

// Controls, zero-width and direction marks (the "Trojan Source" ones), line and paragraph separators, byte order mark.
// All of them have four hexadecimal digits: Python does not read a surrogate pair of escapes as one character.
const INVISIBLE =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** How a language writes a value that is not a list or an object, and the name of a field. */
interface Notation {
  /** By how many spaces a level is indented. */
  step: number;
  /** Whether the last entry has a comma too, as formatters of that language write it. */
  trailingComma: boolean;
  scalar(value: string | number | boolean | null): string;
  name(text: string): string;
}

const JAVASCRIPT: Notation = {
  step: 2,
  trailingComma: true,
  scalar: jsonText,
  // A literal's own "__proto__" would set the prototype instead of a field.
  name: (text) =>
    text === "__proto__" ? '["__proto__"]' : IDENTIFIER.test(text) ? text : jsonText(text),
};

const PYTHON: Notation = {
  step: 4,
  trailingComma: true,
  scalar: (value) => {
    if (value === null) return "None";
    if (typeof value === "boolean") return value ? "True" : "False";
    return jsonText(value);
  },
  name: jsonText,
};

const JSON_NOTATION: Notation = { step: 2, trailingComma: false, scalar: jsonText, name: jsonText };

/** A value as JSON over several lines, further lines indented by `indent` spaces more. */
export function jsonLiteral(value: unknown, indent = 0): string {
  return write(value, { notation: JSON_NOTATION, indent });
}

/** A value as a JavaScript expression. */
export function javascriptLiteral(value: unknown, indent = 0): string {
  return write(value, { notation: JAVASCRIPT, indent });
}

/** A value as a Python expression. */
export function pythonLiteral(value: unknown, indent = 0): string {
  return write(value, { notation: PYTHON, indent });
}

/** A text as one word of a POSIX shell; nothing inside single quotes is special but the quote itself. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A JSON scalar, also valid in JavaScript and Python (where it is a string or a number). */
function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    INVISIBLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function write(value: unknown, options: { notation: Notation; indent: number }): string {
  const { notation, indent } = options;
  if (typeof value !== "object" || value === null) {
    return notation.scalar(value as string | number | boolean | null);
  }
  const deeper = { notation, indent: indent + notation.step };
  const entries = Array.isArray(value)
    ? value.map((entry) => write(entry, deeper))
    : Object.entries(value).map(([name, entry]) =>
      `${notation.name(name)}: ${write(entry, deeper)}`
    );
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (entries.length === 0) return `${open}${close}`;
  const gap = `\n${" ".repeat(deeper.indent)}`;
  const end = `${notation.trailingComma ? "," : ""}\n${" ".repeat(indent)}`;
  return `${open}${gap}${entries.join(`,${gap}`)}${end}${close}`;
}
