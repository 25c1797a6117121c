/**
 * The server's side of the playground: checks a draft with what the API checks with, and sends it with what the API
 * sends with. Reading the form is lib/playground/draft.ts's.
 */
import { STATUS_CODES } from "node:http";
import type { Sql } from "@/db/connect.ts";
import { findIntegration } from "@/db/integrations.ts";
import type { AdminContext, AdminState } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { sendAsUser } from "@/lib/admin/send_as_user.ts";
import type { Warning } from "@/lib/api/envelope.ts";
import { ApiError, type ErrorCode, ERRORS, type Issue } from "@/lib/api/errors.ts";
import { parseIdempotency } from "@/lib/api/idempotency.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { parseMessageRequest } from "@/lib/messages/message_request.ts";
import { MAGIC_RECIPIENTS } from "@/lib/meta/sandbox/magic_recipients.ts";
import type { PlaygroundAnswer, PlaygroundCheck } from "@/lib/playground/answer.ts";
import { draftToBody, type PlaygroundDraft, readDraft } from "@/lib/playground/draft.ts";
import { issuesByField } from "@/lib/playground/issue_fields.ts";
import { maskRecipient } from "@/lib/phone.ts";
import type { RequestOf } from "@/lib/state.ts";

/** What the page has to know of the account. */
export interface PlaygroundSetting {
  /** False: a live message cannot be sent before a number is connected. */
  isConnected: boolean;
  /** The number that messages come from, as people read it. */
  sender: string | null;
  /** Test mode's recipients that fail on purpose; none in live mode. */
  recipients: { phone: string; title: string; description: string }[];
}

/** Reads it from the database. */
export async function findPlaygroundSetting(
  sql: Sql,
  { account }: Pick<AdminContext, "account">,
): Promise<PlaygroundSetting> {
  if (account.mode === "test") {
    const recipients = MAGIC_RECIPIENTS.map(({ phone, title, description }) => ({
      phone,
      title,
      description,
    }));
    return { isConnected: true, sender: null, recipients };
  }
  const integration = await findIntegration(sql, account.id);
  return {
    isConnected: integration !== null && integration.phone_number_id !== null,
    sender: integration?.display_phone_number ?? null,
    recipients: [],
  };
}

/** What the form holds at first: in test mode a message that can be sent as it is. */
export function defaultDraft(mode: Mode): PlaygroundDraft {
  const fields = new Map(
    mode === "test" ? [["to", "+14155550123"], ["text", "Hello from the playground"]] : [],
  );
  return readDraft((name) => [fields.get(name) ?? []].flat());
}

/** What the API would say about the form of this draft; nothing is sent. */
export function checkDraft(draft: PlaygroundDraft): PlaygroundCheck {
  const body = draftToBody(draft);
  const issues: Issue[] = [];
  let warnings: Warning[] = [];
  for (
    const check of [
      () => {
        parseIdempotency(draft.idempotencyKey || null, body);
      },
      () => {
        warnings = parseMessageRequest(body).warnings;
      },
    ]
  ) {
    try {
      check();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      issues.push(...readIssues(error.details));
    }
  }
  return { issues: issuesByField(issues, bodyNames(draft)), warnings };
}

/**
 * Sends a draft as the signed-in user, and writes down who it was.
 *
 * @param options.sendKey the idempotency key that the form was made with; counts when the draft has none of its own
 */
export async function sendDraft(
  ctx: RequestOf<AdminState>,
  options: { draft: PlaygroundDraft; sendKey: string },
): Promise<PlaygroundAnswer> {
  const { services, admin, requestId } = ctx.state;
  const { draft } = options;
  const startedAt = performance.now();
  const response = await sendAsUser(services, {
    admin,
    body: draftToBody(draft),
    idempotencyKey: draft.idempotencyKey || options.sendKey || null,
    requestId,
  });
  const durationMs = Math.round(performance.now() - startedAt);
  const answer = readAnswer(response, { json: await response.json(), draft, durationMs });
  const wasSent = answer.error === null || answer.error.code === "outcome_unknown";
  if (answer.messageId !== null && wasSent && !response.headers.has("idempotent-replayed")) {
    await audit(ctx, {
      action: "message.sent",
      targetType: "message",
      targetId: answer.messageId,
      details: { to: maskRecipient(draft.to.trim()) },
    });
  }
  return answer;
}

/** The envelope of the API as far as it is shown. */
interface Envelope {
  data?: { message_id?: string; conversation_id?: string };
  meta?: { warnings?: Warning[] };
  error?: { code: ErrorCode; message: string; details?: Record<string, unknown> };
}

function readAnswer(
  response: Response,
  { json, draft, durationMs }: { json: Envelope; draft: PlaygroundDraft; durationMs: number },
): PlaygroundAnswer {
  const { error } = json;
  const failedId = error?.details?.message_id;
  return {
    status: response.status,
    statusText: STATUS_CODES[response.status] ?? "",
    durationMs,
    headers: [...response.headers],
    body: JSON.stringify(json, null, 2),
    messageId: json.data?.message_id ?? (typeof failedId === "string" ? failedId : null),
    conversationId: json.data?.conversation_id ?? null,
    error: error === undefined ? null : {
      code: error.code,
      message: error.message,
      hint: readHint(error.details),
      fix: ERRORS[error.code].fix,
    },
    warnings: json.meta?.warnings ?? [],
    issues: issuesByField(readIssues(error?.details ?? null), bodyNames(draft)),
  };
}

function bodyNames({ bodyValues }: PlaygroundDraft): string[] {
  return bodyValues.map(({ name }) => name);
}

function readIssues(details: Record<string, unknown> | null): Issue[] {
  const issues = details?.issues;
  return Array.isArray(issues) ? issues as Issue[] : [];
}

/** The plain words about Meta's error, see lib/meta/error_table.ts. */
function readHint(details: Record<string, unknown> | undefined): string | null {
  const meta = details?.meta;
  if (typeof meta !== "object" || meta === null || !("hint" in meta)) return null;
  return typeof meta.hint === "string" ? meta.hint : null;
}
