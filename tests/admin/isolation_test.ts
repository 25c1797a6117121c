/**
 * One account never sees or touches what is another's, and no page what belongs to the other mode: on every page and
 * method that routes/ has, with every id that there is, in addresses, filters, forms and the event stream.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { listPageRoutes, type PageRoute } from "@/tests/helpers/page_routes.ts";
import { settleRequestLog } from "@/tests/helpers/request_log.ts";
import {
  ask,
  forAll,
  Foreign,
  formsOf,
  type Mode,
  type PageForm,
  queryNamesOf,
  type Sides,
} from "./isolation_probe.ts";
import { COMMON_TABLES, findUnmarked, markAccount, markOf } from "./marked_accounts.ts";

const MODES: Mode[] = ["live", "test"];
const SEARCHED_TABLES = ["messages", "conversations", "contacts", "api_keys", "api_requests"];
// Valid on every page that takes an id, so that nothing but the id is refused.
const FIELDS = {
  status: "closed",
  text: "Hello",
  to: "+14155550123",
  email: "x@example.com",
  name: "Renamed",
  preset: "send",
  rate_limit: "1",
  expiry: "never",
  overlap: "now",
};

describe("what belongs to another account or to the other mode", () => {
  let harness: Harness;
  let me: AdminClient;
  let mine: Sides;
  let theirs: Sides;
  let routes: PageRoute[];
  let withId: [method: string, url: string][];
  beforeAll(async () => {
    harness = await startHarness();
    me = await signIn(harness);
    // A second session, so that there is one to be ended.
    await signIn(harness, me);
    const stranger = await signIn(harness);
    // Owners cannot be removed from a team, others can.
    for (const { account } of [me, stranger]) await signIn(harness, { account });
    mine = await markAccount(harness, me.account);
    theirs = await markAccount(harness, stranger.account);
    routes = (await listPageRoutes()).filter(({ isAccess }) => !isAccess);
    withId = routes.filter(({ url }) => url.includes(":"))
      .flatMap(({ url, methods }) => methods.map((method): [string, string] => [method, url]));
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const foreignTo = (mode: Mode) => Foreign.of(harness, { mode, mine, theirs });
  const ownIds = async (mode: Mode) =>
    (await harness.query<{ id: string }>(
      ["messages", "conversations", "api_keys", "api_requests"]
        .map((table) =>
          `(select id from ${table} where account_id = $1 order by created_at limit 5)`
        ).join(" union all "),
      [mine[mode].id],
    )).map(({ id }) => id);
  const fill = (url: string, id: string) => url.replace(/:\w+\*?/, id);

  it("every column of text has a mark to be found by", async () => {
    assertEquals(await findUnmarked(harness, theirs.live), []);
    const people = [...COMMON_TABLES.slice(1), "webhook_health"];
    const unmarked = await findUnmarked(harness, theirs.test);
    assertEquals(unmarked.filter((name) => !people.includes(name.split(".")[0] ?? "")), []);
  });

  for (const mode of MODES) {
    it(`an id of theirs is answered 404 on every page and method in ${mode} mode, and changes nothing`, async () => {
      const foreign = await foreignTo(mode);
      const before = await foreign.snapshot();
      const ids = foreign.ids();
      assert(withId.length > 15 && ids.length > 30, `${withId.length} ${ids.length}`);
      const tries = withId.flatMap(([method, url]) =>
        // Where no id is expected, one is as good as another.
        ids.slice(0, url.includes(":id") ? ids.length : 1).map((id) => ({ method, url, id }))
      );
      await forAll(tries, async ({ method, url, id }) => {
        const fields = { ...FIELDS, idempotency_key: crypto.randomUUID() };
        const { status, text } = await ask(me, { method, path: fill(url, id), mode, fields });
        // In test mode there is nothing to set up, whatever the address ends with.
        const expected = mode === "test" && url.startsWith("/whatsapp/") ? 303 : 404;
        assertEquals([method, url, id, status], [method, url, id, expected]);
        assertEquals([method, url, foreign.findIn(text, [id])], [method, url, []]);
      });
      assertEquals(await foreign.snapshot(), before);
    });

    it(`no page in ${mode} mode shows anything of theirs, whatever its address asks for`, async () => {
      const foreign = await foreignTo(mode);
      const before = await foreign.snapshot();
      const own = new Set<string>();
      const look = async (path: string, sent: string[] = []) => {
        const { text } = await ask(me, { path, mode });
        assertEquals([path, foreign.findIn(text, sent)], [path, []]);
        const marks = new RegExp(`(?:${mine.live.tag}|${mine.test.tag})[a-z]+`, "g");
        for (const [mark] of text.matchAll(marks)) own.add(mark);
        return text;
      };
      const pages = routes.filter(({ url, methods }) =>
        !url.includes(":") && methods.includes("GET")
      );
      const values = [
        ...foreign.ids({ tables: SEARCHED_TABLES, most: 1 }),
        ...await wordsOf(foreign),
      ];
      const asked: [path: string, sent: string[]][] = [];
      for (const { url } of pages) {
        for (const name of queryNamesOf(await look(url), url)) {
          for (const value of values) {
            const isPlace = name === "before" || name === "after";
            const place = `${Date.now() + (name === "before" ? 1 : -1) * 86_400_000}.${value}`;
            const query = new URLSearchParams({ [name]: isPlace ? place : value });
            asked.push([`${url}?${query}`, [value, String(query).slice(name.length + 1)]]);
          }
        }
      }
      assert(asked.length > 300, String(asked.length));
      await forAll(asked, async ([path, sent]) => {
        await look(path, sent);
      });
      for (const id of await ownIds(mode)) {
        for (const [method, url] of withId) if (method === "GET") await look(fill(url, id));
      }
      assertEquals(await foreign.snapshot(), before);
      // Marks are found where they are allowed, so they would be where they are not.
      const side = mine[mode];
      for (const table of SEARCHED_TABLES) {
        assert([...own].some((mark) => mark.startsWith(markOf(side, table))), table + [...own]);
      }
      for (const table of COMMON_TABLES) {
        assert([...own].some((mark) => mark.startsWith(markOf(mine.live, table))), table);
      }
    });

    it(`an id of theirs in a form changes and shows nothing in ${mode} mode`, async () => {
      const foreign = await foreignTo(mode);
      const before = await foreign.snapshot();
      const tries = (await listForms(mode)).flatMap((form) =>
        Object.entries(form.fields).filter(isForId).flatMap(([name]) => {
          const isMessage = /message|media|key/.test(name);
          return foreign.ids(isMessage ? { tables: ["messages"] } : {})
            .map((id) => ({ path: form.path, name, id, fields: { ...form.fields, [name]: id } }));
        })
      );
      const places = new Set(tries.map(({ path, name }) => `${path} ${name}`));
      for (
        const place of [
          "/settings/sessions id",
          "/settings/team id",
          "/keys/new form_token",
          "/playground reply_to_message_id",
          "/playground/send reply_to_message_id",
          "/playground/check reply_to_message_id",
        ]
      ) assert(places.has(place), [...places].join("; "));
      await forAll(tries, async ({ path, name, id, fields }) => {
        const { text } = await ask(me, { method: "POST", path, mode, fields });
        assertEquals([path, name, foreign.findIn(text, [id])], [path, name, []]);
      });
      assertEquals(await foreign.snapshot(), before);
      // What is still to be written would be a change to the next test.
      const { key, testKey } = me.account;
      await settleRequestLog(harness, (mode === "live" ? key : testKey).key);
      const answered = await harness.query(
        `select id from messages where account_id = $1
           and reply_to_message_id in (select id from messages where account_id <> $1)`,
        [mine[mode].id],
      );
      assertEquals(answered, []);
    });
  }

  it("the event stream tells of the messages of its account and mode alone, also of the past", async () => {
    const foreign = { live: await foreignTo("live"), test: await foreignTo("test") };
    const since = Date.now();
    const abort = new AbortController();
    /** The ids of what was reported; the sandbox reports by itself as well, and earlier. */
    const report = async (from: string, to: string): Promise<Set<string>> => {
      const rows = await harness.query<{ id: string }>(
        `update messages set status = $2
         where status = $1 and account_id in ($3, $4, $5, $6)
         returning id`,
        [from, to, ...[theirs.live, theirs.test, mine.live, mine.test].map(({ id }) => id)],
      );
      return new Set(rows.map(({ id }) => id));
    };
    // Some happens before, which is told to who comes back, and some while they listen.
    await report("sent", "delivered");
    const streams = await Promise.all(
      MODES.flatMap((mode) => ["", `&since=${since}`].map((query) => ({ mode, query })))
        .map(async ({ mode, query }) => {
          const path = `/events?mode=${mode}${query}`;
          const response = await me.fetch(path, { signal: abort.signal });
          const stream = { mode, text: "", failure: null as unknown, ended: Promise.resolve() };
          stream.ended = (async () => {
            try {
              for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
                stream.text += text;
              }
            } catch (error) {
              if (!abort.signal.aborted) stream.failure = error;
            }
          })();
          return stream;
        }),
    );
    try {
      const reported = await report("delivered", "read");
      for (const stream of streams) {
        const own = await harness.query<{ id: string }>(
          "select id from messages where account_id = $1",
          [mine[stream.mode].id],
        );
        const told = own.map(({ id }) => id).filter((id) => reported.has(id));
        assert(told.length > 0, stream.mode);
        const isTold = (id: string) =>
          stream.text.split("\n").some((line) => line.includes(id) && line.includes("read"));
        await eventually(() => told.every(isTold), 15_000);
      }
    } finally {
      abort.abort();
      await Promise.all(streams.map(({ ended }) => ended));
    }
    for (const { mode, text, failure } of streams) {
      assertEquals([mode, failure, foreign[mode].findIn(text)], [mode, null, []]);
    }
  });

  it("the same pages and methods do not answer 404 for an id of one's own", async () => {
    const routesOfIds = withId.filter(([, url]) => /:id\b/.test(url));
    const untaken = new Set(routesOfIds.map((each) => each.join(" ")));
    for (const mode of MODES) {
      const ids = await ownIds(mode);
      for (const [method, url] of routesOfIds) {
        for (const id of ids) {
          if (!untaken.has(`${method} ${url}`)) break;
          const fields = { ...FIELDS, idempotency_key: crypto.randomUUID() };
          const { status } = await ask(me, { method, path: fill(url, id), mode, fields });
          if (status !== 404) untaken.delete(`${method} ${url}`);
        }
      }
    }
    assertEquals([...untaken], []);
  });

  /** What the strangers' rows could be searched by. */
  async function wordsOf(foreign: Foreign): Promise<string[]> {
    const [row] = await harness.query<Record<string, string>>(
      `select request_id, method || ' ' || route as endpoint, error_code,
         (select max(email) from users where account_id = $1) as email
       from api_requests where account_id = $1`,
      [theirs.live.id],
    );
    const phones = foreign.sides.map(({ phone }) => phone);
    return [...Object.values(row ?? {}), ...phones];
  }

  /** The forms that a person can send from any page that needs no id, and those that scripts send. */
  async function listForms(mode: Mode): Promise<PageForm[]> {
    const posts = routes.filter(({ url, methods }) =>
      !url.includes(":") && methods.includes("POST")
    )
      .map(({ url }) => url);
    const forms = new Map<string, PageForm>();
    for (const { url, methods } of routes) {
      if (url.includes(":") || !methods.includes("GET")) continue;
      const { text } = await ask(me, { path: url, mode });
      for (const form of formsOf(text, url)) {
        // A script sends the form of its page to a path below that.
        const paths = posts.filter((path) =>
          path === form.path || form.method === "post" && path.startsWith(`${form.path}/`)
        );
        for (const path of paths) {
          const fields = Object.fromEntries(
            Object.entries(form.fields).map((
              [name, value],
            ) => [name, value || (FIELDS as Record<string, string>)[name] || ""]),
          );
          delete fields.mode;
          const key = [path, fields.action ?? "", ...Object.keys(fields)].join(" ");
          if (!forms.has(key)) forms.set(key, { ...form, path, fields });
        }
      }
    }
    return [...forms.values()];
  }
});

/** A field that holds an id, or could. */
function isForId([name, value]: [string, string]): boolean {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value) || /(^|_)(id|token|key)$/.test(name);
}
