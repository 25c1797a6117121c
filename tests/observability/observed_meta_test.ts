/** How calls to Meta are named and told apart. */
import { assertEquals, assertRejects } from "@std/assert";
import { GraphNetworkError, type GraphTransport } from "@/lib/meta/transport.ts";
import { MetaCalls } from "@/lib/observability/meta_calls.ts";
import { observeTransport, pathTemplate } from "@/lib/observability/observed_meta.ts";

Deno.test("pathTemplate() leaves names and hides everything else", () => {
  const cases: [path: string, template: string][] = [
    ["/106540352242922/messages", "/{id}/messages"],
    ["/102290129340398/subscribed_apps", "/{id}/subscribed_apps"],
    ["/debug_token", "/debug_token"],
    ["/14155550123", "/{id}"],
    ["/EAAtoken/unknown", "/{id}/{id}"],
  ];
  for (const [path, template] of cases) assertEquals(pathTemplate(path), template);
});

Deno.test("observeTransport() counts every call by what it is for and how it ended, and changes nothing", async () => {
  const answers: (number | GraphNetworkError)[] = [
    200,
    503,
    new GraphNetworkError("no", { certainty: "never_written", code: "ECONNREFUSED" }),
    200,
  ];
  const inner: GraphTransport = {
    request: () => {
      const answer = answers.shift();
      return typeof answer === "number"
        ? Promise.resolve({ status: answer, headers: {}, text: "" })
        : Promise.reject(answer);
    },
    close: () => Promise.resolve(),
  };
  const calls = new MetaCalls();
  const transport = observeTransport(inner, {
    calls,
    tracing: null,
    graphUrl: "https://graph.facebook.com",
  });
  const { signal } = new AbortController();
  const call = (method: "GET" | "POST", path: string) =>
    transport.request({ method, path, accessToken: "t", signal });
  assertEquals((await call("POST", "/1/messages")).status, 200);
  assertEquals((await call("POST", "/1/messages")).status, 503);
  await assertRejects(() => call("POST", "/1/messages"), GraphNetworkError);
  assertEquals((await call("GET", "/1")).status, 200);
  const counted = calls.metrics().flatMap(({ samples }) => samples)
    .filter(({ suffix }) => suffix === "_count")
    .map(({ labels, value }) => [labels.call, labels.outcome, value]);
  assertEquals(counted, [
    ["send", "2xx", 1],
    ["send", "5xx", 1],
    ["send", "never_written", 1],
    ["other", "2xx", 1],
  ]);
});
