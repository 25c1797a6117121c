/**
 * Rows for registering a phone number (133xxx). Source: Meta's error codes page
 * for the Cloud API. Of these only 133010 is met by ordinary sends; 133000
 * comes with HTTP 500 although it is a definite refusal.
 */
import {
  ambiguous,
  type MetaErrorEntry,
  permanent,
  senderBlocked,
} from "@/lib/meta/error_table/entry.ts";

/** Codes about registering a number and its two-step PIN. */
export const REGISTRATION_ERRORS: Readonly<Record<number, MetaErrorEntry>> = {
  133000: permanent(
    "Deregistration incomplete",
    "An earlier deregistration did not finish. Deregister the number again, then register it.",
  ),
  133004: ambiguous(
    "Server temporarily unavailable",
    "Meta's registration service is down. Look at metastatus.com/whatsapp-business-api and try again later.",
  ),
  133005: permanent(
    "Two-step PIN mismatch",
    "The PIN is wrong. Reset the two-step PIN in WhatsApp Manager; do not guess it.",
  ),
  133006: permanent(
    "Number must be verified first",
    "The number is not verified. Request a code, verify the number, then register it.",
  ),
  133008: permanent(
    "Too many PIN attempts",
    "The PIN was guessed too often. Wait for the time that Meta's message names.",
  ),
  133009: permanent(
    "PIN entered too fast",
    "The PIN was tried again too quickly. Wait a little, then enter it once.",
  ),
  133010: senderBlocked(
    "Phone number not registered",
    "The number is not registered for the Cloud API. Register it in WhatsApp Manager.",
  ),
  133015: permanent(
    "Number was deleted recently",
    "The number was deleted a moment ago. Wait 5 minutes, then register it.",
  ),
  133016: permanent(
    "Registration limit reached",
    "The number was registered and deregistered too often. Wait for the time that Meta's message names.",
  ),
};
