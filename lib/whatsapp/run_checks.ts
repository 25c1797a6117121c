/**
 * Puts every question about an integration to Meta, those that can be at the same time. Changes nothing, here or there.
 */
import {
  fetchPhoneNumber,
  type PhoneNumberInfo,
  type PhoneNumberResult,
} from "@/lib/meta/numbers.ts";
import { fetchSubscribedApps } from "@/lib/meta/onboarding.ts";
import { inspectToken, type TokenInfo } from "@/lib/meta/tokens.ts";
import type { GraphTransport } from "@/lib/meta/transport.ts";
import { checkNumber, checkRegistration, checkSubscription } from "@/lib/whatsapp/check_number.ts";
import { checkAppSecret, checkPermissions, checkToken } from "@/lib/whatsapp/check_token.ts";
import { type Check, describeFailure } from "@/lib/whatsapp/checks.ts";

/** What was found out. */
export interface CheckReport {
  checks: Check[];
  token: TokenInfo | null;
  phoneNumber: PhoneNumberInfo | null;
  /** What Meta just showed of the token; null: nothing, because it was not reached. */
  tokenState: { works: true } | { works: false; reason: string } | null;
}

/** The longest that a page waits for Meta. */
const TIMEOUT_MS = 10_000;

/** Asks Meta everything about a connection. */
export async function runChecks(
  graph: GraphTransport,
  connection: { accessToken: string; appSecret: string; phoneNumberId: string; wabaId: string },
): Promise<CheckReport> {
  const { accessToken, appSecret, phoneNumberId, wabaId } = connection;
  const caller = { accessToken, signal: AbortSignal.timeout(TIMEOUT_MS) };
  const [inspected, number, apps] = await Promise.all([
    inspectToken(graph, caller),
    fetchPhoneNumber(graph, { ...caller, phoneNumberId }),
    fetchSubscribedApps(graph, { ...caller, wabaId }),
  ]);
  const token = inspected.ok ? inspected.token : null;
  const app = { id: token?.appId ?? null, name: token?.appName ?? null };
  const tokenCheck = checkToken(inspected, new Date());
  return {
    checks: [
      // The number answers: so the token works, even if it may not inspect itself.
      tokenCheck.state === "unknown" && number.ok
        ? { ...tokenCheck, state: "ok", detail: "Works. Meta does not tell until when.", fix: null }
        : tokenCheck,
      await checkAppSecret(graph, {
        appId: app.id,
        appName: app.name,
        appSecret,
        ...caller,
      }),
      checkPermissions(inspected),
      checkNumber(number),
      checkRegistration(number),
      checkSubscription(apps, app),
    ],
    token,
    phoneNumber: number.ok ? number.phoneNumber : null,
    tokenState: tokenStateOf({ tokenCheck, number }),
  };
}

function tokenStateOf(
  answers: { tokenCheck: Check; number: PhoneNumberResult },
): CheckReport["tokenState"] {
  const { tokenCheck, number } = answers;
  if (tokenCheck.state === "fail") return { works: false, reason: tokenCheck.detail };
  if (number.ok || tokenCheck.state !== "unknown") return { works: true };
  return number.error?.code === 190 ? { works: false, reason: describeFailure(number) } : null;
}
