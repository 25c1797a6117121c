/**
 * The sandbox's GET calls: fields, pages, token inspection, and unknown paths.
 */
import { assert, assertEquals } from "@std/assert";
import { NUMBER, TOKEN } from "@/tests/meta/graph_calls.ts";
import { call, makeSandbox } from "@/tests/meta/sandbox_calls.ts";

Deno.test("sandbox answers the fields of a number that are asked for", async () => {
  const { sandbox } = makeSandbox();
  const get = (fields?: string) =>
    call(sandbox, {
      method: "GET",
      path: `/${NUMBER.id}`,
      query: fields === undefined ? {} : { fields },
    });
  assertEquals(Object.keys((await get()).body).sort(), [
    "display_phone_number",
    "id",
    "quality_rating",
    "verified_name",
  ]);
  assertEquals<unknown>((await get("status,throughput")).body, {
    id: NUMBER.id,
    status: "CONNECTED",
    throughput: { level: "STANDARD" },
  });
  assertEquals((await get("colour")).body.error?.code, 100);
});

Deno.test("sandbox pages the numbers of an account", async () => {
  const { sandbox } = makeSandbox();
  const get = (query: Record<string, string>) =>
    call(sandbox, {
      method: "GET",
      path: `/${NUMBER.wabaId}/phone_numbers`,
      query: { fields: "id", ...query },
    });
  const first = (await get({ limit: "2" })).body;
  assertEquals(first.data, [{ id: "1" }, { id: "2" }]);
  assert(first.paging.next !== undefined);
  const last = (await get({ limit: "2", after: first.paging.cursors.after }))
    .body;
  assertEquals(last.data, [{ id: "3" }]);
  assertEquals(last.paging.next, undefined);
  assertEquals((await get({ limit: "0" })).body.error?.code, 100);
  assertEquals((await get({ after: "?" })).body.error?.code, 100);
});

Deno.test("sandbox inspects tokens", async () => {
  const { sandbox } = makeSandbox();
  const get = (inputToken: string) =>
    call(sandbox, {
      method: "GET",
      path: "/debug_token",
      query: { input_token: inputToken },
    });
  const token = {
    app_id: "100000000000001",
    application: "Sandbox",
    type: "SYSTEM_USER",
    expires_at: 0,
    data_access_expires_at: 0,
    issued_at: 1_700_000_000,
  };
  const scopes = ["whatsapp_business_management", "whatsapp_business_messaging"];
  assertEquals((await get(TOKEN)).body.data, {
    ...token,
    is_valid: true,
    scopes,
    granular_scopes: scopes.map((scope) => ({
      scope,
      target_ids: [NUMBER.wabaId],
    })),
  });
  assertEquals((await get("x")).body.data, {
    ...token,
    is_valid: false,
    scopes: [],
    granular_scopes: [],
  });
});

Deno.test("sandbox refuses unknown paths and methods", async () => {
  const { sandbox } = makeSandbox();
  for (
    const [method, path] of [
      ["POST", "/1/2/3"],
      ["POST", `/${NUMBER.id}/poems`],
      ["DELETE", `/${NUMBER.id}`],
      ["GET", "/"],
    ]
  ) {
    const answer = await call(sandbox, { method: method ?? "", path: path ?? "" });
    assertEquals(answer.status, 400);
  }
});
