/**
 * One status of a webhook, in our terms. "played" (a voice note was listened to) counts as read; kinds of status that
 * are not known here are left alone. Meta: "Webhooks, status messages reference".
 */
import { z } from "zod";
import { hintFor } from "@/lib/meta/error_table.ts";
import { toStorable } from "@/lib/meta/storable_text.ts";

/** A status that can be applied. */
export interface WebhookStatus {
  wamid: string;
  /** What we gave Meta with the message; null if nothing came back. */
  callbackData: string | null;
  status: "sent" | "delivered" | "read" | "failed";
  at: Date;
  error: { code: number | null; title: string | null; message: string; hint: string } | null;
  waId: string | null;
  bsuid: string | null;
}

const STATUSES = new Map(
  [
    ["sent", "sent"],
    ["delivered", "delivered"],
    ["read", "read"],
    ["played", "read"],
    ["failed", "failed"],
  ] as const,
);

// That a message failed counts even when the reason cannot be read.
const errorSchema = z.looseObject({
  code: z.number().int().optional().catch(undefined),
  title: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  error_data: z.looseObject({ details: z.string().optional() }).optional().catch(undefined),
});

const statusSchema = z.looseObject({
  id: z.string().min(1).max(200),
  status: z.string(),
  timestamp: z.string().regex(/^[0-9]{1,11}$/),
  recipient_id: z.string().optional(),
  recipient_user_id: z.string().optional(),
  biz_opaque_callback_data: z.string().optional(),
  errors: z.array(errorSchema).optional().catch(undefined),
});

/** A status from its payload. Null: a kind of status that is not applied. Throws ZodError for a malformed one. */
export function parseWebhookStatus(payload: Record<string, unknown>): WebhookStatus | null {
  const status = statusSchema.parse(toStorable(payload.status));
  const known = STATUSES.get(status.status as "sent");
  if (known === undefined) return null;
  return {
    wamid: status.id,
    callbackData: status.biz_opaque_callback_data ?? null,
    status: known,
    at: new Date(Number(status.timestamp) * 1000),
    error: known === "failed" ? describeError(status.errors?.[0]) : null,
    waId: digitsOrNull(status.recipient_id),
    bsuid: status.recipient_user_id ?? null,
  };
}

function describeError(error: z.output<typeof errorSchema> | undefined): WebhookStatus["error"] {
  const code = error?.code ?? null;
  const title = error?.title ?? null;
  return {
    code,
    title,
    message: error?.error_data?.details ?? error?.message ?? title ?? "Meta gave no reason",
    hint: hintFor(code),
  };
}

/** A recipient id is digits for a person; a group's has another form. */
function digitsOrNull(id: string | undefined): string | null {
  return id !== undefined && /^[0-9]{5,20}$/.test(id) ? id : null;
}
