/**
 * The sandbox's calls that prepare a number at Meta: registering it with its PIN, and subscribing an app to the events
 * of its business account. Sources: Meta, "Register a phone number" and "Subscribed apps".
 */
import type { SandboxOptions, SandboxRequest } from "@/lib/meta/sandbox/contract.ts";
import { httpUrl, object, oneOf, text } from "@/lib/meta/sandbox/json_shape.ts";
import { parseBody } from "@/lib/meta/sandbox/message_shape.ts";
import { SandboxRefusal } from "@/lib/meta/sandbox/refusal.ts";

/** A Meta app. */
export interface SandboxApp {
  id: string;
  name: string;
}

const registerShape = object(
  {
    messaging_product: oneOf("whatsapp"),
    pin: text({ pattern: /^[0-9]{6}$/, expected: "a PIN of 6 digits" }),
  },
  { data_localization_region: text({ pattern: /^[A-Z]{2}$/, expected: "a country code" }) },
);

const subscribeShape = object({}, { override_callback_uri: httpUrl, verify_token: text() });

const DETAILS: Readonly<Record<number, string>> = {
  133005: "The two-step verification PIN does not match.",
  133006: "The phone number has to be verified before it is registered.",
};

/** Answers `POST /{phone number id}/register`. */
export function registerNumber(
  request: SandboxRequest,
  context: { phoneNumberId: string; options: SandboxOptions },
): Record<string, unknown> {
  const body = parseBody(request.body);
  registerShape(body, "register");
  const code = context.options.registerNumber?.(context.phoneNumberId, String(body.pin)) ?? null;
  if (code === null) return { success: true };
  throw new SandboxRefusal(code, DETAILS[code] ?? "The phone number cannot be registered.");
}

/** Answers `GET /{WABA id}/subscribed_apps`. */
export function subscribedApps(wabaId: string, options: SandboxOptions): Record<string, unknown> {
  const apps = options.listSubscribedApps?.(wabaId) ?? [{ id: "100000000000001", name: "Sandbox" }];
  return {
    data: apps.map(({ id, name }) => ({
      whatsapp_business_api_data: {
        id,
        name,
        link: `https://www.facebook.com/games/?app_id=${id}`,
      },
    })),
  };
}

/** Answers `POST /{WABA id}/subscribed_apps`: without a body, or with a callback URL of the account's own. */
export function subscribeApp(
  request: SandboxRequest,
  context: { wabaId: string; accessToken: string; options: SandboxOptions },
): Record<string, unknown> {
  if (request.body !== null) subscribeShape(parseBody(request.body), "subscribed_apps");
  context.options.subscribeApp?.(context.wabaId, context.accessToken);
  return { success: true };
}
