/** The permissions there are to choose from, as the island KeyPermissions takes them: plain data. */
import {
  EVERY_KEY,
  type Permission,
  PERMISSIONS,
  type Preset,
  PRESETS,
} from "@/lib/keys/permissions.ts";
import type { Scope } from "@/lib/keys/scopes.ts";

/** Presets with their scopes ("custom" has none of its own), single permissions, and what holds for every key. */
export interface PermissionChoices {
  presets: { value: Preset; label: string; description: string; scopes: readonly Scope[] }[];
  permissions: readonly Permission[];
  everyKey: { can: string; cannot: string };
}

/** All of them, in the order in which they are shown. */
export function permissionChoices(): PermissionChoices {
  const { send, read, full } = PRESETS;
  return {
    presets: [
      { value: "send", ...send },
      { value: "read", ...read },
      { value: "full", ...full },
      {
        value: "custom",
        label: "Custom",
        description: "Choose single permissions, such as sending and reading messages.",
        scopes: [],
      },
    ],
    permissions: PERMISSIONS,
    everyKey: EVERY_KEY,
  };
}
