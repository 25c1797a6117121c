/** Judges a phone number as Meta describes it: found, in good standing, registered for the Cloud API. */
import type { PhoneNumberInfo, PhoneNumberResult } from "@/lib/meta/numbers.ts";
import type { SubscribedAppsResult } from "@/lib/meta/onboarding.ts";
import { bad, type Check, good, unanswered } from "@/lib/whatsapp/checks.ts";

/** States of a number in which it cannot send. Source: Meta, phone number reference; the list is open. */
const DEAD_STATES = ["BANNED", "DISCONNECTED", "MIGRATED", "RESTRICTED"];

/** Whether the number is there, and how it stands. */
export function checkNumber(result: PhoneNumberResult): Check {
  if (!result.ok) return unanswered("number", result);
  const number = result.phoneNumber;
  const detail = describeNumber(number);
  if (number.status !== null && DEAD_STATES.includes(number.status)) {
    return bad("number", {
      detail,
      fix: "Look at the number in WhatsApp Manager, which says why it cannot send.",
    });
  }
  if (number.qualityRating === "RED" || number.status === "FLAGGED") {
    return bad("number", {
      state: "warn",
      detail,
      fix:
        "People block or report this number's messages: send fewer and more wanted ones, or Meta limits it.",
    });
  }
  return good("number", detail);
}

/** Whether the number is registered, without which every send fails. */
export function checkRegistration(result: PhoneNumberResult): Check {
  if (!result.ok) {
    return bad("registration", {
      state: "unknown",
      detail: "Not known: Meta did not describe the number.",
      fix: null,
    });
  }
  const number = result.phoneNumber;
  if (isTestNumber(number)) {
    return good("registration", "A test number of Meta's, which needs no registration.");
  }
  if (number.platformType === "CLOUD_API") {
    return good("registration", "Registered for the Cloud API.");
  }
  if (number.codeVerificationStatus === "NOT_VERIFIED") {
    return bad("registration", {
      detail: "Not registered, and its ownership is not verified.",
      fix:
        "Verify the number in WhatsApp Manager by the code that Meta sends to it, then register it here.",
    });
  }
  if (number.platformType === null) {
    return bad("registration", {
      state: "unknown",
      detail: "Meta did not say whether the number is registered.",
      fix: "If sends fail with code 133010, register it.",
    });
  }
  return bad("registration", {
    detail: "Not registered for the Cloud API: every send fails.",
    fix: "Register it with its two-step verification PIN.",
  });
}

/** Whether the token's app gets the events of the number's account. */
export function checkSubscription(
  result: SubscribedAppsResult,
  app: { id: string | null; name: string | null },
): Check {
  if (!result.ok) return unanswered("subscription", result);
  const fix = "Subscribe the app: without that, no delivery status and no reply ever arrives.";
  if (result.appIds.length === 0) {
    return bad("subscription", {
      detail: "No app is subscribed to the WhatsApp Business account.",
      fix,
    });
  }
  const name = app.name === null ? "The app" : `The app "${app.name}"`;
  if (app.id === null) {
    return bad("subscription", {
      state: "unknown",
      detail: "An app is subscribed, but Meta did not say whether it is the token's.",
      fix: "Subscribing again does no harm.",
    });
  }
  return result.appIds.includes(app.id)
    ? good("subscription", `${name} gets the account's events.`)
    : bad("subscription", { detail: `${name} is not subscribed to the account.`, fix });
}

/** Whether it is one of the numbers that Meta lends for trying things out. They take no PIN. */
export function isTestNumber(number: PhoneNumberInfo): boolean {
  if (number.accountMode === "SANDBOX") return true;
  // Meta names them so; a number of one's own cannot have this name.
  return number.verifiedName === "Test Number";
}

/** Number, name, standing in one line. */
export function describeNumber(number: PhoneNumberInfo): string {
  return `${number.displayPhoneNumber ?? number.id}, ${describeStanding(number)}`;
}

/** Name and standing in one line. */
export function describeStanding(number: PhoneNumberInfo): string {
  const parts = [
    number.verifiedName ?? "no name",
    ...(number.qualityRating === null
      ? []
      : [`quality ${QUALITY[number.qualityRating] ?? "not rated yet"}`]),
    ...(number.status === null ? [] : [number.status.toLowerCase().replaceAll("_", " ")]),
  ];
  return `${parts.join(" · ")}.`;
}

const QUALITY: Readonly<Record<string, string>> = {
  GREEN: "high",
  YELLOW: "medium",
  RED: "low",
};
