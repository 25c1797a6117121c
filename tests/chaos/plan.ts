/** The messages of a run: each with a key and a text of its own, several to each person, in two spellings. */
import type { PlannedSend } from "@/tests/chaos/evidence.ts";
import { seededRandom } from "@/tests/simulator/faults.ts";

const SENDS_PER_PERSON = 4;

/** Plans them, the same for the same seed. */
export function planSends(options: { seed: number; sends: number }): PlannedSend[] {
  const { seed, sends } = options;
  const random = seededRandom(seed + 1);
  const people = Math.max(1, Math.round(sends / SENDS_PER_PERSON));
  return Array.from({ length: sends }, (_, index) => {
    const person = Math.floor(random() * people);
    const number = `55${String(10_000_000 + person)}`;
    return {
      key: `chaos-${seed}-${index}`,
      person,
      // Mexico, with and without the old mobile 1: the same person to WhatsApp.
      to: random() < 0.5 ? `+52${number}` : `+521${number}`,
      text: `message of chaos ${seed} number ${index}`,
    };
  });
}
