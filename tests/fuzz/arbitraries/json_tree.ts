/**
 * JSON as a tree of its text, which can say what no JavaScript value can: an object with the same key twice, 1e400, a
 * member named "__proto__". Values are turned into it, changed (mutations.ts) and written.
 */

/** A piece of JSON: an object's members in order, an array's items, or the text of anything else. */
export type JsonTree =
  | { kind: "object"; members: Member[] }
  | { kind: "array"; items: JsonTree[] }
  | { kind: "text"; text: string };

/** One member of an object. */
export interface Member {
  name: string;
  value: JsonTree;
}

/** The tree of a value. */
export function toTree(value: unknown): JsonTree {
  if (Array.isArray(value)) return { kind: "array", items: value.map(toTree) };
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, entry]) => ({ name, value: toTree(entry) }));
    return { kind: "object", members };
  }
  return { kind: "text", text: JSON.stringify(value) ?? "null" };
}

/** A tree that is written as this text, whether that is JSON or not. */
export function rawTree(text: string): JsonTree {
  return { kind: "text", text };
}

/** The text of a tree. */
export function writeTree(tree: JsonTree): string {
  switch (tree.kind) {
    case "text":
      return tree.text;
    case "array":
      return `[${tree.items.map(writeTree).join(",")}]`;
    case "object":
      return `{${
        tree.members.map(({ name, value }) => `${JSON.stringify(name)}:${writeTree(value)}`)
          .join(",")
      }}`;
  }
}

/** Every object of a tree that has members, the outermost first. */
export function listObjects(tree: JsonTree): { members: Member[] }[] {
  if (tree.kind === "text") return [];
  if (tree.kind === "array") return tree.items.flatMap(listObjects);
  const inner = tree.members.flatMap(({ value }) => listObjects(value));
  return tree.members.length > 0 ? [tree, ...inner] : inner;
}
