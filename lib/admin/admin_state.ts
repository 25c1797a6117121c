/**
 * What every page behind sign-in knows of its request. `routes/(admin)/_middleware.ts` fills it; a page that uses
 * `defineAdmin` can rely on it.
 */
import { createDefine } from "fresh";
import type { Flash } from "@/lib/admin/flash.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { State } from "@/lib/state.ts";

/** Who is signed in, and which account the page shows. */
export interface AdminContext {
  user: { id: string; email: string; owner: boolean };
  /** The public id of the session, not its token. */
  sessionId: string;
  /** The account of the page: the live one or its test twin. Everything is queried with this id. */
  account: { id: string; name: string; mode: Mode };
  /** Users, sessions and the audit log belong to it. */
  live: { id: string; name: string };
  test: { id: string };
  mode: Mode;
}

/** The state of a request on the way in: sign-in, set-up, invitation. */
export interface AccessState extends State {
  /** What the request before has to say, shown once. */
  flash: Flash | null;
}

/** The state of a request behind sign-in. */
export interface AdminState extends AccessState {
  admin: AdminContext;
}

/** Fresh's helpers with the state on the way in. */
export const defineAccess = createDefine<AccessState>();

/** Fresh's helpers with the state behind sign-in. */
export const defineAdmin = createDefine<AdminState>();
