/** What the tests of the playground share: sending its form with and without a script, and comparing answers. */
import { assertEquals } from "@std/assert";
import type { PlaygroundReply } from "@/lib/playground/answer.ts";
import type { AdminClient, FormFields } from "@/tests/helpers/admin_client.ts";

/** Posts the form as the page's script does. */
export async function sendForm(
  admin: AdminClient,
  fields: FormFields,
  mode: "live" | "test" = "live",
): Promise<PlaygroundReply> {
  const answer = await admin.post(`/playground/send${mode === "test" ? "?mode=test" : ""}`, fields);
  assertEquals(answer.status, 200, answer.text);
  return JSON.parse(answer.text);
}

/** JSON with what differs from one send to the next replaced: ids by their order, wamids, Meta's trace ids. */
export function masked(json: unknown): unknown {
  const ids = new Map<string, string>();
  const text = JSON.stringify(json)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      ids.set(id, ids.get(id) ?? `<id ${ids.size}>`);
      return ids.get(id) ?? "";
    })
    .replace(/wamid\.[A-Za-z0-9+/=]+/g, "<wamid>")
    .replace(/"fbtrace_id":"[^"]*"/g, '"fbtrace_id":"<trace>"');
  return JSON.parse(text);
}

/** The value of a hidden field of a page. */
export function hiddenField(html: string, name: string): string {
  const tag = [...html.matchAll(/<input\b[^>]*>/g)].map(([tag]) => tag)
    .find((tag) => tag.includes(`name="${name}"`) && tag.includes('type="hidden"'));
  const value = /\bvalue="([^"]*)"/.exec(tag ?? "")?.[1];
  if (value === undefined) throw new Error(`The page has no hidden field "${name}"`);
  return value;
}
