/**
 * Brings a part of the page up to date with what the server would send now, changing only what differs: focus, scroll
 * positions, what is being played and what is being read out stay. Elements with an id find each other by it, others by
 * their place. No element in such a part may belong to an island.
 */

/** Changes `old` into `fresh`, which is of another document and is used up. */
export function morph(old: Element, fresh: Element): void {
  if (old.isEqualNode(fresh) || isSameTime(old, fresh)) return;
  if (old.tagName !== fresh.tagName || old.id !== fresh.id || isTime(old)) {
    old.replaceWith(document.adoptNode(fresh));
    return;
  }
  for (const { name } of [...old.attributes]) {
    // What a person has unfolded stays so.
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  morphChildren(old, fresh);
}

function morphChildren(old: Element, fresh: Element): void {
  const known = new Map(
    [...old.children].filter(({ id }) => id !== "").map((child) => [child.id, child]),
  );
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const match = findMatch(wanted, { place, known });
    if (match === null) {
      old.insertBefore(document.adoptNode(wanted), place);
      continue;
    }
    // Moved only if it stands elsewhere: moving ends what it plays.
    if (match !== place) old.insertBefore(match, place);
    place = match.nextSibling;
    if (match instanceof Element && wanted instanceof Element) morph(match, wanted);
    else if (match instanceof Text && match.data !== wanted.textContent) {
      match.data = wanted.textContent ?? "";
    }
  }
  while (place !== null) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function findMatch(
  wanted: ChildNode,
  { place, known }: { place: ChildNode | null; known: Map<string, Element> },
): ChildNode | null {
  if (wanted instanceof Element && wanted.id !== "") {
    const match = known.get(wanted.id) ?? null;
    return match?.tagName === wanted.tagName ? match : null;
  }
  if (place === null || place.nodeType !== wanted.nodeType) return null;
  if (!(place instanceof Element && wanted instanceof Element)) return place;
  return place.id === "" && place.tagName === wanted.tagName ? place : null;
}

function isTime(element: Element): element is HTMLTimeElement {
  return element.tagName === "TIME";
}

/** The words of a time are the browser's own: its time zone, and how long ago it is by now. */
function isSameTime(old: Element, fresh: Element): boolean {
  return isTime(old) && isTime(fresh) &&
    old.getAttribute("datetime") === fresh.getAttribute("datetime");
}
