/**
 * Scopes in the words of people: what each lets a key do, the usual choices, and the sentences "this key can" and
 * "this key cannot". The names and the order of the scopes are those of scopes.ts.
 */
import { isScope, type Scope, SCOPES } from "@/lib/keys/scopes.ts";

/** One scope, explained. */
export interface Permission {
  scope: Scope;
  group: string;
  title: string;
  description: string;
  /** Ends the sentences "This key can …" and "This key cannot …". */
  ability: string;
}

const EXPLAINED: Record<Scope, Omit<Permission, "scope">> = {
  "messages:send": {
    group: "Messages",
    title: "Send messages",
    description: "Text, media and templates, to any number, as your business.",
    ability: "send messages to any number",
  },
  "messages:read": {
    group: "Messages",
    title: "Read messages",
    description: "What was sent and received, with status and received files.",
    ability: "read messages, their status and received files",
  },
  "contacts:read": {
    group: "People",
    title: "Read contacts",
    description: "Names, numbers and details of everybody you wrote with.",
    ability: "read contacts",
  },
  "contacts:write": {
    group: "People",
    title: "Create, change and erase contacts",
    description: "Add a contact, change its name, e-mail address or company, or erase a person.",
    ability: "create, change and erase contacts",
  },
  "conversations:read": {
    group: "People",
    title: "Read conversations",
    description: "Who wrote last, what is unread, and whether you may answer freely.",
    ability: "read the list of conversations",
  },
  "broadcasts:send": {
    group: "Later releases",
    title: "Send broadcasts",
    description: "Reserved: it has no effect until broadcasts exist.",
    ability: "send broadcasts, once they exist",
  },
  "webhooks:manage": {
    group: "Later releases",
    title: "Manage webhooks",
    description: "Reserved: it has no effect until outbound webhooks exist.",
    ability: "manage outbound webhooks, once they exist",
  },
};

/** Every scope with its explanation, in the order in which pages show them. */
export const PERMISSIONS: readonly Permission[] = Object.keys(SCOPES).filter(isScope).map((
  scope,
) => ({
  scope,
  ...EXPLAINED[scope],
}));

/** What every key can do, and what none can. */
export const EVERY_KEY = {
  can: "ask which account and key it is (GET /api/v1/me)",
  cannot: "manage keys, people or the WhatsApp connection, or reach another account",
} as const;

/** The usual choices of scopes; "custom" stands for any other. */
export const PRESETS = {
  send: {
    label: "Send only",
    description: "For a backend or workflow that only sends. The safest choice.",
    scopes: ["messages:send"],
  },
  read: {
    label: "Read only",
    description: "For reports and dashboards: messages, contacts and conversations.",
    scopes: ["messages:read", "contacts:read", "conversations:read"],
  },
  full: {
    label: "Full access",
    description:
      "Everything the API offers, the broadcasts and webhooks of later releases included.",
    scopes: Object.keys(SCOPES).filter(isScope),
  },
} as const satisfies Record<
  string,
  { label: string; description: string; scopes: readonly Scope[] }
>;

export type Preset = keyof typeof PRESETS | "custom";

/** The choice that these scopes are. */
export function presetOf(scopes: readonly string[]): Preset {
  for (const [name, preset] of Object.entries(PRESETS)) {
    const matches = preset.scopes.length === new Set(scopes).size &&
      preset.scopes.every((scope) => scopes.includes(scope));
    if (matches && isPresetName(name)) return name;
  }
  return "custom";
}

/** The scopes of a choice; for "custom" those that were ticked. */
export function scopesOf(preset: Preset, ticked: readonly Scope[]): Scope[] {
  const wanted: readonly Scope[] = preset === "custom" ? ticked : PRESETS[preset].scopes;
  return Object.keys(SCOPES).filter(isScope).filter((scope) => wanted.includes(scope));
}

/** Scopes in a few words, for lists: "Send only", "Read messages", "Custom: 3 permissions". */
export function summarizeScopes(scopes: readonly string[]): string {
  const preset = presetOf(scopes);
  if (preset !== "custom") return PRESETS[preset].label;
  const granted = PERMISSIONS.filter((permission) => scopes.includes(permission.scope));
  const [only] = granted;
  if (only === undefined) return "No permissions";
  return granted.length === 1 ? only.title : `Custom: ${granted.length} permissions`;
}

/** What a key with these scopes can and cannot do, as ends of sentences. */
export function listAbilities(scopes: readonly string[]): { can: string[]; cannot: string[] } {
  const granted = (permission: Permission) => scopes.includes(permission.scope);
  return {
    can: [...PERMISSIONS.filter(granted).map((each) => each.ability), EVERY_KEY.can],
    cannot: [
      ...PERMISSIONS.filter((each) => !granted(each)).map((each) => each.ability),
      EVERY_KEY.cannot,
    ],
  };
}

function isPresetName(name: string): name is keyof typeof PRESETS {
  return Object.hasOwn(PRESETS, name);
}
