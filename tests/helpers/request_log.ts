/** The request log of the API, which the server writes some requests at a time. */
import { eventually } from "@/tests/helpers/eventually.ts";
import type { Harness } from "@/tests/helpers/harness.ts";

/** Makes one more request and waits until it is written, and so all before it; its request id. */
export async function settleRequestLog(
  harness: Pick<Harness, "call" | "query">,
  key: string,
): Promise<string> {
  const { headers } = await harness.call({ path: "/api/v1/me", key });
  const requestId = headers.get("x-request-id") ?? "";
  await eventually(async () => {
    const rows = await harness.query("select id from api_requests where request_id = $1", [
      requestId,
    ]);
    return rows.length > 0;
  });
  return requestId;
}
