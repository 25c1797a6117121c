/**
 * The marks by which WhatsApp formats a text: *bold*, _italic_, ~struck~, `code` and ```code``` over lines. A mark
 * counts only at the edge of a word and with text inside, as on the phones. For the preview; what is sent is the text
 * as it is.
 */

/** How a piece of text is shown. */
export type TextStyle = "bold" | "italic" | "struck" | "code";

/** A piece of a text in one style, or in several. */
export interface StyledText {
  text: string;
  styles: TextStyle[];
}

const MARKS: Readonly<Record<string, TextStyle>> = { "*": "bold", "_": "italic", "~": "struck" };

const CODE = /```([^]+?)```|`([^`\n]+)`/;
const STYLED = /(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}])/u;

/** The pieces of a text, in order. */
export function formatText(text: string, styles: TextStyle[] = []): StyledText[] {
  const code = CODE.exec(text);
  if (code !== null) {
    return [
      ...formatText(text.slice(0, code.index), styles),
      { text: code[1] ?? code[2] ?? "", styles: [...styles, "code"] },
      ...formatText(text.slice(code.index + code[0].length), styles),
    ];
  }
  const match = STYLED.exec(text);
  const style = MARKS[match?.[1] ?? ""];
  if (match === null || style === undefined) return plain(text, styles);
  return [
    ...plain(text.slice(0, match.index), styles),
    ...formatText(match[2] ?? "", [...styles, style]),
    ...formatText(text.slice(match.index + match[0].length), styles),
  ];
}

function plain(text: string, styles: TextStyle[]): StyledText[] {
  return text === "" ? [] : [{ text, styles }];
}
