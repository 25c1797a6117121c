/**
 * Whether Meta can call this server back: its public address must be https with a name or address of the internet.
 * Judged by its form alone; whether it really leads here, only Meta's handshake shows.
 */
import { findMediaUrlProblem } from "@/lib/public_url.ts";

/** Where Meta is to send events to. */
export interface CallbackAddress {
  url: string;
  /** Why Meta cannot reach it; null: nothing speaks against it. */
  problem: string | null;
}

/** The callback URL of an integration. */
export function callbackAddress(
  config: { appUrl: string; appUrlGiven: boolean },
  integrationId: string,
): CallbackAddress {
  return {
    url: `${config.appUrl}/webhooks/whatsapp/${integrationId}`,
    problem: findAddressProblem(config),
  };
}

/** Why Meta cannot reach this server at its address, or null. */
export function findAddressProblem(
  config: { appUrl: string; appUrlGiven: boolean },
): string | null {
  const { protocol, hostname } = new URL(config.appUrl);
  if (!config.appUrlGiven) {
    return "APP_URL is not set, so this server does not know its public address.";
  }
  if (findMediaUrlProblem(`${config.appUrl}/`) !== null) {
    return `APP_URL names "${hostname}", which only your own network can reach.`;
  }
  if (protocol !== "https:") {
    return `APP_URL is ${config.appUrl}: Meta only calls https addresses with a valid certificate.`;
  }
  return null;
}
