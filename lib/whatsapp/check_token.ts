/** Judges an access token: valid, until when, of which app, and with which permissions. */
import {
  inspectToken,
  MANAGEMENT_PERMISSION,
  MESSAGING_PERMISSION,
  type TokenInfo,
  type TokenResult,
} from "@/lib/meta/tokens.ts";
import type { GraphTransport } from "@/lib/meta/transport.ts";
import { bad, type Check, describeFailure, good, unanswered } from "@/lib/whatsapp/checks.ts";

/** A token that ends sooner than this is warned about. */
export const EXPIRY_WARNING_MS = 7 * 24 * 3_600_000;

const PURPOSES = {
  [MESSAGING_PERMISSION]: "to send and receive messages",
  [MANAGEMENT_PERMISSION]: "to read the number and to subscribe to its events",
};

/** What to do about a token that does not work. */
export const NEW_TOKEN = "Make a token of a system user that never expires (Meta Business Suite, " +
  "Settings, System users) and put it in here.";

/** Whether the token works, and for how long. */
export function checkToken(result: TokenResult, now: Date): Check {
  if (!result.ok) {
    if (result.error?.code === 190) {
      return bad("token", {
        detail: `Meta refuses the token: ${describeFailure(result)}`,
        fix: NEW_TOKEN,
      });
    }
    const failed = unanswered("token", result);
    // Some kinds of token may not inspect themselves; the number's check then shows whether it works.
    return { ...failed, state: "unknown" };
  }
  const { token } = result;
  if (!token.isValid) {
    return bad("token", { detail: "Meta says that the token is not valid.", fix: NEW_TOKEN });
  }
  const of = token.appName === null ? "" : ` Belongs to the app "${token.appName}".`;
  if (token.expiresAt === null) return good("token", `Works and never expires.${of}`);
  const leftMs = token.expiresAt.getTime() - now.getTime();
  if (leftMs <= 0) return bad("token", { detail: "The token has expired.", fix: NEW_TOKEN });
  const detail = `Works until ${formatUtc(token.expiresAt)}.${of}`;
  if (leftMs > EXPIRY_WARNING_MS) return good("token", detail);
  return bad("token", {
    state: "warn",
    detail,
    fix: `Messages stop then. ${NEW_TOKEN}`,
  });
}

/** Whether the token has the two permissions that are needed. */
export function checkPermissions(result: TokenResult): Check {
  if (!result.ok || !result.token.isValid) {
    return bad("permissions", {
      state: "unknown",
      detail: "Not known: Meta did not describe the token.",
      fix: null,
    });
  }
  const missing = missingPermissions(result.token);
  if (missing.length === 0) {
    return good("permissions", `Has ${Object.keys(PURPOSES).join(" and ")}.`);
  }
  const named = missing.map((name) => `${name} (${PURPOSES[name]})`).join(" and ");
  return bad("permissions", {
    detail: `The token lacks ${named}.`,
    fix: "Make a new token and tick both WhatsApp permissions, then put it in here.",
  });
}

/** The permissions that a token lacks. */
export function missingPermissions(token: TokenInfo): (keyof typeof PURPOSES)[] {
  return ([MESSAGING_PERMISSION, MANAGEMENT_PERMISSION] as const)
    .filter((name) => !token.permissions.includes(name));
}

/** Whether the app secret is the one of the token's app: asked in the app's name, which needs it. */
export async function checkAppSecret(
  graph: GraphTransport,
  options: {
    appId: string | null;
    appName: string | null;
    appSecret: string;
    accessToken: string;
    signal: AbortSignal;
  },
): Promise<Check> {
  const { appId, appSecret, accessToken, signal } = options;
  if (appId === null) {
    return bad("app_secret", {
      state: "unknown",
      detail: "Not known: Meta did not name the token's app. The first signed event will show it.",
      fix: null,
    });
  }
  const app = options.appName === null ? `app ${appId}` : `app "${options.appName}"`;
  const result = await inspectToken(graph, {
    accessToken,
    asApp: { id: appId, secret: appSecret },
    signal,
  });
  if (result.ok) return good("app_secret", `Belongs to the token's ${app}.`);
  if (result.error === null || result.error.httpStatus >= 500) {
    return unanswered("app_secret", result);
  }
  // Not a failure: only an event whose signature does not fit proves it.
  return bad("app_secret", {
    state: "warn",
    detail: `Meta does not take it as the secret of the token's ${app}.`,
    fix:
      "Copy the app secret of that app (App settings, Basic). With another one, every event from Meta is refused.",
  });
}

/** A time for people everywhere, such as "22 Nov 2026, 12:03 UTC". */
export function formatUtc(date: Date): string {
  const text = new Intl.DateTimeFormat("en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  }).format(date);
  return `${text} UTC`;
}
