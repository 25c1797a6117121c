/** Taking a webhook apart: every item by itself, with what it needs, and nothing of the body lost. */
import { describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { namedIds, splitWebhook } from "@/lib/meta/webhook_items.ts";
import { bodyOf, changeOf, contactItem, entryOf, messagesValue } from "@/tests/helpers/webhooks.ts";

const A = { phoneNumberId: "1001", wabaId: "2001" };
const B = { phoneNumberId: "1002", wabaId: "2002" };

/** What is told of an item, without its payload. */
function outline(body: unknown): unknown[] {
  return splitWebhook(body).map(({ kind, field, wabaId, phoneNumberId }) => [
    kind,
    field,
    wabaId,
    phoneNumberId,
  ]);
}

describe("splitWebhook", () => {
  it("gives every message and status of every change and entry by itself", () => {
    const body = bodyOf(
      {
        id: A.wabaId,
        changes: [
          {
            field: "messages",
            value: messagesValue(A, { messages: [{ id: "m1" }, { id: "m2" }] }),
          },
          { field: "messages", value: messagesValue(B, { statuses: [{ id: "s1" }] }) },
        ],
      },
      entryOf(B, { statuses: [{ id: "s2" }, { id: "s3" }] }),
    );
    assertEquals(outline(body), [
      ["message", "messages", "2001", "1001"],
      ["message", "messages", "2001", "1001"],
      ["status", "messages", "2001", "1002"],
      ["status", "messages", "2002", "1002"],
      ["status", "messages", "2002", "1002"],
    ]);
  });

  it("gives a message its metadata and the contact that it names", () => {
    const ann = contactItem({ waId: "14155550100", bsuid: "US.1", name: "Ann" });
    const bob = contactItem({ bsuid: "US.2", name: "Bob" });
    const [first, second] = splitWebhook(bodyOf(entryOf(A, {
      contacts: [ann, bob],
      messages: [{ id: "m1", from: "14155550100" }, { id: "m2", from_user_id: "US.2" }],
    })));
    assertEquals(first?.payload, {
      metadata: { display_phone_number: "15550100000", phone_number_id: "1001" },
      contacts: [ann],
      message: { id: "m1", from: "14155550100" },
    });
    assertEquals(second?.payload.contacts, [bob]);
  });

  it("gives the only contact to every item, by whatever identity it is named", () => {
    const ann = contactItem({ bsuid: "US.1", name: "Ann" });
    const [item] = splitWebhook(
      bodyOf(entryOf(A, { contacts: [ann], messages: [{ id: "m1", from: "14155550100" }] })),
    );
    assertEquals(item?.payload.contacts, [ann]);
  });

  it("keeps items that are no objects, for the one who reads them", () => {
    assertEquals(outline(bodyOf(entryOf(A, { statuses: [null, 1, "x", []] }))), [
      ["status", "messages", "2001", "1001"],
      ["status", "messages", "2001", "1001"],
      ["status", "messages", "2001", "1001"],
      ["status", "messages", "2001", "1001"],
    ]);
  });

  it("gives the updates of business-scoped user ids", () => {
    const change = { field: "user_id_update", value: { user_id_update: [{ a: 1 }, { a: 2 }] } };
    const items = splitWebhook(bodyOf(changeOf(A, change)));
    assertEquals(items.map(({ kind, payload }) => [kind, payload]), [
      ["user_id_update", { update: { a: 1 } }],
      ["user_id_update", { update: { a: 2 } }],
    ]);
  });

  it("keeps errors, unknown fields and lists in fields where they mean something else", () => {
    const errors = messagesValue(A, { errors: [{ code: 131052 }] });
    const echoes = { message_echoes: [{ id: "e1" }], messages: [{ id: "m1" }] };
    const body = bodyOf(
      changeOf(A, { field: "messages", value: errors }),
      changeOf(A, { field: "smb_message_echoes", value: echoes }),
      changeOf(A, { field: "account_update", value: { event: "ACCOUNT_RESTRICTION" } }),
    );
    assertEquals(outline(body), [
      ["other", "messages", "2001", "1001"],
      ["other", "smb_message_echoes", "2001", null],
      ["other", "account_update", "2001", null],
    ]);
    assertEquals(splitWebhook(body).map(({ payload }) => payload), [
      { value: errors },
      { value: echoes },
      { value: { event: "ACCOUNT_RESTRICTION" } },
    ]);
  });

  it("keeps what is no webhook whole", () => {
    for (const body of ["not JSON", null, 7, [], {}, { entry: {} }, { object: "page" }]) {
      assertEquals(
        splitWebhook(body).map(({ kind, payload }) => [kind, payload]),
        [["other", { content: body }]],
      );
    }
  });

  it("keeps an entry or a change of another form beside good ones", () => {
    const good = entryOf(A, { statuses: [{ id: "s1" }] });
    const body = { entry: [null, { id: "2001" }, { id: "2001", changes: [null, 7] }, good] };
    assertEquals(outline(body), [
      ["other", "unknown", null, null],
      ["other", "unknown", null, null],
      ["other", "unknown", null, null],
      ["other", "unknown", null, null],
      ["status", "messages", "2001", "1001"],
    ]);
  });

  it("takes any JSON apart without an error, and into payloads that are objects", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const bodies = [value, { entry: [value] }, { entry: [{ changes: [value] }] }, {
        entry: [{ id: value, changes: [{ field: "messages", value }] }],
      }];
      for (const body of bodies) {
        for (const { payload } of splitWebhook(body)) {
          assertEquals(typeof payload, "object");
        }
      }
    }));
  });

  it("namedIds names the numbers and accounts of all items once", () => {
    const items = splitWebhook(bodyOf(
      entryOf(A, { statuses: [{ id: "s1" }, { id: "s2" }] }),
      changeOf(B, { field: "account_update", value: {} }),
    ));
    assertEquals(namedIds(items), {
      phoneNumberIds: new Set(["1001"]),
      wabaIds: new Set(["2001", "2002"]),
    });
  });
});
