/** `POST /playground/send`: sends the form of the playground, for its script; answers 200 with the API's answer in it. */
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { sendDraft } from "@/lib/admin/playground.ts";
import { readPlaygroundForm } from "@/lib/admin/playground_form.ts";
import { makeId } from "@/lib/ids.ts";
import type { PlaygroundReply } from "@/lib/playground/answer.ts";

export const handler = defineAdmin.handlers({
  async POST(ctx) {
    const answer = await sendDraft(ctx, await readPlaygroundForm(ctx));
    return Response.json({ answer, sendKey: makeId() } satisfies PlaygroundReply);
  },
});
