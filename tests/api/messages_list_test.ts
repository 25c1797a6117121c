/** The list of messages: `GET /api/v1/messages`, and each of its filters. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { assertIssues, sendOk, warningCodes } from "@/tests/helpers/message_calls.ts";
import { routeContract } from "@/tests/helpers/route_contract.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { idsOf, insertContact, insertMessage, insertPerson } from "./seeded_rows.ts";

const PATH = "/api/v1/messages";
const STATUSES = ["pending", "unknown", "sent", "failed", "delivered", "read", "received"];

describe("GET /api/v1/messages", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  routeContract({
    harness: () => harness,
    method: "GET",
    path: PATH,
    scope: "messages:read",
    allow: "GET, HEAD, OPTIONS, POST",
  });

  const list = ({ key }: SeededAccount, query = "") =>
    harness.call({ path: `${PATH}${query}`, key: key.key });

  it("200 is empty for an account without messages", async () => {
    const answer = await list(await harness.makeAccount());
    assertEquals([answer.status, answer.json], [200, { data: [], meta: { next_cursor: null } }]);
  });

  it("200 shows each message as GET /api/v1/messages/{id} does, newest first", async () => {
    const account = await harness.makeAccount();
    const ids: (string | undefined)[] = [];
    for (const text of ["one", "two", "three"]) {
      ids.unshift((await sendOk(harness, account, { to: "+14155550123", text })).message_id);
    }
    const answer = await list(account);
    assertEquals(answer.status, 200);
    assertEquals(idsOf(answer).toSorted(), ids.toSorted());
    const times = answer.json.data.map((row: { created_at: string }) => row.created_at);
    assertEquals(times, times.toSorted().toReversed());
    for (const message of answer.json.data) {
      const one = await list(account, `/${message.id}`);
      assertEquals(message, one.json.data);
    }
  });

  it("200 filters by every status and direction, and together", async () => {
    const account = await harness.makeAccount();
    const person = await insertPerson(harness, account.id, { phone: "+14155550123" });
    const ids: Record<string, string> = {};
    for (const status of STATUSES) {
      ids[status] = await insertMessage(harness, account.id, {
        ...person,
        status,
        direction: status === "received" ? "inbound" : "outbound",
        lease_until: status === "pending" ? "2100-01-01T00:00:00Z" : null,
      });
    }
    const outbound = STATUSES.slice(0, -1);
    for (const status of STATUSES) {
      assertEquals(idsOf(await list(account, `?status=${status}`)), [ids[status]], status);
      const [right, wrong] = status === "received"
        ? ["inbound", "outbound"]
        : ["outbound", "inbound"];
      const matching = await list(account, `?status=${status}&direction=${right}`);
      assertEquals(idsOf(matching), [ids[status]], status);
      assertEquals(idsOf(await list(account, `?status=${status}&direction=${wrong}`)), [], status);
    }
    assertEquals(idsOf(await list(account, "?direction=inbound")), [ids.received]);
    assertEquals(
      idsOf(await list(account, "?direction=outbound")).toSorted(),
      outbound.map((status) => ids[status]).toSorted(),
    );
  });

  it("200 finds by `to` what was sent to a person, in every spelling, and not what came from them", async () => {
    const account = await harness.makeAccount();
    const first = await sendOk(harness, account, { to: "+5511987654321", text: "one" });
    const second = await sendOk(harness, account, { to: "+551187654321", text: "two" });
    await sendOk(harness, account, { to: "+5511987654322", text: "other" });
    await insertMessage(harness, account.id, {
      contact_id: first.contact_id ?? "",
      conversation_id: first.conversation_id ?? "",
      direction: "inbound",
      status: "received",
    });
    const expected = [second.message_id, first.message_id].toSorted();
    for (const to of ["%2B5511987654321", "+5511987654321", "%2B55%2011%2087654321"]) {
      const answer = await list(account, `?to=${to}`);
      assertEquals([idsOf(answer).toSorted(), warningCodes(answer)], [expected, []], to);
    }
    const bare = await list(account, "?to=551187654321");
    assertEquals([idsOf(bare).toSorted(), warningCodes(bare)], [
      expected,
      ["country_code_assumed"],
    ]);
    assertEquals(idsOf(await list(account, "?to=%2B5511987654321&direction=inbound")), []);
    assertEquals(idsOf(await list(account, "?to=%2B5511987654321&status=received")), []);
    assertEquals(idsOf(await list(account, "?to=%2B5511987654321&status=failed")), []);
    assertEquals(
      idsOf(await list(account, "?to=%2B5511987654321&status=sent&direction=outbound")).toSorted(),
      expected,
    );
  });

  it("200 finds by `to` a person without a phone, one known by Meta's number, and one who was merged", async () => {
    const account = await harness.makeAccount();
    const sent = await sendOk(harness, account, { to: "US.1349", text: "one" });
    assertEquals(idsOf(await list(account, "?to=US.1349")), [sent.message_id]);
    const person = await insertPerson(harness, account.id, { wa_id: "14155550123" });
    const message = await insertMessage(harness, account.id, person);
    assertEquals(idsOf(await list(account, "?to=%2B14155550123")), [message]);
    await insertContact(harness, account.id, {
      bsuid: "US.old",
      merged_into: person.contact_id,
    });
    assertEquals(idsOf(await list(account, "?to=US.old")), [message]);
  });

  it("200 is empty for a person who is unknown or was never written to", async () => {
    const account = await harness.makeAccount();
    await sendOk(harness, account, { to: "+14155550123", text: "one" });
    await insertContact(harness, account.id, { phone: "+14155550124" });
    for (const to of ["%2B14155550124", "%2B14155550125", "US.1"]) {
      const answer = await list(account, `?to=${to}`);
      assertEquals([answer.status, idsOf(answer)], [200, []], to);
    }
  });

  it("200 filters by time, both ends excluded, in any offset", async () => {
    const account = await harness.makeAccount();
    const person = await insertPerson(harness, account.id, { phone: "+14155550123" });
    const insertAt = (created_at: string) =>
      insertMessage(harness, account.id, { ...person, created_at });
    const a = await insertAt("2026-03-01T10:00:00.000Z");
    const b = await insertAt("2026-03-01T11:00:00.123Z");
    const c = await insertAt("2026-03-01T12:00:00.000Z");
    const cases: [string, string[]][] = [
      ["created_after=2026-03-01T10:00:00Z", [c, b]],
      ["created_after=2026-03-01T09:59:59.999Z", [c, b, a]],
      ["created_before=2026-03-01T12:00:00Z", [b, a]],
      ["created_before=2026-03-01T12:00:00.001Z", [c, b, a]],
      ["created_after=2026-03-01T10:00:00Z&created_before=2026-03-01T12:00:00Z", [b]],
      ["created_after=2026-03-01T12:00:00Z&created_before=2026-03-01T10:00:00Z", []],
      ["created_after=2026-03-01T13:00:00%2B02:00", [c, b]],
      ["created_after=2026-03-01T13:00:00+02:00", [c, b]],
      ["created_after=2026-03-01T14:00:00+02:00", []],
      ["created_before=2026-03-01T05:30:00-05:00", [a]],
      ["created_before=2026-03-01T11:00:00.123456Z", [b, a]],
      ["created_after=2026-03-01T11:00:00.122999Z", [c, b]],
      ["created_after=2026-03-01T11:00Z", [c, b]],
      ["created_after=2026-03-01t11:00:00z", [c, b]],
      ["created_after=0001-01-01T00:00:00%2B14:00", [c, b, a]],
      ["created_before=9999-12-31T23:59:59-14:00", [c, b, a]],
      ["created_before=2026-03-01T12:00:00Z&status=delivered&direction=outbound", [b, a]],
    ];
    for (const [query, expected] of cases) {
      const answer = await list(account, `?${query}`);
      assertEquals([answer.status, idsOf(answer)], [200, expected], query);
    }
  });

  it("400 refuses times that are none or have no offset, naming the parameter", async () => {
    const account = await harness.makeAccount();
    const message = 'Must be a time in ISO 8601 with an offset, such as "2026-11-22T19:00:00Z"';
    const bad = [
      "",
      "yesterday",
      "1767225600",
      "2026-03-01",
      "2026-03-01T10:00:00",
      "2026-02-30T10:00:00Z",
      "2025-02-29T10:00:00Z",
      "2026-13-01T10:00:00Z",
      "2026-00-10T10:00:00Z",
      "2026-03-01T24:00:00Z",
      "2026-03-01T10:60:00Z",
      "2026-03-01T10:00:60Z",
      "2026-03-01T10:00:00%2B15:30",
      "2026-03-01T10:00:00+0200",
      "2026-03-01%2010:00:00Z",
      "0000-01-01T00:00:00Z",
      "%2B12026-03-01T10:00:00Z",
      "infinity",
      "2026-03-01T10:00:00Z%00",
    ];
    for (const name of ["created_after", "created_before"]) {
      for (const value of bad) {
        assertIssues(await list(account, `?${name}=${value}`), [{ path: name, message }]);
      }
    }
  });

  it("400 reports every bad filter at once", async () => {
    const account = await harness.makeAccount();
    assertIssues(await list(account, "?status=gone&direction=up&to=US.1&limit=0&created_after=x"), [
      {
        path: "status",
        message: `Must be one of ${STATUSES.map((status) => `"${status}"`).join(", ")}`,
      },
      { path: "direction", message: 'Must be one of "inbound", "outbound"' },
      { path: "limit", message: "Must be a whole number from 1 to 100" },
      {
        path: "created_after",
        message: 'Must be a time in ISO 8601 with an offset, such as "2026-11-22T19:00:00Z"',
      },
    ]);
    for (const to of ["", "abc", "0415550123", "%2B1", "%00"]) {
      const answer = await list(account, `?to=${to}`);
      assertEquals([answer.status, answer.json.error.details.issues[0].path], [400, "to"], to);
    }
  });
});
