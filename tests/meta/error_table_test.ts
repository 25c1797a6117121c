/**
 * The error table covers every code Meta documents for the Cloud API, classes
 * them as the retry rules need, and says something useful about each.
 */
import { assert, assertEquals } from "@std/assert";
import {
  findMetaError,
  hintFor,
  META_ERRORS,
  type MetaErrorClass,
} from "@/lib/meta/error_table.ts";

const DOCUMENTED_CODES = [
  [0, 1, 2, 3, 4, 10, 17, 33, 100, 104, 190, 200, 250, 299, 368, 613, 803],
  [80007, 130403, 130429, 130472, 130497, 131000, 131005, 131008, 131009],
  [131016, 131021, 131026, 131030, 131031, 131037, 131042, 131044, 131045],
  [131047, 131048, 131049, 131050, 131051, 131052, 131053, 131055, 131056],
  [131057, 131062, 131063, 131064, 132000, 132001, 132005, 132007, 132008],
  [132012, 132015, 132016, 132018, 132068, 132069, 133000, 133004, 133005],
  [133006, 133008, 133009, 133010, 133015, 133016, 134011, 134100, 134101],
  [134102, 135000, 137000, 138000, 139000, 139004, 139100, 139103, 147001],
  [147005, 200005, 200007, 1752041, 2388019, 2494055, 2494100, 2593107],
].flat();

function codesWith(wanted: MetaErrorClass): number[] {
  return [...META_ERRORS].filter(([, entry]) => entry.class === wanted)
    .map(([code]) => code).sort((a, b) => a - b);
}

Deno.test("findMetaError knows every documented code with title and hint", () => {
  for (const code of DOCUMENTED_CODES) {
    const entry = findMetaError(code);
    assert(entry !== null, `Code ${code} has no row`);
    assert(entry.title.length > 5, `Code ${code} has no title`);
    assert(/^[A-Z].{20,}\.$/.test(entry.hint), `Code ${code}: "${entry.hint}"`);
  }
});

Deno.test("findMetaError marks exactly the codes that may be retried", () => {
  assertEquals(codesWith("throttled"), [
    4,
    17,
    613,
    80007,
    130429,
    131057,
    2494100,
  ]);
  assertEquals(codesWith("pair_limited"), [131056]);
  assertEquals(codesWith("ambiguous"), [1, 2, 131000, 131016, 133004]);
});

Deno.test("findMetaError marks the codes that concern the whole sender", () => {
  const sender = [...META_ERRORS].filter(([, entry]) => entry.sender)
    .map(([code]) => code).sort((a, b) => a - b);
  assertEquals(sender, [
    0,
    3,
    10,
    190,
    200,
    368,
    131005,
    131031,
    131037,
    131042,
    131045,
    133010,
  ]);
  assertEquals(findMetaError(294)?.sender, true);
});

Deno.test("findMetaError prefers a code's own row to its range", () => {
  assertEquals(findMetaError(2494100)?.class, "throttled");
  assertEquals(findMetaError(2494055)?.class, "permanent");
});

Deno.test("findMetaError returns null for codes nobody documents", () => {
  for (const code of [-1, 5, 199, 300, 131999, 9999999]) {
    assertEquals(findMetaError(code), null);
  }
});

Deno.test("hintFor has a text for unknown codes and for none", () => {
  assert(hintFor(999999).length > 20);
  assert(hintFor(null).includes("META_GRAPH_URL"));
  assert(hintFor(131047).includes("template"));
});
