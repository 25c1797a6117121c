/** The numbers that the account's access token opens, as the page offers them, and the reading of what was picked. */
import { findIntegrationByNumber } from "@/db/integrations.ts";
import type { Services } from "@/lib/services.ts";
import { describeStanding, isTestNumber } from "@/lib/whatsapp/check_number.ts";
import { describeFailure } from "@/lib/whatsapp/checks.ts";
import { findNumbers, type FoundNumber, type FoundNumbers } from "@/lib/whatsapp/find_numbers.ts";
import { findConnection } from "@/lib/whatsapp/refresh_checks.ts";
import { draftSecrets } from "@/lib/whatsapp/set_up.ts";

/** A number to pick. */
export interface NumberChoice {
  phoneNumberId: string;
  wabaId: string;
  title: string;
  description: string;
  isTestNumber: boolean;
  /** The number of this integration, or one that another account here holds. */
  held: "here" | "elsewhere" | null;
}

/** What there is to pick from. */
export interface NumberChoices {
  choices: NumberChoice[];
  /** Why there may be more, in words. */
  problems: string[];
  /** Whether a number is connected already. */
  isConnected: boolean;
}

/** Asks Meta; null when there is no access token to ask with. */
export async function numberChoices(
  services: Services,
  accountId: string,
): Promise<NumberChoices | null> {
  const connection = await findConnection(services, accountId);
  const accessToken = connection?.accessToken ?? (await draftWithBoth(services, accountId));
  if (accessToken === null) return null;
  const found = await findNumbers(services.graph.live, {
    accessToken,
    wabaId: connection?.wabaId,
  });
  const choices: NumberChoice[] = [];
  for (const each of found.numbers) choices.push(await toChoice(services, { each, accountId }));
  return { choices, problems: describeProblems(found), isConnected: connection !== null };
}

async function draftWithBoth(services: Services, accountId: string): Promise<string | null> {
  const { accessToken, appSecret } = await draftSecrets(services, accountId);
  return appSecret === null ? null : accessToken;
}

async function toChoice(
  services: Services,
  { each: { wabaId, number }, accountId }: { each: FoundNumber; accountId: string },
): Promise<NumberChoice> {
  const holder = await findIntegrationByNumber(services.db.sql, number.id);
  return {
    phoneNumberId: number.id,
    wabaId,
    title: number.displayPhoneNumber ?? number.id,
    description: `${describeStanding(number)} ID ${number.id}, account ${wabaId}.`,
    isTestNumber: isTestNumber(number),
    held: holder === null ? null : holder.account_id === accountId ? "here" : "elsewhere",
  };
}

function describeProblems(found: FoundNumbers): string[] {
  const problems = found.failures.map(({ wabaId, failure }) =>
    `The account ${wabaId}: ${describeFailure(failure)}`
  );
  if (found.failure !== null) {
    problems.push(`Meta did not describe the token: ${describeFailure(found.failure)}`);
  }
  if (found.missingPermissions.length > 0) {
    problems.push(`The token lacks the permission ${found.missingPermissions.join(" and ")}`);
  }
  if (found.numbers.length === 0 && problems.length === 0) {
    problems.push(
      "The token names no WhatsApp account of its own: type the ids of number and account below",
    );
  }
  return problems;
}

/** The number that a form asks for: one of the list ("account/number"), or two ids. */
export function wantedNumber(
  fields: {
    number?: string | undefined;
    phone_number_id?: string | undefined;
    waba_id?: string | undefined;
  },
):
  | { ok: true; phoneNumberId: string; wabaId: string }
  | { ok: false; errors: Record<string, string> } {
  if (fields.number !== undefined) {
    const [wabaId = "", phoneNumberId = ""] = fields.number.split("/");
    return isMetaId(wabaId) && isMetaId(phoneNumberId)
      ? { ok: true, phoneNumberId, wabaId }
      : { ok: false, errors: { number: "Pick a number" } };
  }
  const phoneNumberId = fields.phone_number_id?.trim() ?? "";
  const wabaId = fields.waba_id?.trim() ?? "";
  if (isMetaId(phoneNumberId) && isMetaId(wabaId)) return { ok: true, phoneNumberId, wabaId };
  const wording = "The id is digits, as shown in Meta's console";
  return {
    ok: false,
    errors: {
      ...(isMetaId(phoneNumberId) ? {} : { phone_number_id: wording }),
      ...(isMetaId(wabaId) ? {} : { waba_id: wording }),
    },
  };
}

function isMetaId(text: string): boolean {
  return /^[0-9]{5,25}$/.test(text);
}
