/** `POST /playground/check`: what the API would object to in a message that is being composed. Nothing is sent. */
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { checkDraft } from "@/lib/admin/playground.ts";
import { readPlaygroundForm } from "@/lib/admin/playground_form.ts";

export const handler = defineAdmin.handlers({
  async POST(ctx) {
    const { draft } = await readPlaygroundForm(ctx);
    return Response.json(checkDraft(draft));
  },
});
