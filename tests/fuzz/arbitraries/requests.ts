/**
 * Whole requests: those of an endpoint as they are meant, and then, now and then, another method, another way to write
 * the path, or a body whose end is told wrongly.
 */
import fc from "fast-check";
import { type Endpoint, endpointsOf } from "@/tests/fuzz/arbitraries/endpoints.ts";
import { commonHeaders } from "@/tests/fuzz/arbitraries/headers.ts";
import { rewriting } from "@/tests/fuzz/arbitraries/targets.ts";
import { FRAMINGS, type FuzzedRequest } from "@/tests/fuzz/fuzzed_request.ts";
import type { World } from "@/tests/fuzz/world.ts";

const OTHER_METHODS = [
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "PROPFIND",
  "get",
  "FUZZ",
  "A".repeat(300),
  "GÉT",
  "G T",
  "",
];

const otherMethod = rarely(fc.constantFrom(...OTHER_METHODS), { percent: 5 });
const rewrite = rarely(rewriting, { percent: 5 });
const otherFraming = rarely(fc.constantFrom(...FRAMINGS), { percent: 6 });

/** Requests to all public endpoints. */
export function requestsOf(world: World): fc.Arbitrary<FuzzedRequest> {
  const common = commonHeaders(world);
  return fc.oneof(
    ...endpointsOf(world).map((endpoint) => ({
      weight: endpoint.weight,
      arbitrary: requestsTo(endpoint, common),
    })),
  );
}

function requestsTo(
  endpoint: Endpoint,
  common: ReturnType<typeof commonHeaders>,
): fc.Arbitrary<FuzzedRequest> {
  const { ids, query, content } = endpoint;
  return fc.record({ ids, query, content, common, otherMethod, rewrite, otherFraming }).map(
    (parts) => {
      const method = parts.otherMethod ?? endpoint.method;
      const target = endpoint.path.replace("{id}", () => parts.ids) + parts.query;
      return {
        endpoint: parts.otherMethod === null ? endpoint.name : "another method",
        method,
        target: parts.rewrite === null ? target : parts.rewrite(target),
        headers: [...parts.common, ...parts.content.headers],
        body: method === "GET" || method === "CONNECT" ? null : parts.content.body,
        framing: parts.otherFraming ?? "length",
      };
    },
  );
}

function rarely<T>(
  arbitrary: fc.Arbitrary<T>,
  { percent }: { percent: number },
): fc.Arbitrary<T | null> {
  return fc.oneof(
    { weight: 100 - percent, arbitrary: fc.constant(null) },
    { weight: percent, arbitrary },
  );
}
