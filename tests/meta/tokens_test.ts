/** What is read out of Meta's description of a token, in each shape that it was seen in. */
import { assertEquals } from "@std/assert";
import { inspectToken, type TokenInfo } from "@/lib/meta/tokens.ts";
import type { GraphRequest, GraphTransport } from "@/lib/meta/transport.ts";

const BOTH = ["whatsapp_business_messaging", "whatsapp_business_management"];

function transportFor(data: unknown, requests: GraphRequest[] = []): GraphTransport {
  return {
    request: (request) => {
      requests.push(request);
      return Promise.resolve({ status: 200, headers: {}, text: JSON.stringify({ data }) });
    },
    close: () => Promise.resolve(),
  };
}

async function inspect(data: unknown): Promise<TokenInfo | null> {
  const { signal } = new AbortController();
  const result = await inspectToken(transportFor(data), { accessToken: "EAAtoken", signal });
  return result.ok ? result.token : null;
}

Deno.test("inspectToken reads permissions from scopes, granular_scopes or both", async () => {
  const granular = BOTH.map((scope) => ({ scope, target_ids: ["11", "22"] }));
  for (
    const data of [
      { is_valid: true, scopes: BOTH },
      { is_valid: true, scopes: [], granular_scopes: granular },
      { is_valid: true, scopes: BOTH, granular_scopes: granular },
    ]
  ) assertEquals((await inspect(data))?.permissions.toSorted(), BOTH.toSorted());
});

Deno.test("inspectToken names the accounts that a token is limited to, each once", async () => {
  const named = async (granular_scopes: unknown) =>
    (await inspect({ is_valid: true, granular_scopes }))?.wabaIds;
  assertEquals(
    await named([
      { scope: BOTH[1], target_ids: ["11", "22"] },
      { scope: BOTH[0], target_ids: ["22"] },
      { scope: "business_management", target_ids: ["33"] },
    ]),
    ["11", "22"],
  );
  assertEquals(await named([{ scope: BOTH[1] }]), null);
  assertEquals(await named("nothing of the kind"), null);
});

Deno.test("inspectToken reads the end of a token, and none for 0", async () => {
  const end = async (expires_at: unknown) =>
    (await inspect({ is_valid: true, expires_at }))?.expiresAt?.toISOString() ?? null;
  assertEquals(await end(1_800_000_000), "2027-01-15T08:00:00.000Z");
  for (const none of [0, -1, "soon", null, undefined, 1.5]) assertEquals(await end(none), null);
});

Deno.test("inspectToken takes an answer without is_valid for none", async () => {
  assertEquals(await inspect({ scopes: BOTH }), null);
  assertEquals(await inspect("x"), null);
});

Deno.test("inspectToken asks in the token's own name, or in the app's", async () => {
  const requests: GraphRequest[] = [];
  const transport = transportFor({ is_valid: true }, requests);
  const { signal } = new AbortController();
  await inspectToken(transport, { accessToken: "EAAtoken", signal });
  await inspectToken(transport, {
    accessToken: "EAAtoken",
    asApp: { id: "7", secret: "s" },
    signal,
  });
  assertEquals(requests.map(({ accessToken, query }) => [accessToken, query]), [
    ["EAAtoken", { input_token: "EAAtoken" }],
    ["7|s", { input_token: "EAAtoken" }],
  ]);
});
