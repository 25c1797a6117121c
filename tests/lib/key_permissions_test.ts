/** Scopes in words: "this key can / cannot", presets, and the state of a key from its times. */
import { assert, assertEquals } from "@std/assert";
import { isUsable, type KeyState, keyState } from "@/lib/keys/key_state.ts";
import {
  EVERY_KEY,
  listAbilities,
  PERMISSIONS,
  type Preset,
  presetOf,
  PRESETS,
  scopesOf,
  summarizeScopes,
} from "@/lib/keys/permissions.ts";
import { type Scope, SCOPES } from "@/lib/keys/scopes.ts";

const ALL = Object.keys(SCOPES) as Scope[];
const DAY_MS = 86_400_000;

Deno.test("PERMISSIONS explains every scope once, each in its own words", () => {
  assertEquals(PERMISSIONS.map((permission) => permission.scope), ALL);
  for (const field of ["title", "description", "ability"] as const) {
    assertEquals(new Set(PERMISSIONS.map((permission) => permission[field])).size, ALL.length);
  }
});

Deno.test("listAbilities() puts every permission on exactly one side, for every set of scopes", () => {
  for (let set = 0; set < 2 ** ALL.length; set++) {
    const scopes = ALL.filter((_, index) => (set & (1 << index)) !== 0);
    const { can, cannot } = listAbilities(scopes);
    for (const { scope, ability } of PERMISSIONS) {
      assertEquals(can.includes(ability), scopes.includes(scope), `${scopes}: ${ability}`);
      assertEquals(cannot.includes(ability), !scopes.includes(scope), `${scopes}: ${ability}`);
    }
  }
});

Deno.test("listAbilities() says of a key that only sends that it cannot read", () => {
  const { can, cannot } = listAbilities(PRESETS.send.scopes);
  assertEquals(can, ["send messages to any number", EVERY_KEY.can]);
  assert(cannot.includes("read messages, their status and received files"));
  assertEquals(cannot.at(-1), EVERY_KEY.cannot);
});

Deno.test("listAbilities() never lets a key manage the server, not even with full access", () => {
  assertEquals(listAbilities(ALL).cannot, [EVERY_KEY.cannot]);
  assertEquals(listAbilities([]).can, [EVERY_KEY.can]);
});

Deno.test("presetOf() knows a preset in any order, and nothing that only resembles one", () => {
  const cases: [string[], Preset][] = [
    [["messages:send"], "send"],
    [["conversations:read", "messages:read", "contacts:read"], "read"],
    [[...ALL].reverse(), "full"],
    [[], "custom"],
    [["messages:read"], "custom"],
    [["messages:send", "messages:read"], "custom"],
    [ALL.slice(1), "custom"],
    [["something:else"], "custom"],
  ];
  for (const [scopes, preset] of cases) assertEquals(presetOf(scopes), preset, scopes.join());
});

Deno.test("scopesOf() takes ticked scopes for a custom choice alone", () => {
  assertEquals(scopesOf("send", ["contacts:write"]), ["messages:send"]);
  assertEquals(scopesOf("full", []), ALL);
  assertEquals(scopesOf("custom", []), []);
  assertEquals(scopesOf("custom", ["contacts:read", "messages:read", "contacts:read"]), [
    "messages:read",
    "contacts:read",
  ]);
});

Deno.test("summarizeScopes() needs a few words", () => {
  const cases: [string[], string][] = [
    [["messages:send"], "Send only"],
    [[...PRESETS.read.scopes], "Read only"],
    [ALL, "Full access"],
    [[], "No permissions"],
    [["contacts:read"], "Read contacts"],
    [["contacts:read", "contacts:write"], "Custom: 2 permissions"],
  ];
  for (const [scopes, summary] of cases) assertEquals(summarizeScopes(scopes), summary);
});

Deno.test("keyState() names what ends a key first", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  const inMs = (ms: number) => new Date(now.getTime() + ms);
  const cases: [Parameters<typeof keyState>[0], KeyState][] = [
    [{ revoked_at: null, expires_at: null, rotated_to: null }, "active"],
    [{ revoked_at: null, expires_at: inMs(8 * DAY_MS), rotated_to: null }, "active"],
    [{ revoked_at: null, expires_at: inMs(7 * DAY_MS), rotated_to: null }, "expiring"],
    [{ revoked_at: null, expires_at: inMs(1), rotated_to: null }, "expiring"],
    [{ revoked_at: null, expires_at: inMs(0), rotated_to: null }, "expired"],
    [{ revoked_at: null, expires_at: inMs(DAY_MS), rotated_to: "new" }, "rotating"],
    [{ revoked_at: null, expires_at: inMs(-1), rotated_to: "new" }, "expired"],
    [{ revoked_at: inMs(-1), expires_at: inMs(DAY_MS), rotated_to: "new" }, "revoked"],
    [{ revoked_at: inMs(-1), expires_at: inMs(-DAY_MS), rotated_to: null }, "revoked"],
  ];
  for (const [key, state] of cases) {
    assertEquals(keyState(key, now), state, JSON.stringify(key));
    assertEquals(isUsable(state), state !== "expired" && state !== "revoked");
  }
});
