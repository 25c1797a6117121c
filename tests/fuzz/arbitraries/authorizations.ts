/** Who calls: keys that are good for everything or for little, keys that are refused, and what is no key. */
import fc from "fast-check";
import type { Header } from "@/tests/fuzz/arbitraries/headers.ts";
import type { World } from "@/tests/fuzz/world.ts";

const ODD_AUTHORIZATIONS = [
  "",
  "Bearer",
  "Bearer ",
  "Basic dXNlcjpwYXNz",
  "Bearer wacrm_live_",
  `Bearer ${"a".repeat(20_000)}`,
  "Bearer \u00e9",
  "Bearer a b",
  "bearer,",
];

/** The header of a key. */
export function bearer(key: string): Header[] {
  return [["Authorization", `Bearer ${key}`]];
}

/** The Authorization header of most requests, or another one, or none. */
export function authorizations(world: World): fc.Arbitrary<Header[]> {
  const { keys, badKeys } = world;
  return fc.oneof(
    { weight: 90, arbitrary: fc.constant(bearer(keys.live)) },
    { weight: 20, arbitrary: fc.constant(bearer(keys.test)) },
    { weight: 6, arbitrary: fc.constant(bearer(keys.inbox)) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(keys.unconnected, keys.bare, keys.limited).map(bearer),
    },
    { weight: 3, arbitrary: fc.constantFrom(...badKeys).map(bearer) },
    { weight: 2, arbitrary: fc.constant<Header[]>([]) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...ODD_AUTHORIZATIONS).map((value): Header[] => [[
        "Authorization",
        value,
      ]]),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Header[]>(
        [["authorization", `bearer   ${keys.live}`]],
        [...bearer(keys.live), ...bearer(keys.test)],
        [["Authorization", keys.live]],
        [["Authorization", `Bearer ${keys.live}\t`]],
      ),
    },
  );
}
