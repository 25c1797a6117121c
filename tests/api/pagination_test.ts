/** Paging and the strictness of queries, the same for every list: limits, cursors, and walks while others write. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type ApiAnswer, assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { assertIssues, sendOk } from "@/tests/helpers/message_calls.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { idsOf, insertMessage, insertPerson } from "./seeded_rows.ts";

/** The lists, by their paths in an account that has a conversation. */
const LISTS: [name: string, path: (conversationId: string) => string][] = [
  ["messages", () => "/api/v1/messages"],
  ["contacts", () => "/api/v1/contacts"],
  ["conversations", () => "/api/v1/conversations"],
  ["conversation messages", (id) => `/api/v1/conversations/${id}/messages`],
];

describe("Lists", () => {
  let harness: Harness;
  let account: SeededAccount;
  /** The conversation that all messages of the account are in. */
  let conversationId: string;
  beforeAll(async () => {
    harness = await startHarness();
    account = await harness.makeAccount();
    conversationId = (await insertRows(account, 120)).conversation_id;
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  /** People and as many messages, all of the last one; several share each millisecond. */
  async function insertRows({ id }: { id: string }, count: number) {
    let person = { contact_id: "", conversation_id: "" };
    for (let index = 0; index < count; index++) {
      person = await insertPerson(harness, id, { bsuid: `US.${index}` });
    }
    await harness.query(
      `insert into messages
         (account_id, id, conversation_id, contact_id, direction, type, status, recipient)
       select $1::uuid, gen_random_uuid(), $2::uuid, $3::uuid, 'outbound', 'text', 'sent', 'US.1'
       from generate_series(1, $4::int)`,
      [id, person.conversation_id, person.contact_id, count],
    );
    for (const table of ["contacts", "conversations", "messages"]) {
      await harness.query(
        `update ${table} set created_at = timestamptz '2026-01-01Z' + numbered.n / 7 * interval '1 ms'
         from (select id, row_number() over (order by id) as n from ${table} where account_id = $1)
           as numbered
         where ${table}.account_id = $1 and ${table}.id = numbered.id`,
        [id],
      );
    }
    return person;
  }

  const get = (path: string, query = "") =>
    harness.call({ path: `${path}${query}`, key: account.key.key });

  /** All pages from the first to the last, with something done between them. */
  async function walk(
    path: string,
    options: { limit: number; between?: () => Promise<unknown> },
  ): Promise<string[]> {
    const ids: string[] = [];
    let cursor = "";
    for (let pages = 0; pages < 200; pages++) {
      const answer = await get(path, `?limit=${options.limit}${cursor}`);
      assertEquals(answer.status, 200, answer.text);
      const page = idsOf(answer);
      ids.push(...page);
      const next: unknown = answer.json.meta.next_cursor;
      if (next === null) return ids;
      assertEquals(page.length, options.limit);
      assert(typeof next === "string" && /^[A-Za-z0-9_-]+$/.test(next), String(next));
      cursor = `&cursor=${next}`;
      await options.between?.();
    }
    throw new Error("The list does not end");
  }

  const expectedIds = async (name: string) => {
    const table = name === "conversation messages" ? "messages" : name;
    const rows = await harness.query<{ id: string }>(
      `select id from ${table} where account_id = $1 order by created_at desc, id desc`,
      [account.id],
    );
    return rows.map(({ id }) => id);
  };

  for (const [name, pathOf] of LISTS) {
    it(`${name} 200 has 50 entries, or as many as limit says, in order`, async () => {
      const path = pathOf(conversationId);
      const expected = await expectedIds(name);
      assertEquals(expected.length, 120);
      assertEquals(idsOf(await get(path)), expected.slice(0, 50));
      for (const limit of [1, 99, 100]) {
        assertEquals(idsOf(await get(path, `?limit=${limit}`)), expected.slice(0, limit));
      }
    });

    for (const limit of [7, 30, 40, 100]) {
      it(`${name} 200 shows every entry once in pages of ${limit}`, async () => {
        assertEquals(await walk(pathOf(conversationId), { limit }), await expectedIds(name));
      });
    }

    it(`${name} 200 has no next page when the last one is full`, async () => {
      const path = pathOf(conversationId);
      const first = await get(path, "?limit=100");
      const rest = `cursor=${first.json.meta.next_cursor}`;
      assertEquals((await get(path, `?limit=20&${rest}`)).json.meta, { next_cursor: null });
      assertEquals((await get(path, `?limit=19&${rest}`)).json.data.length, 19);
    });

    it(`${name} 400 refuses limits outside 1 to 100`, async () => {
      const values = ["0", "101", "-1", "1.5", "", "ten", "1e1", "0x10", "%201", "007", "%00"];
      for (const limit of values) {
        assertIssues(await get(pathOf(conversationId), `?limit=${limit}`), [{
          path: "limit",
          message: "Must be a whole number from 1 to 100",
        }]);
      }
    });

    it(`${name} 400 refuses cursors that are broken`, async () => {
      const path = pathOf(conversationId);
      const good: string = (await get(path, "?limit=1")).json.meta.next_cursor;
      const bytes = Uint8Array.fromBase64(good, { alphabet: "base64url" });
      const farFuture = bytes.with(8, 0x7f).toBase64({ alphabet: "base64url", omitPadding: true });
      const broken = [
        "",
        "x",
        "null",
        "0",
        good.slice(1),
        good.slice(0, -1),
        `${good}A`,
        `${good}=`,
        `${good}%20`,
        `%20${good}`,
        `${good.slice(0, -1)}!`,
        "%00",
        "A".repeat(10_000),
        farFuture,
      ];
      for (const cursor of broken) {
        assertIssues(await get(path, `?cursor=${cursor}`), [{
          path: "cursor",
          message: "This is not a cursor: pass meta.next_cursor of the page before unchanged",
        }]);
      }
    });

    it(`${name} 400 refuses the cursors of other lists and of other accounts`, async () => {
      const path = pathOf(conversationId);
      const foreign: string[] = [];
      for (const [other, otherPathOf] of LISTS) {
        if (other === name) continue;
        foreign.push((await get(otherPathOf(conversationId), "?limit=1")).json.meta.next_cursor);
      }
      const stranger = await harness.makeAccount();
      const theirs = await insertRows(stranger, 2);
      const answer = await harness.call({
        path: `${pathOf(theirs.conversation_id)}?limit=1`,
        key: stranger.key.key,
      });
      foreign.push(answer.json.meta.next_cursor);
      for (const cursor of foreign) {
        assertIssues(await get(path, `?cursor=${cursor}`), [{
          path: "cursor",
          message: "This cursor is of another list: pass meta.next_cursor of the same one",
        }]);
      }
    });

    it(`${name} 400 names unknown parameters and the closest known one`, async () => {
      const path = pathOf(conversationId);
      const message = (query: string) => get(path, query).then(firstIssue);
      assertEquals(await message("?limti=5"), {
        path: "limti",
        message: 'Unknown parameter: did you mean "limit"?',
      });
      assertEquals(await message("?Cursor=x"), {
        path: "Cursor",
        message: 'Unknown parameter: did you mean "cursor"?',
      });
      for (
        const query of ["?page=2", "?offset=1", "?__proto__=1", "?constructor=1", "?limit[]=1"]
      ) {
        const answer = await get(path, query);
        assertApiError(answer, { status: 400, code: "bad_request" });
        assert(firstIssue(answer).message.startsWith("Unknown parameter: "), answer.text);
      }
    });

    it(`${name} 400 refuses a parameter that is given twice, also with one value`, async () => {
      const path = pathOf(conversationId);
      for (const query of ["?limit=5&limit=5", "?limit=5&limit=0", "?limit=0&cursor=x&limit=1"]) {
        const { issues } = (await get(path, query)).json.error.details;
        const ofLimit = issues.filter((issue: { path: string }) => issue.path === "limit");
        assertEquals(ofLimit, [{ path: "limit", message: "Must be given once" }], query);
      }
    });
  }

  it("messages 200 pages within filters", async () => {
    const path = "/api/v1/messages";
    const ids: string[] = [];
    let cursor = "";
    do {
      const query = `?status=sent&to=US.119&created_after=2026-01-01T00:00:00Z&limit=45${cursor}`;
      const answer = await get(path, query);
      ids.push(...idsOf(answer));
      const next: string | null = answer.json.meta.next_cursor;
      cursor = next === null ? "" : `&cursor=${next}`;
    } while (cursor !== "");
    const rows = await harness.query<{ id: string }>(
      `select id from messages
       where account_id = $1 and created_at > '2026-01-01T00:00:00Z'
       order by created_at desc, id desc`,
      [account.id],
    );
    assert(rows.length > 90 && rows.length < 120);
    assertEquals(ids, rows.map(({ id }) => id));
  });

  for (const [name, pathOf] of LISTS) {
    it(`${name} 200 shows what was there once, and all of it, while another client writes`, async () => {
      const busy = await harness.makeAccount();
      const person = await insertRows(busy, 60);
      const path = pathOf(person.conversation_id);
      const read = (query: string) => harness.call({ path: `${path}${query}`, key: busy.key.key });
      const initial = idsOf(await read("?limit=100"));
      assertEquals(initial.length, 60);

      const walking = { done: false };
      let written = 0;
      const write = async () => {
        while (!walking.done) {
          const to = `+1415555${String(written).padStart(4, "0")}`;
          await sendOk(harness, busy, { to, text: "Hi" });
          await insertMessage(harness, busy.id, person);
          written++;
        }
      };
      const writing = Promise.all([write(), write()]);
      const seen: string[] = [];
      try {
        let cursor = "";
        do {
          const before = written;
          const answer = await read(`?limit=4${cursor}`);
          assertEquals(answer.status, 200, answer.text);
          seen.push(...idsOf(answer));
          const next: string | null = answer.json.meta.next_cursor;
          cursor = next === null ? "" : `&cursor=${next}`;
          // The other client gets its turn between any two pages.
          while (written === before) await harness.call({ path: "/healthz" });
        } while (cursor !== "");
      } finally {
        walking.done = true;
        await writing;
      }
      assert(written >= 15);
      assertEquals(new Set(seen).size, seen.length, "No entry comes twice");
      assertEquals(initial.filter((id) => !seen.includes(id)), []);
      assertEquals(seen.filter((id) => initial.includes(id)), initial);
    });
  }
});

function firstIssue(answer: ApiAnswer): { path: string; message: string } {
  return answer.json.error.details.issues[0];
}
