/**
 * Sends that come again and again with the same Idempotency-Key and the same body, some at the same time: to people
 * who are reached, to some of whom Meta refuses the message, and to some where nobody knows what became of it.
 */
import fc from "fast-check";
import type { Body } from "@/tests/fuzz/arbitraries/bodies.ts";
import type { Header } from "@/tests/fuzz/arbitraries/headers.ts";
import type { World } from "@/tests/fuzz/world.ts";

const SENDS = 80;
const NOT_ON_WHATSAPP = "+15005550002";
const GATEWAY_ERROR = "+15005550012";
/** Tried again for some seconds, in which the others with this key find it in progress. */
const CONNECTION_REFUSED = "+15005550015";

const encoder = new TextEncoder();

/** The body of a send and the headers that make it the same. */
export function repeats(world: World): fc.Arbitrary<{ body: Body; headers: Header[] }> {
  const to = (number: number) => {
    if (number === 2) return CONNECTION_REFUSED;
    if (number % 10 === 0) return GATEWAY_ERROR;
    if (number % 10 === 1) return NOT_ON_WHATSAPP;
    return world.people[number % world.people.length];
  };
  return fc.tuple(
    fc.nat({ max: SENDS }),
    fc.constantFrom(world.keys.live, world.keys.live, world.keys.test),
  ).map(([number, key]) => ({
    body: encoder.encode(JSON.stringify({ to: to(number), text: `Number ${number}` })),
    headers: [
      ["Authorization", `Bearer ${key}`],
      ["Content-Type", "application/json"],
      ["Idempotency-Key", `again-${number}`],
    ],
  }));
}
