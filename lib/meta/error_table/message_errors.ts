/**
 * Rows for the codes of single messages, recipients and sending accounts (130xxx,
 * 131xxx, 134xxx, 135000, 137000). Source: Meta's error codes page for the Cloud
 * API. Most can also arrive later, in a `failed` status webhook; 131045 comes
 * with HTTP 500 although it is a definite refusal.
 */
import {
  ambiguous,
  type MetaErrorEntry,
  pairLimited,
  permanent,
  senderBlocked,
  throttled,
} from "@/lib/meta/error_table/entry.ts";

/** Codes about a message, its recipient or the account that sends it. */
export const MESSAGE_ERRORS: Readonly<Record<number, MetaErrorEntry>> = {
  130403: permanent(
    "User blocked by the business",
    "Your business has blocked this user. Unblock them in WhatsApp Manager before sending.",
  ),
  130429: throttled(
    "Rate limit hit",
    "The phone number sends more messages per second than its throughput allows. Spread the sends over time.",
  ),
  130472: permanent(
    "User is part of an experiment",
    "Meta withholds marketing messages from this user for an experiment. Nothing is wrong with the request: use another category or channel.",
  ),
  130497: permanent(
    "Country restricted",
    "The WhatsApp account may not message people in this country. Read Meta's messaging policy for your kind of business.",
  ),
  131000: ambiguous(
    "Something went wrong",
    "Meta reports an unknown error. Wait for the status webhook before sending again, and give Meta's support the trace ID if it repeats.",
  ),
  131005: senderBlocked(
    "Access denied",
    "The token may not use this number. Grant whatsapp_business_messaging to the system user and save a new token.",
  ),
  131008: permanent(
    "Required parameter is missing",
    "A required field is missing: Meta's message names it. For a template, check that every variable has a value that is not empty.",
  ),
  131009: permanent(
    "Parameter value is not valid",
    "A field has a value that Meta does not accept: its message names the field. A template approved only minutes ago may work a little later.",
  ),
  131016: ambiguous(
    "Service unavailable",
    "A service of Meta is down. Look at metastatus.com/whatsapp-business-api, then wait for the status webhook before sending again.",
  ),
  131021: permanent(
    "Recipient cannot be the sender",
    "The recipient is the sending number itself. Send to another number.",
  ),
  131026: permanent(
    "Message undeliverable",
    "The recipient is not on WhatsApp, has an old app, has not accepted the terms, or has blocked you. Check the number and ask the person through another channel.",
  ),
  131030: permanent(
    "Recipient not in allowed list",
    "A test number can message only the recipients on its list. Add this one in the App Dashboard under WhatsApp, API Setup, or send from a live number.",
  ),
  131031: senderBlocked(
    "Account locked",
    "Meta has locked or disabled the WhatsApp account, or data such as the PIN does not match. Read the reason in Business Manager and appeal there.",
  ),
  131037: senderBlocked(
    "Display name not approved",
    "The sending number needs an approved display name first. Request one in WhatsApp Manager.",
  ),
  131042: senderBlocked(
    "Payment problem",
    "The WhatsApp account has no valid payment method, currency or time zone. Repair it in Meta's Billing Hub.",
  ),
  131044: permanent(
    "Payment problem for calls",
    "Calls need a valid payment method. Repair it in Meta's Billing Hub.",
  ),
  131045: senderBlocked(
    "Number registration error",
    "The phone number is not registered correctly for the Cloud API. Register it again in WhatsApp Manager.",
  ),
  131047: permanent(
    "Re-engagement message",
    "More than 24 hours have passed since the person last wrote to you. Send an approved template instead.",
  ),
  131048: permanent(
    "Spam rate limit hit",
    "Too many earlier messages of this number were blocked or reported. Pause campaigns and look at the number's quality rating in WhatsApp Manager.",
  ),
  131049: permanent(
    "Not delivered to keep the ecosystem healthy",
    "Meta limits how many marketing messages a person gets. Do not resend at once: wait at least 24 hours, longer each time.",
  ),
  131050: permanent(
    "User has stopped marketing messages",
    "The person opted out of marketing messages from you. Stop sending them marketing templates.",
  ),
  131051: permanent(
    "Unsupported message type",
    "Meta does not support this kind of message. Use text, a template, or a supported media type.",
  ),
  131052: permanent(
    "Media download error",
    "Meta could not fetch the file that the person sent. Ask them to send it again.",
  ),
  131053: permanent(
    "Media upload error",
    "Meta could not fetch or process your media. Check that the URL is public, has the right Content-Type, and that format and size are supported.",
  ),
  131055: permanent(
    "Method not allowed",
    "This kind of message cannot be sent through the Marketing Messages API. Send it through the Cloud API.",
  ),
  131056: pairLimited(
    "Too many messages to this recipient",
    "Too many messages went to this person in a short time: one every 6 seconds is allowed. Wait, then send again.",
  ),
  131057: throttled(
    "Account in maintenance",
    "The number is in maintenance, for instance for a throughput upgrade. Try again in a minute.",
  ),
  131062: permanent(
    "User ID not allowed for this message",
    "This kind of template cannot be sent to a WhatsApp user ID. Send it to the person's phone number.",
  ),
  131063: permanent(
    "Marketing templates disabled",
    "Marketing templates are switched off for this account in the Cloud API. Change that setting in WhatsApp Manager.",
  ),
  131064: permanent(
    "Limited for wrong template categories",
    "Meta limits the account because templates are in the wrong category. Correct their categories; the limit ends by itself.",
  ),
  134011: permanent(
    "Payments terms not accepted",
    "The terms of WhatsApp Payments are not accepted yet. Accept them in WhatsApp Manager.",
  ),
  134100: permanent(
    "Marketing templates only",
    "The Marketing Messages API takes marketing templates alone. Send this template through the Cloud API.",
  ),
  134101: permanent(
    "Template still synchronising",
    "Meta is still preparing this template, which takes up to 10 minutes. Send again later.",
  ),
  134102: permanent(
    "Template unavailable",
    "The template cannot be used with the Marketing Messages API. Check its state in WhatsApp Manager.",
  ),
  135000: permanent(
    "Generic user error",
    "Meta refused the request without saying which field is wrong. Check the template's parameters and the recipient.",
  ),
  137000: permanent(
    "Identity check failed",
    "The person's identity key has changed. Verify the person again before sending.",
  ),
};
