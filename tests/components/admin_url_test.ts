/** Addresses of admin pages: test mode is never lost, live mode never shown. */
import { assertEquals } from "@std/assert";
import { type AdminQuery, adminUrl } from "@/components/admin_url.ts";
import { sectionPath } from "@/components/ModeSwitch.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";

const CASES: [path: string, mode: Mode, query: AdminQuery, expected: string][] = [
  ["/keys", "live", {}, "/keys"],
  ["/keys", "test", {}, "/keys?mode=test"],
  ["/keys?mode=test", "live", {}, "/keys"],
  ["/messages?status=sent", "test", {}, "/messages?status=sent&mode=test"],
  ["/messages?status=sent", "live", { status: "failed" }, "/messages?status=failed"],
  ["/messages?status=sent", "live", { status: null }, "/messages"],
  [
    "/messages",
    "test",
    { status: ["sent", "read"] },
    "/messages?status=sent&status=read&mode=test",
  ],
  [
    "/messages",
    "live",
    { q: "", page: undefined, limit: 50, all: false },
    "/messages?limit=50&all=false",
  ],
  ["/messages", "live", { number: "+1 415&x=1" }, "/messages?number=%2B1+415%26x%3D1"],
  ["/messages", "live", { mode: "test" }, "/messages"],
  ["/settings#name", "test", {}, "/settings?mode=test#name"],
];

for (const [path, mode, query, expected] of CASES) {
  Deno.test(`adminUrl gives "${expected}" for "${path}" in ${mode} mode with ${JSON.stringify(query)}`, () => {
    assertEquals(adminUrl(path, mode, query), expected);
  });
}

const SECTIONS: [path: string, section: string][] = [
  ["/", "/"],
  ["/keys", "/keys"],
  ["/keys/123/edit", "/keys"],
  ["/messages/123", "/messages"],
  ["/settings/team", "/settings/team"],
  ["/settings/team/1/remove", "/settings"],
  ["/settings/<script>", "/settings"],
  ["/nowhere", "/"],
];

for (const [path, section] of SECTIONS) {
  Deno.test(`The mode switch leads from "${path}" to "${section}", which both modes have`, () => {
    assertEquals(sectionPath(path), section);
  });
}
