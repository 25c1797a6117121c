/**
 * Each magic recipient does through the client what its row promises, and passes
 * as a possible phone number on its way there.
 */
import { assert, assertEquals } from "@std/assert";
import parsePhoneNumber from "libphonenumber-js/min";
import type { SendOutcome } from "@/lib/meta/client.ts";
import { findMagicRecipient, MAGIC_RECIPIENTS } from "@/lib/meta/sandbox/magic_recipients.ts";
import { createSandboxTransport } from "@/lib/meta/sandbox_transport.ts";
import { send, textPayload, withSimulator } from "@/tests/meta/graph_calls.ts";
import { makeSandbox } from "@/tests/meta/sandbox_calls.ts";

/** What the client must make of each recipient: outcome and error code. */
const EXPECTED: Record<string, [SendOutcome["kind"], number | null]> = {
  "+15005550001": ["rejected", 131030],
  "+15005550002": ["rejected", 131026],
  "+15005550003": ["rejected", 131047],
  "+15005550004": ["rejected", 131049],
  "+15005550005": ["rejected", 131042],
  "+15005550006": ["rejected", 131031],
  "+15005550007": ["rejected", 368],
  "+15005550008": ["rejected", 190],
  "+15005550009": ["throttled", 130429],
  "+15005550010": ["pair_limited", 131056],
  "+15005550011": ["ambiguous", 131000],
  "+15005550012": ["ambiguous", null],
  "+15005550013": ["ambiguous", null],
  "+15005550014": ["ambiguous", null],
  "+15005550015": ["never_written", null],
  "+15005550016": ["accepted", null],
  // These two are told by webhook that they failed.
  "+15005550017": ["accepted", null],
  "+15005550018": ["accepted", null],
};

function codeOf(outcome: SendOutcome): number | null {
  return "error" in outcome ? outcome.error?.code ?? null : null;
}

Deno.test("every magic recipient is a possible phone number with a description", () => {
  assertEquals(
    MAGIC_RECIPIENTS.map(({ phone }) => phone),
    Object.keys(EXPECTED),
  );
  for (const { phone, title, description } of MAGIC_RECIPIENTS) {
    const parsed = parsePhoneNumber(phone, { extract: false });
    assert(parsed?.isPossible(), phone);
    assertEquals(parsed?.number, phone);
    assert(title.length > 5 && description.length > 20, phone);
  }
  assertEquals(findMagicRecipient("+14155550123"), null);
});

Deno.test("every magic recipient gives its outcome through the in-process transport", async () => {
  const { sandbox, records } = makeSandbox();
  const transport = createSandboxTransport(sandbox);
  const startedAtMs = performance.now();
  const outcomes = await Promise.all(
    Object.keys(EXPECTED).map((phone) =>
      send(transport, {
        payload: textPayload(phone),
        timeoutMs: phone === "+15005550014" ? 100 : 10_000,
      })
    ),
  );
  for (const [index, [phone, expected]] of Object.entries(EXPECTED).entries()) {
    const outcome = outcomes[index];
    assert(outcome !== undefined);
    assertEquals([outcome.kind, codeOf(outcome)], expected, phone);
  }
  // The slow recipient really takes its two seconds.
  assert(performance.now() - startedAtMs >= 1990);
  assertEquals(
    records.filter(({ wamid }) => wamid !== null).map(({ waId }) => waId),
    ["15005550013", "15005550016", "15005550017", "15005550018"],
  );
});

Deno.test("the throttled magic recipient carries Retry-After", async () => {
  const transport = createSandboxTransport(makeSandbox().sandbox);
  const outcome = await send(transport, {
    payload: textPayload("+15005550009"),
  });
  assert(outcome.kind === "throttled");
  assertEquals(outcome.retryAfterSeconds, 30);
});

Deno.test("the slow magic recipient is ambiguous when the time limit ends first", async () => {
  const transport = createSandboxTransport(makeSandbox().sandbox);
  const outcome = await send(transport, {
    payload: textPayload("+15005550016"),
    timeoutMs: 50,
  });
  assertEquals(outcome.kind, "ambiguous");
});

Deno.test("magic recipients behave the same over HTTP", async () => {
  await withSimulator(async (_simulator, transport) => {
    for (const [phone, expected] of Object.entries(EXPECTED)) {
      // Over an open connection a refused one can only be shown as a reset.
      if (["+15005550015", "+15005550016"].includes(phone)) continue;
      const outcome = await send(transport, {
        payload: textPayload(phone),
        timeoutMs: phone === "+15005550014" ? 100 : 10_000,
      });
      assertEquals([outcome.kind, codeOf(outcome)], expected, phone);
    }
  });
});
