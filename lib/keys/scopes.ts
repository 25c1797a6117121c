/**
 * What an API key may do. A scope is a resource and a verb; a key without any may still ask who it is
 * (`GET /api/v1/me`).
 */

/** Every scope, with a description for people. */
export const SCOPES = {
  "messages:send": "Send messages",
  "messages:read": "Read messages and their status",
  "contacts:read": "Read contacts",
  "contacts:write": "Create, change and erase contacts",
  "conversations:read": "Read conversations",
  "broadcasts:send": "Send broadcasts (reserved for a later release)",
  "webhooks:manage": "Manage outbound webhooks (reserved for a later release)",
} as const;

export type Scope = keyof typeof SCOPES;

/** Whether a text names a scope. */
export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPES, text);
}
