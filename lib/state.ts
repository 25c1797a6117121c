/** What the first middleware gives to everything behind it. */
import { type Context, createDefine } from "fresh";
import type { Services } from "@/lib/services.ts";

/** The state of one request. */
export interface State {
  services: Services;
  /** From the caller's X-Request-Id, or made here. */
  requestId: string;
  /** The display prefix of the API key, once it is known; for the access log. */
  keyPrefix: string | null;
  /** Set by a page whose scripts write styles into it; its policy allows them then. */
  hasInlineStyles?: boolean;
}

/** Fresh's helpers with this state. */
export const define = createDefine<State>();

/**
 * What functions below the routes need of a request. Fresh's own context of one state is not assignable to that of
 * another, this part of it is: a function for every page takes the context of any of them.
 */
export type RequestOf<Own extends State = State> = Pick<
  Context<Own>,
  "req" | "url" | "info" | "state" | "redirect"
>;
