/** The state of an API key as a badge. */
import type { VNode } from "preact";
import { Badge, type Tone } from "./Badge.tsx";
import type { KeyState } from "@/lib/keys/key_state.ts";

const LOOKS: Record<KeyState, { tone: Tone; label: string }> = {
  active: { tone: "good", label: "Active" },
  expiring: { tone: "warn", label: "Expires soon" },
  rotating: { tone: "info", label: "Being replaced" },
  expired: { tone: "bad", label: "Expired" },
  revoked: { tone: "neutral", label: "Revoked" },
};

/** The state in one to two words. */
export function KeyStateBadge({ state }: { state: KeyState }): VNode {
  const { tone, label } = LOOKS[state];
  return <Badge tone={tone}>{label}</Badge>;
}
