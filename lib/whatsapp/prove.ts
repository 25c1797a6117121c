/** Sends the message that is to prove an integration: to the admin's own phone, through the ordinary pipeline. */
import { z } from "zod";
import { setProofMessage } from "@/db/integration_health.ts";
import { sendAsUser, type UserSend } from "@/lib/admin/send_as_user.ts";
import type { Services } from "@/lib/services.ts";

/** What became of it. */
export type ProofResult = { ok: true; messageId: string } | { ok: false; reason: string };

const answerSchema = z.object({
  data: z.object({ message_id: z.string() }).nullish(),
  error: z.object({
    message: z.string(),
    details: z.object({ message_id: z.string() }).partial().nullish(),
  }).nullish(),
});

/** The message, as `POST /api/v1/messages` takes it. */
export function proofBody(
  options: { to: string; kind: "template" | "text"; accountName: string },
): Record<string, unknown> {
  const { to, kind, accountName } = options;
  if (kind === "template") {
    return { to, type: "template", template: { name: "hello_world", language: "en_US" } };
  }
  return { to, text: `Hello from ${accountName}. Answer anything to finish the set-up.` };
}

/** Sends the message, and remembers it if Meta took it, or may have. */
export async function sendProof(
  services: Services,
  send: Omit<UserSend, "body"> & { body: Record<string, unknown> },
): Promise<ProofResult> {
  const response = await sendAsUser(services, send);
  const { data, error } = answerSchema.parse(await response.json());
  const messageId = data?.message_id ?? error?.details?.message_id ?? null;
  if (messageId !== null) {
    await setProofMessage(services.db.sql, { accountId: send.admin.account.id, messageId });
  }
  if (data?.message_id !== undefined) return { ok: true, messageId: data.message_id };
  return { ok: false, reason: error?.message ?? `The server answered ${response.status}` };
}
