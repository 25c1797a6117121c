/**
 * Every other path: whoever is signed out goes to the sign-in and learns nothing about which pages exist; whoever is
 * signed in gets the not-found page inside the admin UI.
 */
import { HttpError } from "fresh";
import { defineAdmin } from "@/lib/admin/admin_state.ts";

export const handler = defineAdmin.handlers(() => {
  throw new HttpError(404);
});
