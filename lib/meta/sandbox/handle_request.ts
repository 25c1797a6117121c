/**
 * Routes one request of the sandbox in Meta's order of checks: the path, the
 * token, the object, then the request itself. Refusals thrown anywhere below
 * become Meta's error envelope here. Sends are handle_send.ts's.
 */
import type {
  SandboxOptions,
  SandboxRequest,
  SandboxResponse,
} from "@/lib/meta/sandbox/contract.ts";
import { handleSend } from "@/lib/meta/sandbox/handle_send.ts";
import { numberList, numberNode, type SandboxNumber, tokenNode } from "@/lib/meta/sandbox/nodes.ts";
import { registerNumber, subscribeApp, subscribedApps } from "@/lib/meta/sandbox/onboarding.ts";
import { refusalEnvelope, SandboxRefusal } from "@/lib/meta/sandbox/refusal.ts";
import { randomBytesOf } from "@/lib/meta/sandbox/wamid.ts";

/** Answers one request. */
export function handleRequest(
  request: SandboxRequest,
  options: SandboxOptions,
): SandboxResponse {
  try {
    return route(request, options);
  } catch (error) {
    if (!(error instanceof SandboxRefusal)) throw error;
    return refusedAnswer(error, options);
  }
}

function route(
  request: SandboxRequest,
  options: SandboxOptions,
): SandboxResponse {
  const [nodeId = "", edge = "", ...rest] = request.path.split("/").slice(1);
  const accessToken = bearerToken(request.authorization);
  const call = `${request.method} ${edge}`;
  if (rest.length === 0) {
    if (nodeId === "debug_token" && call === "GET ") {
      return debugToken(request, { accessToken, options });
    }
    requireToken(accessToken, { nodeId, options });
    if (call === "POST messages") {
      requirePermission("whatsapp_business_messaging", { accessToken, options });
      const number = requireNumber(nodeId, options);
      return handleSend(request.body, {
        phoneNumberId: nodeId,
        isRegistered: (number.platformType ?? "CLOUD_API") === "CLOUD_API",
        options,
      });
    }
    const body = managementCall(call, { request, nodeId, accessToken, options });
    if (body !== null) return answer(body);
  }
  throw new SandboxRefusal(2500, `Unknown path components: ${request.path}`);
}

/** The calls that need the management permission; null for an unknown one. */
function managementCall(call: string, context: {
  request: SandboxRequest;
  nodeId: string;
  accessToken: string;
  options: SandboxOptions;
}): Record<string, unknown> | null {
  const { request, nodeId, accessToken, options } = context;
  const permitted = () => requirePermission("whatsapp_business_management", context);
  switch (call) {
    case "GET phone_numbers":
      permitted();
      return numberList(requireAccount(nodeId, options), request.query);
    case "GET subscribed_apps":
      permitted();
      requireAccount(nodeId, options);
      return subscribedApps(nodeId, options);
    case "POST subscribed_apps":
      permitted();
      requireAccount(nodeId, options);
      return subscribeApp(request, { wabaId: nodeId, accessToken, options });
    case "POST register":
      permitted();
      requireNumber(nodeId, options);
      return registerNumber(request, { phoneNumberId: nodeId, options });
    case "GET ":
      permitted();
      return numberNode(requireNumber(nodeId, options), request.query.fields);
    default:
      return null;
  }
}

function debugToken(
  request: SandboxRequest,
  context: { accessToken: string; options: SandboxOptions },
): SandboxResponse {
  const { accessToken, options } = context;
  const inspected = request.query.input_token;
  if (inspected === undefined) {
    throw new SandboxRefusal(100, "The parameter input_token is required.");
  }
  if (!isApp(accessToken, options)) requireToken(accessToken, { nodeId: null, options });
  return answer(tokenNode({
    valid: options.checkToken(inspected, null),
    wabaIds: options.listWabaIds?.(inspected) ?? [],
    token: options.describeToken?.(inspected) ?? {},
  }));
}

function bearerToken(authorization: string | null): string {
  const match = authorization?.match(/^Bearer (\S+)$/);
  if (match?.[1] !== undefined) return match[1];
  throw new SandboxRefusal(
    104,
    "An access token is required to request this resource.",
  );
}

function requireToken(
  accessToken: string,
  context: { nodeId: string | null; options: SandboxOptions },
): void {
  if (context.options.checkToken(accessToken, context.nodeId)) return;
  throw new SandboxRefusal(190, "The access token is not valid.");
}

/** "app id|app secret" is an access token of the app. */
function isApp(accessToken: string, options: SandboxOptions): boolean {
  const [id = "", secret] = accessToken.split("|");
  if (secret === undefined) return false;
  if (options.checkApp?.({ id, secret }) ?? false) return true;
  throw new SandboxRefusal(1, "Error validating client secret.");
}

function requirePermission(
  permission: string,
  context: { accessToken: string; options: SandboxOptions },
): void {
  const { permissions } = context.options.describeToken?.(context.accessToken) ?? {};
  if (permissions?.includes(permission) ?? true) return;
  throw new SandboxRefusal(200, `The permission ${permission} is required.`);
}

function requireNumber(nodeId: string, options: SandboxOptions): SandboxNumber {
  if (!options.isKnownNumber(nodeId)) throw unknownObject(nodeId);
  return describeNumber(nodeId, options);
}

function requireAccount(wabaId: string, options: SandboxOptions): SandboxNumber[] {
  const numbers = options.listNumbers?.(wabaId) ?? null;
  if (numbers === null) throw unknownObject(wabaId);
  return numbers;
}

function unknownObject(nodeId: string): SandboxRefusal {
  return new SandboxRefusal(
    100,
    `Object with ID '${nodeId}' does not exist or the token has no access to it.`,
    { subcode: 33 },
  );
}

function describeNumber(id: string, options: SandboxOptions): SandboxNumber {
  return options.describeNumber?.(id) ?? {
    id,
    wabaId: "0",
    displayPhoneNumber: "+1 555-010-0000",
    verifiedName: "Sandbox",
  };
}

function answer(body: Record<string, unknown>): SandboxResponse {
  return {
    kind: "answer",
    status: 200,
    headers: { "content-type": "application/json; charset=UTF-8" },
    body: JSON.stringify(body),
    delayMs: 0,
  };
}

function refusedAnswer(
  refusal: SandboxRefusal,
  options: SandboxOptions,
): SandboxResponse {
  const fbtraceId = `A${randomBytesOf(options)(8).toHex()}`;
  return {
    kind: "answer",
    status: refusal.httpStatus,
    headers: {
      "content-type": "application/json; charset=UTF-8",
      "x-fb-trace-id": fbtraceId,
      ...(refusal.retryAfterSeconds === null
        ? {}
        : { "retry-after": String(refusal.retryAfterSeconds) }),
    },
    body: JSON.stringify(refusalEnvelope(refusal, { fbtraceId })),
    delayMs: 0,
  };
}
