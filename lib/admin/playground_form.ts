/** Reads the playground's form. Its values are not checked here: that is left to the API's own checks. */
import { HttpError } from "fresh";
import { z } from "zod";
import type { AdminState } from "@/lib/admin/admin_state.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { type PlaygroundDraft, readDraft } from "@/lib/playground/draft.ts";
import type { RequestOf } from "@/lib/state.ts";

const formSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** The idempotency key that the page made for this send. */
const SEND_KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The draft, and the key that keeps one click one message.
 *
 * @throws HttpError 400 when it is not a form of this page
 */
export async function readPlaygroundForm(
  ctx: RequestOf<AdminState>,
): Promise<{ draft: PlaygroundDraft; sendKey: string }> {
  const form = await readForm(ctx, formSchema);
  if (!form.ok) throw new HttpError(400, "This is not a form of the playground");
  const fields = new Map(Object.entries(form.data));
  const read = (name: string) => [fields.get(name) ?? []].flat();
  const sendKey = read("send_key")[0] ?? "";
  return { draft: readDraft(read), sendKey: SEND_KEY.test(sendKey) ? sendKey : "" };
}
