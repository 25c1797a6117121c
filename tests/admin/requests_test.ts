/** The request log in the browser: every filter and their combinations, paging both ways, one request with its error. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";

/** The ids of the rows of a page, in order. */
function rowIds(html: string): string[] {
  return [...html.matchAll(/href="\/requests\/([0-9a-f-]{36})/g)].flatMap(([, id]) => id ?? []);
}

const TEN_DAYS_AGO_MS = Date.now() - 10 * 86_400_000;

/** A day of the last thirty, beyond which rows are deleted. */
function dayOf(number: number): string {
  return new Date(TEN_DAYS_AGO_MS + number * 86_400_000).toISOString().slice(0, 10);
}

/** Where a link of the page with this text leads. */
function linkTo(html: string, text: string): string | null {
  const [, href] = new RegExp(`<a href="([^"]*)"[^>]*>(?:(?!</a>).)*${text}`, "s").exec(html) ?? [];
  return href?.replaceAll("&amp;", "&") ?? null;
}

describe("GET /requests", () => {
  const cleanUp = new AsyncDisposableStack();
  let harness: Harness;
  let client: AdminClient;
  let secondKey: string;
  let rows: Record<string, string>;
  beforeAll(async () => {
    harness = cleanUp.use(await startHarness());
    client = await signIn(harness);
    secondKey = (await harness.makeKey({ accountId: client.account.id })).id;
    rows = {
      sent: await insert({ method: "POST", route: "/api/v1/messages", status: 201 }),
      refused: await insert({
        method: "POST",
        route: "/api/v1/messages",
        status: 502,
        errorCode: "meta_error",
        requestId: "order-17",
        day: 2,
      }),
      malformed: await insert({
        method: "POST",
        route: "/api/v1/messages",
        status: 400,
        errorCode: "bad_request",
        key: "second",
        day: 3,
      }),
      unconfigured: await insert({
        method: "POST",
        route: "/api/v1/messages",
        status: 400,
        errorCode: "whatsapp_not_configured",
        key: "second",
        requestId: "order-17",
        day: 4,
      }),
      read: await insert({
        method: "GET",
        route: "/api/v1/messages/:id",
        status: 404,
        errorCode: "not_found",
      }),
      byHand: await insert({ method: "POST", route: "/api/v1/messages", status: 201, key: "none" }),
    };
  });
  afterAll(() => cleanUp.disposeAsync());

  let count = 0;
  async function insert(
    row: {
      method: string;
      route: string;
      status: number;
      errorCode?: string;
      requestId?: string;
      key?: "first" | "second" | "none";
      day?: number;
      accountId?: string;
    },
  ): Promise<string> {
    const id = crypto.randomUUID();
    const keys = { first: client.account.key.id, second: secondKey, none: null };
    await harness.query(
      `insert into api_requests (account_id, id, api_key_id, request_id, method, route, status, error_code,
         error_message, duration_ms, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 12.5, $10::text::timestamptz)`,
      [
        row.accountId ?? client.account.id,
        id,
        keys[row.key ?? "first"],
        row.requestId ?? `r-${id}`,
        row.method,
        row.route,
        row.status,
        row.errorCode ?? null,
        row.errorCode === undefined ? null : `Why it failed: "<b>${row.errorCode}</b>"`,
        `${dayOf(row.day ?? 1)}T10:00:00.${String(count++).padStart(3, "0")}Z`,
      ],
    );
    return id;
  }

  const names = (html: string) =>
    rowIds(html).map((id) => Object.entries(rows).find(([, rowId]) => rowId === id)?.[0] ?? id);

  const cases: [string, () => string, string[]][] = [
    ["no filter", () => "", ["unconfigured", "malformed", "refused", "byHand", "read", "sent"]],
    ["a status", () => "status=400", ["unconfigured", "malformed"]],
    ["a class of status", () => "status=4xx", ["unconfigured", "malformed", "read"]],
    ["success", () => "status=2xx", ["byHand", "sent"]],
    ["an error code", () => "error=whatsapp_not_configured", ["unconfigured"]],
    ["a key", () => `key=${secondKey}`, ["unconfigured", "malformed"]],
    ["no key", () => "key=none", ["byHand"]],
    ["an endpoint", () => "endpoint=GET+/api/v1/messages/:id", ["read"]],
    ["days", () => `from=${dayOf(2)}&to=${dayOf(3)}`, ["malformed", "refused"]],
    ["a request id", () => "request_id=order-17", ["unconfigured", "refused"]],
    ["a request id and a key", () => `request_id=order-17&key=${secondKey}`, ["unconfigured"]],
    ["a key and a status", () => `key=${secondKey}&status=2xx`, []],
    ["a key, an error and a day", () => `key=${secondKey}&error=bad_request&from=${dayOf(3)}`, [
      "malformed",
    ]],
    [
      "an endpoint, a status and a day",
      () => `endpoint=POST+/api/v1/messages&status=5xx&to=${dayOf(2)}`,
      [
        "refused",
      ],
    ],
    ["empty fields of the form", () => "status=&error=&key=&from=&to=&request_id=&endpoint=", [
      "unconfigured",
      "malformed",
      "refused",
      "byHand",
      "read",
      "sent",
    ]],
  ];
  for (const [what, query, expected] of cases) {
    it(`${what} shows exactly the requests that match, the newest first`, async () => {
      const answer = await client.get(`/requests?${query()}`);
      assertEquals(answer.status, 200);
      assertEquals(names(answer.text), expected);
    });
  }

  for (
    const query of [
      "status=9xx",
      "status=%27",
      "error=nothing",
      "error=constructor",
      "key=1",
      "endpoint=x",
      "from=2026-02-30",
      "to=9999-12-31",
      "from=2026-03-02&to=2026-03-01",
      "request_id=a+b",
      "request_id=%00",
    ]
  ) {
    it(`a filter that cannot be understood ("${query}") says so at its field`, async () => {
      const answer = await client.get(`/requests?${query}`);
      assertEquals(answer.status, 400);
      assert(answer.text.includes('aria-invalid="true"'));
      assertEquals(rowIds(answer.text), []);
    });
  }

  it("nothing of another account or of the other mode is shown", async () => {
    const other = await signIn(harness);
    const ids = Object.values(rows);
    for (
      const path of ["/requests", "/requests?request_id=order-17", `/requests?key=${secondKey}`]
    ) {
      const { text } = await other.get(path);
      assertEquals(rowIds(text), []);
    }
    assertEquals((await other.get(`/requests/${ids[0]}`)).status, 404);
    assertEquals((await client.get(`/requests/${ids[0]}?mode=test`)).status, 404);
    assertEquals((await client.get("/requests/1")).status, 404);
    assertEquals(rowIds((await client.get("/requests?mode=test")).text), []);
  });

  it("an account without requests is told how to make one, and a search without a match is not", async () => {
    const other = await signIn(harness);
    assert((await other.get("/requests")).text.includes("No requests yet"));
    assert((await client.get("/requests?status=418")).text.includes("No request matches"));
  });

  it("pages go to the oldest request and back, each row once, with the filters kept", async () => {
    const paged = await signIn(harness);
    const ids: string[] = [];
    for (let index = 0; index < 120; index++) {
      const id = await insert({
        accountId: paged.account.id,
        method: "GET",
        route: index % 3 === 0 ? "/api/v1/me" : "/api/v1/contacts",
        status: 200,
        key: "none",
      });
      ids.unshift(id);
    }
    const pages: string[][] = [];
    let path: string | null = "/requests?status=2xx";
    let last = "";
    while (path !== null) {
      last = (await paged.get(path)).text;
      pages.push(rowIds(last));
      path = linkTo(last, "Older");
      assert(path === null || path.includes("status=2xx"));
    }
    assertEquals(pages.map((page) => page.length), [50, 50, 20]);
    assertEquals(pages.flat(), ids);
    const middle = await paged.get(linkTo(last, "Newer") ?? "");
    assertEquals(rowIds(middle.text), ids.slice(50, 100));
    const first = await paged.get(linkTo(middle.text, "Newer") ?? "");
    assertEquals(rowIds(first.text), ids.slice(0, 50));
    assertEquals(linkTo(first.text, "Newer"), null);
  });

  it("a request shows everything that is stored of it, its error's fix, and nothing unescaped", async () => {
    const { status, text } = await client.get(`/requests/${rows.refused}`);
    assertEquals(status, 200);
    for (
      const part of ["502", "meta_error", "order-17", "test key", "13 ms", "POST /api/v1/messages"]
    ) {
      assert(text.includes(part), part);
    }
    assert(text.includes("Why it failed") && !text.includes("<b>meta_error"));
    assert(text.includes(`/keys/${client.account.key.id}`));
    assert(text.includes("/docs/errors#meta_error"));
  });

  it("a request that was made just now is found by the id of its answer, and leads to its message", async () => {
    const answer = await harness.call({
      path: "/api/v1/messages",
      key: client.account.testKey.key,
      body: { to: "+14155550123", text: "Hello" },
    });
    const requestId = answer.headers.get("x-request-id");
    const list = await eventually(async () => {
      const { text } = await client.get(`/requests?mode=test&request_id=${requestId}`);
      return rowIds(text).length === 1 && text;
    });
    const { text } = await client.get(`/requests/${rowIds(list)[0]}?mode=test`);
    assert(text.includes(`/messages/${answer.json.data.message_id}?mode=test`));
    assert(text.includes("+14*******23"));
  });
});
