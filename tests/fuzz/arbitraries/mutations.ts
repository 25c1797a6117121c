/**
 * Nearly valid JSON: a valid object in which a member or two is missing, misspelt, repeated, of another type, too long,
 * spoilt by odd characters or in the wrong place.
 */
import fc from "fast-check";
import {
  type JsonTree,
  listObjects,
  type Member,
  rawTree,
  toTree,
  writeTree,
} from "@/tests/fuzz/arbitraries/json_tree.ts";
import { longText, oddJsonText, oddText } from "@/tests/fuzz/arbitraries/odd_values.ts";

/** What is done to an object; the index is that of the member it is about. */
type Change = (members: Member[], index: number) => void;

const EXTRA_NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "messaging_product",
  "mediaUrl",
  "TO",
  "",
  "\0",
  "\ud83d",
  "𝒳",
  "a".repeat(300),
  "type",
  "phone",
  "template",
];

const typo: fc.Arbitrary<(name: string) => string> = fc.constantFrom(
  (name) => name.toUpperCase(),
  (name) => name.slice(1),
  (name) => `${name}s`,
  (name) => ` ${name}`,
  (name) => name.replace("_", ""),
  (name) => name + name.slice(-1),
  (name) => `${name}\0`,
  (name) => name.replace("e", "\u0435"),
);

const ofOtherType = oddJsonText.map((text): Change => (members, index) =>
  changeMember(members, { index, value: rawTree(text) })
);

/** A text with something odd in front of it or behind. */
const spoilt = fc.tuple(oddText, fc.boolean()).map(
  ([odd, inFront]): Change => (members, index) => {
    const value = members[index]?.value;
    if (value?.kind !== "text" || !value.text.startsWith('"')) return;
    const text: string = JSON.parse(value.text);
    changeMember(members, { index, value: toTree(inFront ? odd + text : text + odd) });
  },
);

const tooLong = longText.map((text): Change => (members, index) =>
  changeMember(members, { index, value: toTree(text) })
);

const nulled = fc.constant<Change>((members, index) =>
  changeMember(members, { index, value: rawTree("null") })
);

const missing = fc.constant<Change>((members, index) => members.splice(index, 1));

const misspelt = typo.map((spell): Change => (members, index) =>
  changeMember(members, { index, name: spell(members[index]?.name ?? "") })
);

const extra = fc.tuple(fc.constantFrom(...EXTRA_NAMES), oddJsonText).map(
  ([name, text]): Change => (members) => members.push({ name, value: rawTree(text) }),
);

/** The name comes twice, with the same value or another one. */
const repeated = fc.option(oddJsonText).map((text): Change => (members, index) => {
  const member = members[index];
  if (member === undefined) return;
  members.push(text === null ? member : { ...member, value: rawTree(text) });
});

const wrapped = fc.boolean().map((asArray): Change => (members, index) => {
  const inner = members[index]?.value ?? rawTree("null");
  const value: JsonTree = asArray
    ? { kind: "array", items: [inner] }
    : { kind: "object", members: [{ name: "value", value: inner }] };
  changeMember(members, { index, value });
});

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 8, arbitrary: ofOtherType },
  { weight: 6, arbitrary: spoilt },
  { weight: 3, arbitrary: tooLong },
  { weight: 2, arbitrary: nulled },
  { weight: 2, arbitrary: missing },
  { weight: 2, arbitrary: misspelt },
  { weight: 3, arbitrary: extra },
  { weight: 2, arbitrary: repeated },
  { weight: 1, arbitrary: wrapped },
);

const place = fc.nat({ max: 1_000 });
const step = fc.record({ change, object: place, member: place });

/** Valid objects with one change, sometimes two or three, as JSON text. */
export function nearlyValid(valid: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const steps = fc.oneof(
    { weight: 4, arbitrary: fc.array(step, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(step, { minLength: 2, maxLength: 3 }) },
  );
  return fc.tuple(valid, steps).map(([value, changes]) => {
    const tree = toTree(value);
    for (const { change, object, member } of changes) {
      const objects = listObjects(tree);
      const target = objects[object % Math.max(1, objects.length)];
      if (target !== undefined) change(target.members, member % target.members.length);
    }
    return writeTree(tree);
  });
}

function changeMember(
  members: Member[],
  { index, ...change }: { index: number } & Partial<Member>,
): void {
  const member = members[index];
  if (member !== undefined) members[index] = { ...member, ...change };
}
