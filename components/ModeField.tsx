/**
 * The mode of the page a form stands on, sent with it. The server refuses a form whose mode differs from its
 * address's, so that a form opened in test mode can never act on live data.
 */
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";

/** The hidden field that every form of an admin page needs. */
export function ModeField({ mode }: { mode: Mode }): VNode {
  return <input type="hidden" name="mode" value={mode} />;
}
