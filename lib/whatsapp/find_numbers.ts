/**
 * The numbers that an access token opens, to pick from. Which business accounts it is limited to, Meta tells with the
 * token's permissions; a token that is limited to none has to be told the account's id.
 */
import {
  fetchWabaPhoneNumbers,
  type LookupFailure,
  type PhoneNumberInfo,
} from "@/lib/meta/numbers.ts";
import { inspectToken } from "@/lib/meta/tokens.ts";
import type { GraphTransport } from "@/lib/meta/transport.ts";
import { missingPermissions } from "@/lib/whatsapp/check_token.ts";

/** A number and the account it belongs to. */
export interface FoundNumber {
  wabaId: string;
  number: PhoneNumberInfo;
}

/** What a token opens. */
export interface FoundNumbers {
  numbers: FoundNumber[];
  /** Accounts whose numbers could not be read. */
  failures: { wabaId: string; failure: LookupFailure }[];
  /** The app that the token belongs to. */
  appName: string | null;
  missingPermissions: string[];
  /** Why Meta could not be asked at all; null: it was. */
  failure: LookupFailure | null;
}

/** More accounts than this are not asked about one by one. */
const MAX_ACCOUNTS = 20;
const TIMEOUT_MS = 10_000;

/** Asks Meta for the numbers of a token. `wabaId` adds an account that the token's permissions do not name. */
export async function findNumbers(
  graph: GraphTransport,
  options: { accessToken: string; wabaId?: string | undefined },
): Promise<FoundNumbers> {
  const caller = { accessToken: options.accessToken, signal: AbortSignal.timeout(TIMEOUT_MS) };
  const inspected = await inspectToken(graph, caller);
  const named = inspected.ok ? inspected.token.wabaIds ?? [] : [];
  const wabaIds = [...new Set([...named, ...(options.wabaId ? [options.wabaId] : [])])]
    .slice(0, MAX_ACCOUNTS);
  const answers = await Promise.all(wabaIds.map(async (wabaId) => ({
    wabaId,
    result: await fetchWabaPhoneNumbers(graph, { ...caller, wabaId }),
  })));
  return {
    numbers: answers.flatMap(({ wabaId, result }) =>
      result.ok ? result.phoneNumbers.map((number) => ({ wabaId, number })) : []
    ),
    failures: answers.flatMap(({ wabaId, result }) =>
      result.ok ? [] : [{ wabaId, failure: result }]
    ),
    appName: inspected.ok ? inspected.token.appName : null,
    missingPermissions: inspected.ok ? missingPermissions(inspected.token) : [],
    failure: inspected.ok ? null : inspected,
  };
}
