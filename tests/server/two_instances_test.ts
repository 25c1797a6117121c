/** Keys and messages are the same on every instance of the server: a revocation and a send hold on all at once. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { callApi } from "@/tests/helpers/api_client.ts";
import { revokeKey } from "@/tests/helpers/bad_keys.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { assertUnauthorized } from "@/tests/helpers/route_contract.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";

describe("keys on two instances", () => {
  let resources: AsyncDisposableStack;
  let harness: Harness;
  let urls: string[];
  beforeAll(async () => {
    resources = new AsyncDisposableStack();
    const postgres = resources.use(await postgresFromEnvironment());
    harness = resources.use(await startHarness({ postgres }));
    const second = resources.use(await startServerProcess(harness.environment()));
    urls = [harness.server.baseUrl, second.baseUrl];
  });
  afterAll(() => resources.disposeAsync());

  function callEach(key: string, times: number) {
    return Promise.all(
      Array.from(
        { length: times * urls.length },
        (_, index) => callApi(urls[index % urls.length] ?? "", { path: "/api/v1/me", key }),
      ),
    );
  }

  it("a revoked key is refused by both from the next request on", async () => {
    const { key } = await harness.makeAccount();
    const before = await callEach(key.key, 2);
    assertEquals(before.map(({ status }) => status), [200, 200, 200, 200]);
    await revokeKey(harness, key.id);
    for (const answer of await callEach(key.key, 2)) assertUnauthorized(answer);
  });

  it("a message that was sent by one is shown by the other", async () => {
    const { key } = await harness.makeAccount();
    const sent = await callApi(urls[0] ?? "", {
      path: "/api/v1/messages",
      key: key.key,
      body: { to: "+14155550123", text: "Hello" },
    });
    const id = sent.json.data.message_id;
    const answer = await callApi(urls[1] ?? "", { path: `/api/v1/messages/${id}`, key: key.key });
    assertEquals(answer.json.data.status, "sent");
  });
});
