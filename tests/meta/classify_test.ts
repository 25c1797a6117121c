/**
 * Every kind of answer to a send and the one outcome it must have. The rule
 * under test: only a certain refusal is called one.
 */
import { assert, assertEquals } from "@std/assert";
import { classifySendResponse, type SendOutcome } from "@/lib/meta/classify.ts";

function judge(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): SendOutcome {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return classifySendResponse({ status, headers, text }, { secret: "SECRET" });
}

function withCode(code: unknown): unknown {
  return { error: { message: "(#1) Title", type: "OAuthException", code } };
}

Deno.test("classifySendResponse reads an acceptance", () => {
  const body = {
    messaging_product: "whatsapp",
    contacts: [{ input: "+1", wa_id: "1" }],
    messages: [{ id: "wamid.A", message_status: "accepted" }],
  };
  assertEquals(judge(200, body), {
    kind: "accepted",
    wamid: "wamid.A",
    waId: "1",
    userId: null,
    messageStatus: "accepted",
  });
  assertEquals(
    judge(201, { contacts: [{ user_id: "US.1" }], messages: [{ id: "w" }] }),
    {
      kind: "accepted",
      wamid: "w",
      waId: null,
      userId: "US.1",
      messageStatus: null,
    },
  );
});

Deno.test("classifySendResponse gives each status and code its outcome", () => {
  const cases: [number, unknown, SendOutcome["kind"]][] = [
    // Success that says nothing certain.
    [200, "", "ambiguous"],
    [200, "{", "ambiguous"],
    [200, "<html>", "ambiguous"],
    [200, "null", "ambiguous"],
    [200, "[]", "ambiguous"],
    [200, {}, "ambiguous"],
    [200, { messages: [] }, "ambiguous"],
    [200, { messages: [{ id: "" }] }, "ambiguous"],
    [200, { messages: [{ id: 7 }] }, "ambiguous"],
    [200, { messages: { id: "wamid.A" } }, "ambiguous"],
    [200, withCode(131047), "ambiguous"],
    [204, "", "ambiguous"],
    // Redirects are never followed.
    [301, "", "ambiguous"],
    [307, withCode(4), "ambiguous"],
    // Refusals.
    [400, withCode(100), "rejected"],
    [400, withCode(131047), "rejected"],
    [401, withCode(190), "rejected"],
    [403, withCode(294), "rejected"],
    [404, withCode(132001), "rejected"],
    [400, withCode(987654), "rejected"],
    [400, "", "rejected"],
    [404, "<html>", "rejected"],
    [400, { error: "some text" }, "rejected"],
    [400, { error: null }, "rejected"],
    // A 5xx is a refusal only with a code known to be permanent.
    [500, withCode(3), "rejected"],
    [500, withCode(131045), "rejected"],
    [500, withCode(133000), "rejected"],
    [500, withCode(134102), "rejected"],
    [500, withCode(131009), "rejected"],
    [500, withCode(987654), "ambiguous"],
    [500, "", "ambiguous"],
    [502, "<html>", "ambiguous"],
    [503, { error: "down" }, "ambiguous"],
    [504, {}, "ambiguous"],
    // Faults of Meta stay open, whatever the status.
    [500, withCode(1), "ambiguous"],
    [400, withCode(1), "ambiguous"],
    [503, withCode(2), "ambiguous"],
    [400, withCode(2), "ambiguous"],
    [500, withCode(131000), "ambiguous"],
    [400, withCode(131000), "ambiguous"],
    [500, withCode(131016), "ambiguous"],
    // Rate limits, whatever the status.
    ...[4, 17, 613, 80007, 130429, 131057, 2494100].flatMap((code) =>
      [400, 403, 429, 500, 503].map((status) =>
        [status, withCode(code), "throttled"] as [
          number,
          unknown,
          SendOutcome["kind"],
        ]
      )
    ),
    [429, "", "throttled"],
    [429, "<html>", "throttled"],
    [429, withCode(987654), "throttled"],
    [400, withCode("130429"), "throttled"],
    [400, withCode(131056), "pair_limited"],
    [429, withCode(131056), "pair_limited"],
    [500, withCode(131056), "pair_limited"],
  ];
  for (const [status, body, kind] of cases) {
    assertEquals(
      judge(status, body).kind,
      kind,
      `${status} ${JSON.stringify(body)}`,
    );
  }
});

Deno.test("classifySendResponse reads Retry-After as seconds or a date", () => {
  const seconds = (value?: string): number | null => {
    const outcome = judge(
      429,
      "",
      value === undefined ? {} : { "retry-after": value },
    );
    assert(outcome.kind === "throttled");
    return outcome.retryAfterSeconds;
  };
  assertEquals(seconds("7"), 7);
  assertEquals(seconds(), null);
  assertEquals(seconds("soon"), null);
  assertEquals(seconds("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();
  const read = seconds(inAMinute) ?? 0;
  assert(read >= 58 && read <= 60, `Read ${read}`);
});

Deno.test("classifySendResponse keeps Meta's details, codes and trace id", () => {
  const outcome = judge(400, {
    error: {
      message: "(#131009) Parameter value is not valid",
      type: "OAuthException",
      code: 131009,
      error_subcode: 2494010,
      error_data: { messaging_product: "whatsapp", details: "Bad button" },
      fbtrace_id: "Abc",
    },
  });
  assert(outcome.kind === "rejected");
  const { hint, ...error } = outcome.error;
  assert(hint.length > 20);
  assertEquals(error, {
    httpStatus: 400,
    code: 131009,
    subcode: 2494010,
    type: "OAuthException",
    title: "Parameter value is not valid",
    message: "Bad button",
    fbtraceId: "Abc",
  });
});

Deno.test("classifySendResponse survives every odd form of an error", () => {
  const messageOf = (body: unknown): string => {
    const outcome = judge(400, body);
    assert(outcome.kind === "rejected");
    return outcome.error.message;
  };
  const none = "Meta answered with HTTP status 400 and no error message";
  assertEquals(messageOf({ error: "Plain text" }), "Plain text");
  assertEquals(
    messageOf({ error: { code: 100, message: "M", error_data: "D" } }),
    "D",
  );
  assertEquals(
    messageOf({ error: { message: "M", error_data: '{"details":"Inner"}' } }),
    "Inner",
  );
  assertEquals(
    messageOf({ error: { message: "M", error_data: { details: 5 } } }),
    "M",
  );
  assertEquals(messageOf({ error: { code: 100 } }), none);
  assertEquals(messageOf({ error: ["x"] }), none);
  assertEquals(messageOf("<html>"), none);
  assertEquals(messageOf({ error: { message: "a\0b" } }), "ab");
  assert(messageOf({ error: { message: "😀".repeat(5000) } }).isWellFormed());
});

Deno.test("classifySendResponse cuts the access token out of Meta's texts", () => {
  const outcome = judge(401, {
    error: { message: "Malformed access token SECRET", code: 190 },
  });
  assertEquals(JSON.stringify(outcome).includes("SECRET"), false);
  assert(JSON.stringify(outcome).includes("[access token]"));
});
