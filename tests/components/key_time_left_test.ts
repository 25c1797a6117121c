/** The words of a countdown. */
import { assertEquals } from "@std/assert";
import { describeTimeLeft } from "@/components/key_time_left.ts";

Deno.test("describeTimeLeft() says what is left in units that matter, and when it is over", () => {
  const cases: [number, string][] = [
    [7 * 86_400_000, "7 d 0 h 0 min"],
    [86_400_000 - 1_000, "23 h 59 min 59 s"],
    [3_600_000, "1 h 0 min 0 s"],
    [61_000, "1 min 1 s"],
    [59_001, "1 min 0 s"],
    [1, "1 s"],
    [0, "ended"],
    [-5_000, "ended"],
  ];
  for (const [leftMs, text] of cases) assertEquals(describeTimeLeft(leftMs), text);
});
