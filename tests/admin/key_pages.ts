/** What the tests of the key pages share: filling in the forms and reading the one page that shows a key. */
import { assert, assertEquals } from "@std/assert";
import type { AdminClient, FormFields, PageAnswer } from "@/tests/helpers/admin_client.ts";

/** The whole text of a key, wherever it stands. */
export const KEY_TEXT = /wacrm_(?:live|test)_[0-9A-Za-z]{49}/;

/** A key that a page has shown. */
export interface ShownKey {
  id: string;
  text: string;
  html: string;
}

/** The value of an input, hidden or not. */
export function fieldValue(html: string, name: string): string {
  const tag = html.match(/<input[^>]*>/g)?.find((each) => each.includes(`name="${name}"`));
  const value = tag?.match(/value="([^"]*)"/)?.[1];
  assert(value !== undefined, `The page has no field "${name}"`);
  return value;
}

/** The values of all boxes and choices that are ticked. */
export function checkedValues(html: string): string[] {
  const tags = html.match(/<input[^>]*>/g)?.filter((tag) => /\schecked[\s/>]/.test(tag)) ?? [];
  return tags.map((tag) => tag.match(/value="([^"]*)"/)?.[1] ?? "on");
}

/** The fields that a browser sends when nothing was touched but the name. */
export function newKeyFields(html: string, changes: FormFields = {}): FormFields {
  return {
    form_token: fieldValue(html, "form_token"),
    name: "Shop backend",
    preset: "send",
    rate_limit: "120",
    expiry: "never",
    expiry_days: "",
    ...changes,
  };
}

/** Opens the form for a new key and sends it. */
export async function createKey(
  admin: Pick<AdminClient, "get" | "post">,
  options: { fields?: FormFields; mode?: "live" | "test" } = {},
): Promise<ShownKey> {
  const path = withMode("/keys/new", options.mode);
  const form = await admin.get(path);
  assertEquals(form.status, 200);
  return readShownKey(await admin.post(path, newKeyFields(form.text, options.fields)));
}

/** The key on the page that shows it once. */
export function readShownKey(answer: PageAnswer): ShownKey {
  assertEquals(answer.status, 200, answer.text);
  assertEquals(answer.headers.get("cache-control"), "no-store");
  const [text] = answer.text.match(KEY_TEXT) ?? [];
  const id = answer.text.match(/\/keys\/([0-9a-f-]{36})\/first-request/)?.[1];
  assert(text !== undefined && id !== undefined, answer.text);
  return { id, text, html: answer.text };
}

/** The text of a page as people read it: no tags, entities resolved, one space. */
export function readText(html: string): string {
  return html
    .replace(/<(script|style|head)\b[^]*?<\/\1>/g, " ")
    // Blocks stand apart, parts of a line do not.
    .replace(/<!--[^]*?-->|<\/?(?:a|b|code|span|strong|time)\b[^>]*>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&#39;", "'").replaceAll("&amp;", "&")
    .replace(/\s+/g, " ");
}

/** A path in the other mode. */
export function withMode(path: string, mode: "live" | "test" = "live"): string {
  return mode === "test" ? `${path}?mode=test` : path;
}
