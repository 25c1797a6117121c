/**
 * Owns making Preact render between two comments. Preact renders into an
 * element; islands stand among the children of one. So it gets an object with
 * the few members of an element that it uses, which cover the range alone.
 */
import type { ContainerNode } from "preact";

/** An object that Preact takes for the parent of what stands between two comments of one element. */
export function rootBetween(
  { open, close }: { open: Comment; close: Comment },
): ContainerNode & ParentNode {
  const parent = open.parentNode as Element;
  const childNodes = (): Node[] => {
    const nodes: Node[] = [];
    for (let node = open.nextSibling; node !== null && node !== close; node = node.nextSibling) {
      nodes.push(node);
    }
    return nodes;
  };
  // Preact looks for the place of a new node among siblings, skips comments, and may so end up behind the range.
  const isInside = (node: Node | null): node is Node =>
    node !== null && node.parentNode === parent &&
    (close.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
  const insertBefore = (node: Node, before: Node | null) =>
    parent.insertBefore(node, isInside(before) ? before : close);
  return {
    nodeType: Node.ELEMENT_NODE,
    namespaceURI: parent.namespaceURI,
    localName: parent.localName,
    parentNode: parent,
    ownerDocument: parent.ownerDocument,
    get childNodes() {
      return childNodes();
    },
    get firstChild() {
      return childNodes()[0] ?? null;
    },
    contains: (node: Node | null) => parent.contains(node),
    insertBefore,
    appendChild: (node: Node) => insertBefore(node, null),
    removeChild: (node: Node) => parent.removeChild(node),
  } as unknown as ContainerNode & ParentNode;
}
