/** Reads the database's side of a run, and puts it beside what clients and Meta say. */
import type { ClientAnswer, Evidence, PlannedSend, StoredMessage } from "@/tests/chaos/evidence.ts";
import { metaCalls } from "@/tests/chaos/meta_calls.ts";
import type { World } from "@/tests/chaos/world.ts";

/** Collects it, once nothing changes any more. */
export async function collectEvidence(
  world: World,
  given: { sends: PlannedSend[]; answers: ClientAnswer[] },
): Promise<Evidence> {
  const account = [world.account.id];
  return {
    ...given,
    calls: metaCalls(world.simulator.received()),
    messages: await world.query<StoredMessage>(
      `select id, status, wamid, idempotency_key, recipient, body, contact_id, conversation_id
       from messages where account_id = $1 and direction = 'outbound'`,
      account,
    ),
    contacts: await world.query<{ id: string; phone: string | null }>(
      "select id, phone from contacts where account_id = $1",
      account,
    ),
    conversations: await world.query<{ id: string; contact_id: string }>(
      "select id, contact_id from conversations where account_id = $1",
      account,
    ),
    reservations: await world.query<{ key: string; message_id: string }>(
      "select key, message_id from idempotency_keys where account_id = $1",
      account,
    ),
    unexpectedExits: world.unexpectedExits(),
  };
}
