/**
 * A simulator of the part of Meta's Graph API that this product calls: sends,
 * phone numbers, token inspection, registration and event subscriptions. It validates as strictly as Meta, answers in
 * Meta's shapes, and keeps nothing: what it took goes to the `record` callback.
 * It has no timers and no sockets; delays and silence are values that the caller
 * (sandbox_transport.ts, or an HTTP server in tests) acts out.
 */
import type {
  SandboxOptions,
  SandboxRequest,
  SandboxResponse,
} from "@/lib/meta/sandbox/contract.ts";
import { handleRequest } from "@/lib/meta/sandbox/handle_request.ts";

export type {
  SandboxOptions,
  SandboxRecord,
  SandboxRequest,
  SandboxResponse,
} from "@/lib/meta/sandbox/contract.ts";
export type { SandboxNumber, SandboxToken } from "@/lib/meta/sandbox/nodes.ts";
export type { SandboxApp } from "@/lib/meta/sandbox/onboarding.ts";

/** The simulator. `handle` rejects only for faults of the program. */
export interface Sandbox {
  handle(request: SandboxRequest): Promise<SandboxResponse>;
}

/** Makes a sandbox; it holds no resources and needs no closing. */
export function createSandbox(options: SandboxOptions): Sandbox {
  return {
    handle: (request) => new Promise((resolve) => resolve(handleRequest(request, options))),
  };
}
