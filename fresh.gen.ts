/**
 * Generated from routes/ and islands/ by "deno task manifest": do not edit.
 * Registers every middleware, layout, error page and route of the application,
 * in the order in which they take effect, and marks the islands.
 */
import type { App, Middleware, RouteConfig } from "fresh";
import type { State } from "@/lib/state.ts";
import * as island_islands_ApiReference from "./islands/ApiReference.tsx";
import * as island_islands_ConfirmDialog from "./islands/ConfirmDialog.tsx";
import * as island_islands_CopyButton from "./islands/CopyButton.tsx";
import * as island_islands_DismissibleToast from "./islands/DismissibleToast.tsx";
import * as island_islands_KeyCountdown from "./islands/KeyCountdown.tsx";
import * as island_islands_KeyFirstRequest from "./islands/KeyFirstRequest.tsx";
import * as island_islands_KeyPermissions from "./islands/KeyPermissions.tsx";
import * as island_islands_LiveUpdates from "./islands/LiveUpdates.tsx";
import * as island_islands_MessageLive from "./islands/MessageLive.tsx";
import * as island_islands_PlaygroundForm from "./islands/PlaygroundForm.tsx";
import * as island_islands_PlaygroundPreview from "./islands/PlaygroundPreview.tsx";
import * as island_islands_PlaygroundResult from "./islands/PlaygroundResult.tsx";
import * as island_islands_PlaygroundSamples from "./islands/PlaygroundSamples.tsx";
import * as island_islands_RelativeTime from "./islands/RelativeTime.tsx";
import * as island_islands_WhatsappLive from "./islands/WhatsappLive.tsx";
import * as route__404 from "./routes/_404.tsx";
import * as route__access__error from "./routes/(access)/_error.tsx";
import * as route__access__middleware from "./routes/(access)/_middleware.ts";
import * as route__access_invite_token from "./routes/(access)/invite/[token].tsx";
import * as route__access_login from "./routes/(access)/login.tsx";
import * as route__access_logout from "./routes/(access)/logout.ts";
import * as route__access_setup_index from "./routes/(access)/setup/index.tsx";
import * as route__access_setup_token from "./routes/(access)/setup/[token].tsx";
import * as route__admin__error from "./routes/(admin)/_error.tsx";
import * as route__admin__layout from "./routes/(admin)/_layout.tsx";
import * as route__admin__middleware from "./routes/(admin)/_middleware.ts";
import * as route__admin_conversations_id_erase from "./routes/(admin)/conversations/[id]/erase.tsx";
import * as route__admin_conversations_id_index from "./routes/(admin)/conversations/[id]/index.tsx";
import * as route__admin_conversations_id_read from "./routes/(admin)/conversations/[id]/read.ts";
import * as route__admin_conversations_id_simulate from "./routes/(admin)/conversations/[id]/simulate.tsx";
import * as route__admin_conversations_id_status from "./routes/(admin)/conversations/[id]/status.ts";
import * as route__admin_conversations_index from "./routes/(admin)/conversations/index.tsx";
import * as route__admin_events from "./routes/(admin)/events.ts";
import * as route__admin_index from "./routes/(admin)/index.tsx";
import * as route__admin_keys_id_edit from "./routes/(admin)/keys/[id]/edit.tsx";
import * as route__admin_keys_id_first_request from "./routes/(admin)/keys/[id]/first-request.ts";
import * as route__admin_keys_id_index from "./routes/(admin)/keys/[id]/index.tsx";
import * as route__admin_keys_id_revoke from "./routes/(admin)/keys/[id]/revoke.tsx";
import * as route__admin_keys_id_rotate from "./routes/(admin)/keys/[id]/rotate.tsx";
import * as route__admin_keys_index from "./routes/(admin)/keys/index.tsx";
import * as route__admin_keys_new from "./routes/(admin)/keys/new.tsx";
import * as route__admin_messages_id_index from "./routes/(admin)/messages/[id]/index.tsx";
import * as route__admin_messages_id_media from "./routes/(admin)/messages/[id]/media.ts";
import * as route__admin_messages_index from "./routes/(admin)/messages/index.tsx";
import * as route__admin_path from "./routes/(admin)/[...path].ts";
import * as route__admin_playground_check from "./routes/(admin)/playground/check.ts";
import * as route__admin_playground_index from "./routes/(admin)/playground/index.tsx";
import * as route__admin_playground_send from "./routes/(admin)/playground/send.ts";
import * as route__admin_requests_id from "./routes/(admin)/requests/[id].tsx";
import * as route__admin_requests_index from "./routes/(admin)/requests/index.tsx";
import * as route__admin_settings_audit from "./routes/(admin)/settings/audit.tsx";
import * as route__admin_settings_data from "./routes/(admin)/settings/data.tsx";
import * as route__admin_settings_export from "./routes/(admin)/settings/export.ts";
import * as route__admin_settings_index from "./routes/(admin)/settings/index.tsx";
import * as route__admin_settings_sessions from "./routes/(admin)/settings/sessions.tsx";
import * as route__admin_settings_team from "./routes/(admin)/settings/team.tsx";
import * as route__admin_whatsapp__middleware from "./routes/(admin)/whatsapp/_middleware.ts";
import * as route__admin_whatsapp_check from "./routes/(admin)/whatsapp/check.ts";
import * as route__admin_whatsapp_connect from "./routes/(admin)/whatsapp/connect.tsx";
import * as route__admin_whatsapp_discard from "./routes/(admin)/whatsapp/discard.ts";
import * as route__admin_whatsapp_disconnect from "./routes/(admin)/whatsapp/disconnect.tsx";
import * as route__admin_whatsapp_index from "./routes/(admin)/whatsapp/index.tsx";
import * as route__admin_whatsapp_number from "./routes/(admin)/whatsapp/number.tsx";
import * as route__admin_whatsapp_proof from "./routes/(admin)/whatsapp/proof.tsx";
import * as route__admin_whatsapp_proof_status from "./routes/(admin)/whatsapp/proof-status.ts";
import * as route__admin_whatsapp_register from "./routes/(admin)/whatsapp/register.tsx";
import * as route__admin_whatsapp_secrets_name from "./routes/(admin)/whatsapp/secrets/[name].tsx";
import * as route__admin_whatsapp_sending_only from "./routes/(admin)/whatsapp/sending-only.ts";
import * as route__admin_whatsapp_subscribe from "./routes/(admin)/whatsapp/subscribe.ts";
import * as route__admin_whatsapp_webhook_status from "./routes/(admin)/whatsapp/webhook-status.ts";
import * as route__app from "./routes/_app.tsx";
import * as route__error from "./routes/_error.tsx";
import * as route_api_path from "./routes/api/[...path].ts";
import * as route_api_v1_contacts_id from "./routes/api/v1/contacts/[id].ts";
import * as route_api_v1_contacts_index from "./routes/api/v1/contacts/index.ts";
import * as route_api_v1_conversations_id_index from "./routes/api/v1/conversations/[id]/index.ts";
import * as route_api_v1_conversations_id_messages from "./routes/api/v1/conversations/[id]/messages.ts";
import * as route_api_v1_conversations_index from "./routes/api/v1/conversations/index.ts";
import * as route_api_v1_me from "./routes/api/v1/me.ts";
import * as route_api_v1_messages_id_index from "./routes/api/v1/messages/[id]/index.ts";
import * as route_api_v1_messages_id_media from "./routes/api/v1/messages/[id]/media.ts";
import * as route_api_v1_messages_index from "./routes/api/v1/messages/index.ts";
import * as route_api_v1_openapi_json from "./routes/api/v1/openapi.json.ts";
import * as route_docs_errors from "./routes/docs/errors.tsx";
import * as route_docs_index from "./routes/docs/index.tsx";
import * as route_docs_path from "./routes/docs/[...path].ts";
import * as route_healthz from "./routes/healthz.ts";
import * as route_metrics from "./routes/metrics.ts";
import * as route_readyz from "./routes/readyz.ts";
import * as route_webhooks_path from "./routes/webhooks/[...path].ts";
import * as route_webhooks_whatsapp_index from "./routes/webhooks/whatsapp/index.ts";
import * as route_webhooks_whatsapp_integration_id from "./routes/webhooks/whatsapp/[integration_id].ts";

