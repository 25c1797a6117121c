/**
 * Rows for the Graph API's own codes: authentication, permissions, call limits
 * and outages. Source: Meta's error codes page for the Cloud API and the Graph
 * API's general codes. Code 3 comes with HTTP 500 although it is a definite
 * refusal, and code 1 with HTTP 400 although its outcome is open.
 */
import {
  ambiguous,
  type MetaErrorEntry,
  permanent,
  senderBlocked,
  throttled,
} from "@/lib/meta/error_table/entry.ts";

/** Graph API codes below 10000, 80007 and the maintenance code 2494100. */
export const PLATFORM_ERRORS: Readonly<Record<number, MetaErrorEntry>> = {
  0: senderBlocked(
    "Authentication failed",
    "Meta could not authenticate the app's user. Create a new system user token and save it in the WhatsApp settings.",
  ),
  1: ambiguous(
    "Invalid request or server error",
    "Meta reports either a malformed request or a fault of its own. Look at metastatus.com/whatsapp-business-api, then wait for the status webhook before sending again.",
  ),
  2: ambiguous(
    "Service temporarily unavailable",
    "Meta is overloaded or down. Look at metastatus.com/whatsapp-business-api, then wait for the status webhook before sending again.",
  ),
  3: senderBlocked(
    "Capability or permission missing",
    "The app lacks a capability or permission. Give the token whatsapp_business_messaging and whatsapp_business_management, then save it again.",
  ),
  4: throttled(
    "App call limit reached",
    "The app makes too many calls. Send more slowly and look at the app's rate limits in Meta's App Dashboard.",
  ),
  10: senderBlocked(
    "Permission denied",
    "A permission was not granted or was removed. Check the token in Meta's token debugger and grant whatsapp_business_messaging again.",
  ),
  17: throttled(
    "User call limit reached",
    "Too many calls were made with this token. Send more slowly.",
  ),
  33: permanent(
    "Phone number not found",
    "The phone number ID is wrong or its number was deleted. Check the phone number ID in the WhatsApp settings.",
  ),
  100: permanent(
    "Invalid parameter",
    "Meta refused a field of the request: its message names the field. With subcode 33 the phone number ID is wrong or the token has no access to it.",
  ),
  104: permanent(
    "Access token missing",
    "Meta received no access token. Save the token in the WhatsApp settings again.",
  ),
  190: senderBlocked(
    "Access token expired or invalid",
    "Meta no longer accepts the access token. Create a new permanent system user token and save it in the WhatsApp settings.",
  ),
  200: senderBlocked(
    "Permission missing",
    "The token may not act for this number. Give the system user access to the WhatsApp account and the app, then create a new token.",
  ),
  368: senderBlocked(
    "Account blocked for policy violations",
    "Meta has blocked the WhatsApp account for a policy violation. Read the reason in Business Manager and appeal there.",
  ),
  613: throttled(
    "Call limit reached",
    "A custom rate limit of the Graph API was hit. Send more slowly.",
  ),
  803: permanent(
    "Object not found",
    "An ID in the request does not exist. Check the phone number ID and the WhatsApp account ID.",
  ),
  80007: throttled(
    "Account call limit reached",
    "The WhatsApp account made too many management calls this hour. Wait, and send more slowly.",
  ),
  2494100: throttled(
    "Number in maintenance",
    "Meta is maintaining this phone number. Try again in a few minutes.",
  ),
};
