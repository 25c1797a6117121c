/** The address of the playground with a message in it, to come back to it or to lead there from elsewhere. */
import { adminUrl } from "./admin_url.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { draftToFields, type PlaygroundDraft } from "@/lib/playground/draft.ts";

/** A link that opens the playground with this draft. */
export function draftUrl(draft: PlaygroundDraft, mode: Mode): string {
  return adminUrl(`/playground?${new URLSearchParams(draftToFields(draft))}`, mode);
}
