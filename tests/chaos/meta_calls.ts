/** The simulator's log of sends, as the oracle reads it. */
import { isRefusal, nameOfFault, textOf } from "@/tests/chaos/meta_faults.ts";
import type { MetaCall } from "@/tests/chaos/evidence.ts";
import type { ReceivedRequest } from "@/tests/simulator/received_log.ts";

/** The requests to send among what the simulator has read. */
export function metaCalls(received: readonly ReceivedRequest[]): MetaCall[] {
  return received.filter(({ method, path }) => method === "POST" && path.endsWith("/messages"))
    .map((request) => ({
      callbackData: String(request.body?.biz_opaque_callback_data),
      to: String(request.body?.to),
      text: textOf(request.body) ?? "",
      taken: request.taken,
      // Without a fault, the sandbox itself has refused what it did not take.
      refused: request.fault === null ? !request.taken : isRefusal(request.fault),
      wamid: request.wamid,
      fault: request.fault === null ? null : nameOfFault(request.fault),
    }));
}
