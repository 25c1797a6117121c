/**
 * Owns taking slots over from the document: what the server rendered between
 * two comments becomes elements of Preact again, in which the islands that
 * stand there are components with their own props. Nothing is rendered anew:
 * hydration finds the same nodes in the same places.
 */
import { type ComponentChildren, Fragment, h, type VNode } from "preact";
import { closeMark, openMark, templateId } from "./wire.ts";

const MARK = /^\/?fresh:(island|slot):(\d+)$/;

/** The slots and islands of the document. */
export class MarkedDocument {
  /** The comments by their text, in the order of the document. */
  readonly #marks = new Map<string, Comment>();
  readonly #nested = new Set<number>();
  readonly #makeIsland: (id: number) => VNode;

  /** `makeIsland` is asked for the islands inside of slots. */
  constructor(makeIsland: (id: number) => VNode) {
    this.#makeIsland = makeIsland;
    this.#collect(document);
    for (const template of document.querySelectorAll("template")) this.#collect(template.content);
  }

  /** The content of a slot, wherever the server has put it. */
  slot(id: number): VNode {
    const open = this.#marks.get(openMark("slot", id));
    if (open !== undefined) {
      return h(Fragment, null, this.#read(open.nextSibling, closeMark("slot", id)));
    }
    const template = document.getElementById(templateId(id));
    const first = template instanceof HTMLTemplateElement ? template.content.firstChild : null;
    return h(Fragment, null, this.#read(first, null));
  }

  /** The range of an island that is not part of another one, or null. */
  rangeOf(id: number): { open: Comment; close: Comment } | null {
    const open = this.#marks.get(openMark("island", id));
    const close = this.#marks.get(closeMark("island", id));
    const isRoot = open?.isConnected && close !== undefined && !this.#nested.has(id);
    return isRoot ? { open, close } : null;
  }

  /** Removes all marks but those around islands that stand for themselves. */
  removeInnerMarks(): void {
    for (const [text, comment] of this.#marks) {
      const [, kind, id] = MARK.exec(text) ?? [];
      if (kind === "slot" || this.#nested.has(Number(id))) comment.remove();
    }
  }

  #collect(root: Node): void {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
    while (walker.nextNode()) {
      const comment = walker.currentNode as Comment;
      if (MARK.test(comment.data)) this.#marks.set(comment.data, comment);
    }
  }

  /** Reads siblings up to the comment with a text, or all of them. */
  #read(first: Node | null, end: string | null): ComponentChildren[] {
    const children: ComponentChildren[] = [];
    for (let node = first; node !== null; node = node.nextSibling) {
      if (node instanceof Element) children.push(this.#readElement(node));
      if (node instanceof Text) children.push(node.data);
      if (!(node instanceof Comment)) continue;
      if (node.data === end) break;
      const [, kind, id] = MARK.exec(node.data) ?? [];
      if (kind !== "island" || node.data.startsWith("/")) continue;
      this.#nested.add(Number(id));
      children.push(this.#makeIsland(Number(id)));
      node = this.#marks.get(closeMark("island", Number(id))) ?? node;
    }
    return children;
  }

  #readElement(element: Element): VNode {
    const children = this.#read(element.firstChild, null);
    return h(element.localName, propsOf(element), ...children) as VNode;
  }
}

/** The attributes as props that would make the same element. */
function propsOf(element: Element): Record<string, unknown> {
  const props: Record<string, unknown> = {};
  for (const { name, value } of element.attributes) {
    const property: unknown = element[name as keyof Element];
    // What was typed or ticked before the script came is kept.
    if (name === "value" && element.localName === "input") props.defaultValue = value;
    else if (name === "checked") props.defaultChecked = true;
    else props[name] = typeof property === "boolean" ? property : value;
  }
  return props;
}
