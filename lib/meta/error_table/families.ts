/**
 * Rows that cover whole ranges of codes: permissions, and features of WhatsApp
 * that this product does not send (calls, blocking, flows, usernames, template
 * creation). Source: Meta's error codes page. A code with a row of its own in
 * another file wins over its range.
 */
import { type MetaErrorEntry, permanent, senderBlocked } from "@/lib/meta/error_table/entry.ts";

/** A range of codes, both ends included, that share one row. */
export interface MetaErrorFamily {
  from: number;
  to: number;
  entry: MetaErrorEntry;
}

const MANAGEMENT = permanent(
  "Account management error",
  "The error concerns templates, migration or account set-up. Read Meta's message and repair it in WhatsApp Manager.",
);

/** The ranges, without overlap. */
export const ERROR_FAMILIES: readonly MetaErrorFamily[] = [
  {
    from: 200,
    to: 299,
    entry: senderBlocked(
      "Permission missing",
      "The token lacks a permission. Grant whatsapp_business_messaging and whatsapp_business_management to the system user, then create a new token.",
    ),
  },
  {
    from: 138000,
    to: 138999,
    entry: permanent(
      "Calling error",
      "The error concerns WhatsApp calls. Check the number's call settings in WhatsApp Manager.",
    ),
  },
  {
    from: 139000,
    to: 139004,
    entry: permanent(
      "Flow error",
      "The error concerns a flow. Check the flow in WhatsApp Manager.",
    ),
  },
  {
    from: 139100,
    to: 139103,
    entry: permanent(
      "Blocking error",
      "The error concerns blocking users. Check the list of blocked users in WhatsApp Manager.",
    ),
  },
  {
    from: 147001,
    to: 147005,
    entry: permanent(
      "Username error",
      "The error concerns the business username. Check it in WhatsApp Manager.",
    ),
  },
  { from: 200005, to: 200007, entry: MANAGEMENT },
  { from: 1752041, to: 1752041, entry: MANAGEMENT },
  { from: 2388000, to: 2388999, entry: MANAGEMENT },
  { from: 2494000, to: 2494999, entry: MANAGEMENT },
  { from: 2593107, to: 2593108, entry: MANAGEMENT },
];
