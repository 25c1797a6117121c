/** Counting failed authentications: thirty a minute for each address, forgotten in time, never more than there is room. */
import { assert, assertEquals } from "@std/assert";
import { FailedAuthentications } from "@/lib/api/failed_authentications.ts";

const MINUTE_MS = 60_000;

/** A counter whose clock stands still until it is moved. */
function startCounting(options: { maxAddresses?: number } = {}) {
  const clock = { ms: 1_000_000 };
  const failures = new FailedAuthentications({ ...options, now: () => clock.ms });
  const count = (address: string, times = 1): number[] =>
    Array.from({ length: times }, () => failures.count(address));
  return { clock, failures, count };
}

Deno.test("count() lets thirty failures of a minute pass and then says how long to wait", () => {
  const { clock, count } = startCounting();
  assertEquals(count("a", 30), Array(30).fill(0));
  assertEquals(count("a", 3), [60, 60, 60]);
  clock.ms += 10_001;
  assertEquals(count("a"), [50]);
  clock.ms = 1_000_000 + MINUTE_MS - 1;
  assertEquals(count("a"), [1]);
  clock.ms++;
  assertEquals(count("a", 31), [...Array(30).fill(0), 60]);
});

Deno.test("count() lets no more than thirty pass in any minute, however they are spread", () => {
  const { clock, count } = startCounting();
  const passed: number[] = [];
  for (let second = 0; second < 600; second++) {
    clock.ms = second * 1_000;
    // Uneven: nothing for a while, then several at once.
    for (const wait of count("a", second % 7 === 0 ? 9 : 0)) if (wait === 0) passed.push(second);
  }
  for (const start of passed) {
    const within = passed.filter((second) => second >= start && second < start + 60).length;
    assert(within <= 30, `${within} from second ${start} on`);
  }
  assert(passed.length > 9 * 30, String(passed.length));
});

Deno.test("count() lets who waited as told be answered, and does not count who did not wait", () => {
  const { clock, count } = startCounting();
  count("a", 10);
  clock.ms += 20_000;
  count("a", 20);
  // Knocking on goes unanswered but makes nothing worse.
  const [wait = 0] = count("a", 1_000);
  assertEquals(wait, 40);
  clock.ms += wait * 1_000;
  assertEquals(count("a", 11), [...Array(10).fill(0), 20]);
});

Deno.test("count() keeps addresses apart", () => {
  const { count } = startCounting();
  count("a", 30);
  assertEquals([...count("a"), ...count("b")], [60, 0]);
});

Deno.test("An address is forgotten a minute after its last failure", () => {
  const { clock, failures, count } = startCounting();
  count("a");
  clock.ms += 30_000;
  count("b");
  count("a");
  clock.ms += 30_000;
  count("c");
  assertEquals(failures.size, 3);
  clock.ms += 30_000;
  count("c");
  assertEquals(failures.size, 1);
});

Deno.test("Addresses beyond the room share one count, and none that is known is pushed out", () => {
  const { clock, failures, count } = startCounting({ maxAddresses: 100 });
  count("attacker", 30);
  const waits = Array.from({ length: 10_000 }, (_, index) => failures.count(`other ${index}`));
  assertEquals(failures.size, 100);
  // 98 have a count of their own, the others thirty together.
  assertEquals(waits.filter((wait) => wait === 0).length, 98 + 30);
  assertEquals(waits.slice(-1), [60]);
  assertEquals(count("attacker"), [60]);
  assertEquals(count("other 5", 30), [...Array(29).fill(0), 60]);
  clock.ms += MINUTE_MS;
  assertEquals(count("other 9999", 31), [...Array(30).fill(0), 60]);
  assertEquals(failures.size, 1);
});

Deno.test("There is room for 10,000 addresses", () => {
  const { failures, count } = startCounting();
  for (let index = 0; index < 30_000; index++) count(`2001:db8:${index.toString(16)}::/64`);
  assertEquals(failures.size, 10_000);
});