interface RouteModule {
  default?: unknown;
  handler?: unknown;
  handlers?: unknown;
  config?: RouteConfig;
}

type Component = Parameters<App<State>["appWrapper"]>[0];

function component(module: RouteModule): Component {
  return module.default as Component;
}

function middlewares(module: RouteModule): Middleware<State>[] {
  const given = module.handlers ?? module.handler ?? module.default;
  return [given].flat() as Middleware<State>[];
}

function layoutConfig(module: RouteModule): RouteConfig {
  return module.config ?? {};
}

type Route = Exclude<
  Parameters<App<State>["notFound"]>[0],
  (...args: never[]) => unknown
>;

function route(module: RouteModule, url?: string): Route {
  const routeOverride = module.config?.routeOverride ?? url;
  return {
    handler: module.handlers ?? module.handler,
    component: module.default,
    config: { ...module.config, ...(routeOverride && { routeOverride }) },
  } as Route;
}

function island(module: string, exports: object): void {
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value !== "function") continue;
    const mark = { value: `${module}#${name}`, configurable: true };
    Object.defineProperty(value, Symbol.for("fresh.island"), mark);
  }
}

/** Registers all that routes/ holds. */
export default function registerRoutes(app: App<State>): void {
  island("islands/ApiReference.tsx", island_islands_ApiReference);
  island("islands/ConfirmDialog.tsx", island_islands_ConfirmDialog);
  island("islands/CopyButton.tsx", island_islands_CopyButton);
  island("islands/DismissibleToast.tsx", island_islands_DismissibleToast);
  island("islands/KeyCountdown.tsx", island_islands_KeyCountdown);
  island("islands/KeyFirstRequest.tsx", island_islands_KeyFirstRequest);
  island("islands/KeyPermissions.tsx", island_islands_KeyPermissions);
  island("islands/LiveUpdates.tsx", island_islands_LiveUpdates);
  island("islands/MessageLive.tsx", island_islands_MessageLive);
  island("islands/PlaygroundForm.tsx", island_islands_PlaygroundForm);
  island("islands/PlaygroundPreview.tsx", island_islands_PlaygroundPreview);
  island("islands/PlaygroundResult.tsx", island_islands_PlaygroundResult);
  island("islands/PlaygroundSamples.tsx", island_islands_PlaygroundSamples);
  island("islands/RelativeTime.tsx", island_islands_RelativeTime);
  island("islands/WhatsappLive.tsx", island_islands_WhatsappLive);
  app.appWrapper(component(route__app));
  app.notFound(route(route__404));
  app.onError("/", route(route__error));
  app.route(
    "/api/v1/contacts/",
    route(route_api_v1_contacts_index, "/api/v1/contacts"),
  );
  app.route(
    "/api/v1/contacts/",
    route(route_api_v1_contacts_id, "/api/v1/contacts/:id"),
  );
  app.route(
    "/api/v1/conversations/",
    route(route_api_v1_conversations_index, "/api/v1/conversations"),
  );
  app.route(
    "/api/v1/conversations/:id/",
    route(route_api_v1_conversations_id_index, "/api/v1/conversations/:id"),
  );
  app.route(
    "/api/v1/conversations/:id/",
    route(route_api_v1_conversations_id_messages, "/api/v1/conversations/:id/messages"),
  );
  app.route("/api/v1/", route(route_api_v1_me, "/api/v1/me"));
  app.route(
    "/api/v1/messages/",
    route(route_api_v1_messages_index, "/api/v1/messages"),
  );
  app.route(
    "/api/v1/messages/:id/",
    route(route_api_v1_messages_id_index, "/api/v1/messages/:id"),
  );
  app.route(
    "/api/v1/messages/:id/",
    route(route_api_v1_messages_id_media, "/api/v1/messages/:id/media"),
  );
  app.route(
    "/api/v1/",
    route(route_api_v1_openapi_json, "/api/v1/openapi.json"),
  );
  app.route("/api/", route(route_api_path, "/api/:path*"));
  app.route("/docs/", route(route_docs_index, "/docs"));
  app.route("/docs/", route(route_docs_errors, "/docs/errors"));
  app.route("/docs/", route(route_docs_path, "/docs/:path*"));
  app.route("/", route(route_healthz, "/healthz"));
  app.route("/", route(route_metrics, "/metrics"));
  app.route("/", route(route_readyz, "/readyz"));
  app.route(
    "/webhooks/whatsapp/",
    route(route_webhooks_whatsapp_index, "/webhooks/whatsapp"),
  );
  app.route(
    "/webhooks/whatsapp/",
    route(route_webhooks_whatsapp_integration_id, "/webhooks/whatsapp/:integration_id"),
  );
  app.route("/webhooks/", route(route_webhooks_path, "/webhooks/:path*"));
  app.use("/(access)", ...middlewares(route__access__middleware));
  app.onError("/(access)", route(route__access__error));
  app.route(
    "/(access)/invite/",
    route(route__access_invite_token, "/invite/:token"),
  );
  app.route("/(access)/", route(route__access_login, "/login"));
  app.route("/(access)/", route(route__access_logout, "/logout"));
  app.route("/(access)/setup/", route(route__access_setup_index, "/setup"));
  app.route(
    "/(access)/setup/",
    route(route__access_setup_token, "/setup/:token"),
  );
  app.use("/(admin)", ...middlewares(route__admin__middleware));
  app.layout(
    "/(admin)",
    component(route__admin__layout),
    layoutConfig(route__admin__layout),
  );
  app.onError("/(admin)", route(route__admin__error));
  app.route("/(admin)/", route(route__admin_index, "/"));
  app.route(
    "/(admin)/conversations/",
    route(route__admin_conversations_index, "/conversations"),
  );
  app.route(
    "/(admin)/conversations/:id/",
    route(route__admin_conversations_id_index, "/conversations/:id"),
  );
  app.route(
    "/(admin)/conversations/:id/",
    route(route__admin_conversations_id_erase, "/conversations/:id/erase"),
  );
  app.route(
    "/(admin)/conversations/:id/",
    route(route__admin_conversations_id_read, "/conversations/:id/read"),
  );
  app.route(
    "/(admin)/conversations/:id/",
    route(route__admin_conversations_id_simulate, "/conversations/:id/simulate"),
  );
  app.route(
    "/(admin)/conversations/:id/",
    route(route__admin_conversations_id_status, "/conversations/:id/status"),
  );
  app.route("/(admin)/", route(route__admin_events, "/events"));
  app.route("/(admin)/keys/", route(route__admin_keys_index, "/keys"));
  app.route("/(admin)/keys/", route(route__admin_keys_new, "/keys/new"));
  app.route(
    "/(admin)/keys/:id/",
    route(route__admin_keys_id_index, "/keys/:id"),
  );
  app.route(
    "/(admin)/keys/:id/",
    route(route__admin_keys_id_edit, "/keys/:id/edit"),
  );
  app.route(
    "/(admin)/keys/:id/",
    route(route__admin_keys_id_first_request, "/keys/:id/first-request"),
  );
  app.route(
    "/(admin)/keys/:id/",
    route(route__admin_keys_id_revoke, "/keys/:id/revoke"),
  );
  app.route(
    "/(admin)/keys/:id/",
    route(route__admin_keys_id_rotate, "/keys/:id/rotate"),
  );
  app.route(
    "/(admin)/messages/",
    route(route__admin_messages_index, "/messages"),
  );
  app.route(
    "/(admin)/messages/:id/",
    route(route__admin_messages_id_index, "/messages/:id"),
  );
  app.route(
    "/(admin)/messages/:id/",
    route(route__admin_messages_id_media, "/messages/:id/media"),
  );
  app.route(
    "/(admin)/playground/",
    route(route__admin_playground_index, "/playground"),
  );
  app.route(
    "/(admin)/playground/",
    route(route__admin_playground_check, "/playground/check"),
  );
  app.route(
    "/(admin)/playground/",
    route(route__admin_playground_send, "/playground/send"),
  );
  app.route(
    "/(admin)/requests/",
    route(route__admin_requests_index, "/requests"),
  );
  app.route(
    "/(admin)/requests/",
    route(route__admin_requests_id, "/requests/:id"),
  );
  app.route(
    "/(admin)/settings/",
    route(route__admin_settings_index, "/settings"),
  );
  app.route(
    "/(admin)/settings/",
    route(route__admin_settings_audit, "/settings/audit"),
  );
  app.route(
    "/(admin)/settings/",
    route(route__admin_settings_data, "/settings/data"),
  );
  app.route(
    "/(admin)/settings/",
    route(route__admin_settings_export, "/settings/export"),
  );
  app.route(
    "/(admin)/settings/",
    route(route__admin_settings_sessions, "/settings/sessions"),
  );
  app.route(
    "/(admin)/settings/",
    route(route__admin_settings_team, "/settings/team"),
  );
  app.use(
    "/(admin)/whatsapp",
    ...middlewares(route__admin_whatsapp__middleware),
  );
  app.route(
    "/(admin)/whatsapp/",
    route(route__admin_whatsapp_index, "/whatsapp"),
  );
  app.route(
    "/(admin)/whatsapp/",
    route(route__admin_whatsapp_check, "/whatsapp/check"),
  );
  app.route(
    "/(admin)/whatsapp/",
    route(route__admin_whatsapp_connect, "/whatsapp/connect"),
  );
  app.route(
    "/(admin)/whatsapp/",
    route(route__admin_whatsapp_discard, "/whatsapp/discard"),
  );
  app.route(
    "/(admin)/whatsapp/",
    route(route__admin_whatsapp_disconnect, "/whatsapp/disconnect"),
  );
  app.route(
    "/(admin)/whatsapp/",
    route(route__admin_whatsapp_number, "/whatsapp/number"),
  );
  app.route(
    "/(admin)/whatsapp/",
    route(route__admin_whatsapp_proof, "/whatsapp/proof"),
  );
  app.route(
    "/(admin)/whatsapp/",
    route(route__admin_whatsapp_proof_status, "/whatsapp/proof-status"),
  );
  app.route(
    "/(admin)/whatsapp/",
    route(route__admin_whatsapp_register, "/whatsapp/register"),
  );
  app.route(
    "/(admin)/whatsapp/secrets/",
    route(route__admin_whatsapp_secrets_name, "/whatsapp/secrets/:name"),
  );
  app.route(
    "/(admin)/whatsapp/",
    route(route__admin_whatsapp_sending_only, "/whatsapp/sending-only"),
  );
  app.route(
    "/(admin)/whatsapp/",
    route(route__admin_whatsapp_subscribe, "/whatsapp/subscribe"),
  );
  app.route(
    "/(admin)/whatsapp/",
    route(route__admin_whatsapp_webhook_status, "/whatsapp/webhook-status"),
  );
  app.route("/(admin)/", route(route__admin_path, "/:path*"));
}
