/**
 * What has to be done at Meta once for a number: registering it for the Cloud API, and subscribing the app to its
 * business account, without which no event ever comes. Both may be repeated. Sources: Meta, "Register a phone number"
 * and "Subscribed apps".
 */
import { callGraph, type GraphCaller, type LookupFailure } from "@/lib/meta/graph_call.ts";
import { isJsonObject } from "@/lib/meta/meta_error.ts";
import type { GraphTransport } from "@/lib/meta/transport.ts";

/** The ids of the apps that receive an account's events. */
export type SubscribedAppsResult = { ok: true; appIds: string[] } | LookupFailure;

/** Whether an order was carried out. */
export type OrderResult = { ok: true } | LookupFailure;

/** Asks which apps are subscribed to a WhatsApp Business account. */
export async function fetchSubscribedApps(
  transport: GraphTransport,
  options: GraphCaller & { wabaId: string },
): Promise<SubscribedAppsResult> {
  const { wabaId, accessToken, signal } = options;
  const answer = await callGraph(transport, {
    method: "GET",
    path: `/${encodeURIComponent(wabaId)}/subscribed_apps`,
    accessToken,
    signal,
  });
  if (!answer.ok) return answer;
  const { data } = answer.body;
  if (!Array.isArray(data)) return answer.unreadable;
  const appIds = data.flatMap((item) => {
    const app = isJsonObject(item) ? item.whatsapp_business_api_data : undefined;
    return isJsonObject(app) && typeof app.id === "string" ? [app.id] : [];
  });
  return { ok: true, appIds };
}

/** Subscribes the token's app to a WhatsApp Business account. */
export async function subscribeApp(
  transport: GraphTransport,
  options: GraphCaller & { wabaId: string },
): Promise<OrderResult> {
  const { wabaId, accessToken, signal } = options;
  return toOrderResult(
    await callGraph(transport, {
      method: "POST",
      path: `/${encodeURIComponent(wabaId)}/subscribed_apps`,
      accessToken,
      signal,
    }),
  );
}

/** Registers a number for the Cloud API; `pin` is its two-step verification PIN, six digits. */
export async function registerNumber(
  transport: GraphTransport,
  options: GraphCaller & { phoneNumberId: string; pin: string },
): Promise<OrderResult> {
  const { phoneNumberId, pin, accessToken, signal } = options;
  return toOrderResult(
    await callGraph(transport, {
      method: "POST",
      path: `/${encodeURIComponent(phoneNumberId)}/register`,
      body: { messaging_product: "whatsapp", pin },
      accessToken,
      signal,
    }),
  );
}

function toOrderResult(answer: Awaited<ReturnType<typeof callGraph>>): OrderResult {
  if (!answer.ok) return answer;
  return answer.body.success === true ? { ok: true } : answer.unreadable;
}
