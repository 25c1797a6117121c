/** One status of a webhook in our terms. */
import { describe, it } from "@std/testing/bdd";
import { assertEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { hintFor } from "@/lib/meta/error_table.ts";
import { parseWebhookStatus } from "@/lib/meta/webhook_status.ts";

const ITEM = {
  id: "wamid.X",
  status: "delivered",
  timestamp: "1763800203",
  recipient_id: "14155550100",
  recipient_user_id: "US.134912",
  biz_opaque_callback_data: "0198c0de-0000-7000-8000-000000000000",
  pricing: { billable: true, pricing_model: "PMP", type: "regular", category: "utility" },
};

const NO_ERROR = { code: null, title: null, message: "Meta gave no reason", hint: hintFor(null) };

function parse(item: Record<string, unknown>) {
  return parseWebhookStatus({ status: { ...ITEM, ...item } });
}

describe("parseWebhookStatus", () => {
  it("reads every part of a status", () => {
    assertEquals(parse({}), {
      wamid: "wamid.X",
      callbackData: "0198c0de-0000-7000-8000-000000000000",
      status: "delivered",
      at: new Date("2025-11-22T08:30:03.000Z"),
      error: null,
      waId: "14155550100",
      bsuid: "US.134912",
    });
  });

  it("reads a status with nothing but what is always there", () => {
    const { id, status, timestamp } = ITEM;
    assertEquals(parseWebhookStatus({ status: { id, status, timestamp } }), {
      wamid: "wamid.X",
      callbackData: null,
      status: "delivered",
      at: new Date("2025-11-22T08:30:03.000Z"),
      error: null,
      waId: null,
      bsuid: null,
    });
  });

  for (const [name, expected] of [["sent", "sent"], ["read", "read"], ["played", "read"]]) {
    it(`takes "${name}" as ${expected}`, () => {
      assertEquals(parse({ status: name })?.status, expected);
    });
  }

  for (const name of ["warning", "deleted", "Sent", ""]) {
    it(`leaves the unknown status "${name}" alone`, () => {
      assertEquals(parse({ status: name }), null);
    });
  }

  it("describes a failure by Meta's details, code and title, with our hint", () => {
    const errors = [
      { code: 131047, title: "T", message: "M", error_data: { details: "D" }, href: "/x" },
      { code: 1 },
    ];
    assertEquals(parse({ status: "failed", errors })?.error, {
      code: 131047,
      title: "T",
      message: "D",
      hint: hintFor(131047),
    });
  });

  const reasons: { name: string; errors: unknown; error: unknown }[] = [
    { name: "no list", errors: undefined, error: NO_ERROR },
    { name: "an empty list", errors: [], error: NO_ERROR },
    { name: "a list of something else", errors: "no", error: NO_ERROR },
    { name: "an empty object", errors: [{}], error: NO_ERROR },
    {
      name: "a code of another type",
      errors: [{ code: "x", title: "T" }],
      error: { ...NO_ERROR, title: "T", message: "T" },
    },
    {
      name: "details of another type",
      errors: [{ message: "M", error_data: "D" }],
      error: { ...NO_ERROR, message: "M" },
    },
    {
      name: "characters that the database refuses",
      errors: [{ message: "a\0b\ud800" }],
      error: { ...NO_ERROR, message: "a\uFFFDb\uFFFD" },
    },
  ];
  for (const { name, errors, error } of reasons) {
    it(`reads a failure whose errors are ${name}`, () => {
      assertEquals(parse({ status: "failed", errors })?.error, error);
    });
  }

  it("gives no error to a status that is no failure", () => {
    assertEquals(parse({ status: "sent", errors: [{ code: 1 }] })?.error, null);
  });

  it("does not take a group's id for a person's", () => {
    assertEquals(parse({ recipient_id: "Y2FwaV9ncm91cDo" })?.waId, null);
  });

  const malformed: { name: string; item: Record<string, unknown> }[] = [
    { name: "no id", item: { id: undefined } },
    { name: "an empty id", item: { id: "" } },
    { name: "an id without end", item: { id: "w".repeat(201) } },
    { name: "no time", item: { timestamp: undefined } },
    { name: "a time in words", item: { timestamp: "yesterday" } },
    { name: "a time before 1970", item: { timestamp: "-5" } },
    { name: "a time beyond what a date holds", item: { timestamp: "999999999999" } },
    { name: "no status", item: { status: undefined } },
  ];
  for (const { name, item } of malformed) {
    it(`refuses a status with ${name}`, () => {
      assertThrows(() => parse(item), z.ZodError);
    });
  }
});
