/**
 * Asks Meta about an access token: what it may do, for which accounts, and until when. A token may inspect itself; the
 * app may inspect it too, which proves the app's secret. Source: Meta, debug_token reference. Since June 2026
 * permissions stand in `scopes`, in `granular_scopes` or in both, so that both are read.
 */
import { callGraph, type LookupFailure, textOrNull } from "@/lib/meta/graph_call.ts";
import { isJsonObject } from "@/lib/meta/meta_error.ts";
import type { GraphTransport } from "@/lib/meta/transport.ts";

/** The permission to send messages and to receive those of people. */
export const MESSAGING_PERMISSION = "whatsapp_business_messaging";
/** The permission to read and set up numbers and accounts. */
export const MANAGEMENT_PERMISSION = "whatsapp_business_management";

/** What Meta tells about an access token. */
export interface TokenInfo {
  isValid: boolean;
  appId: string | null;
  appName: string | null;
  /** "SYSTEM_USER", "USER" … */
  type: string | null;
  /** Null: it never expires. */
  expiresAt: Date | null;
  permissions: string[];
  /** The business accounts that it is limited to; null when it is limited to none, or Meta did not say. */
  wabaIds: string[] | null;
}

/** The answer about a token. */
export type TokenResult = { ok: true; token: TokenInfo } | LookupFailure;

/** Asks about a token; the caller is the token itself, or its app ("app id|app secret"). */
export async function inspectToken(
  transport: GraphTransport,
  options: { accessToken: string; asApp?: { id: string; secret: string }; signal: AbortSignal },
): Promise<TokenResult> {
  const { accessToken, asApp, signal } = options;
  const answer = await callGraph(transport, {
    method: "GET",
    path: "/debug_token",
    query: { input_token: accessToken },
    accessToken: asApp === undefined ? accessToken : `${asApp.id}|${asApp.secret}`,
    furtherSecrets: asApp === undefined ? [] : [accessToken, asApp.secret],
    signal,
  });
  if (!answer.ok) return answer;
  const { data } = answer.body;
  if (!isJsonObject(data) || typeof data.is_valid !== "boolean") return answer.unreadable;
  const granular = (Array.isArray(data.granular_scopes) ? data.granular_scopes : [])
    .filter(isJsonObject);
  const named = [...texts(data.scopes), ...granular.map(({ scope }) => scope)]
    .filter((scope) => typeof scope === "string");
  return {
    ok: true,
    token: {
      isValid: data.is_valid,
      appId: textOrNull(data.app_id) ?? (typeof data.app_id === "number" ? `${data.app_id}` : null),
      appName: textOrNull(data.application),
      type: textOrNull(data.type),
      expiresAt: parseUnixTime(data.expires_at),
      permissions: [...new Set(named)],
      wabaIds: readWabaIds(granular),
    },
  };
}

function readWabaIds(granular: Record<string, unknown>[]): string[] | null {
  const limits = granular.filter(({ scope }) =>
    scope === MANAGEMENT_PERMISSION || scope === MESSAGING_PERMISSION
  );
  const targets = limits.flatMap(({ target_ids }) => texts(target_ids));
  return targets.length === 0 ? null : [...new Set(targets)];
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : []).filter((item) => typeof item === "string");
}

function parseUnixTime(value: unknown): Date | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0
    ? new Date(value * 1000)
    : null;
}
