/** `/conversations/{id}/erase`: asks whether a person's data shall be erased, and erases it. */
import { type Context, HttpError, page } from "fresh";
import { z } from "zod";
import { adminUrl } from "@/components/admin_url.ts";
import { Card } from "@/components/Card.tsx";
import { ErasePersonForm } from "@/components/ErasePersonForm.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import type { ConversationRow } from "@/db/conversations.ts";
import { type AdminState, defineAdmin } from "@/lib/admin/admin_state.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { requireConversation } from "@/lib/admin/require_conversation.ts";
import { eraseContact } from "@/lib/contacts/erase_contact.ts";

interface Data {
  id: string;
  name: string;
  of: string;
  ending: string;
  error: string;
}

const formSchema = z.object({ confirm: z.string().trim() });

export const handler = defineAdmin.handlers({
  GET: async (ctx) => page<Data>(await findQuestion(ctx)),
  POST: async (ctx) => {
    const question = await findQuestion(ctx);
    const form = await readForm(ctx, formSchema);
    if (!form.ok || form.data.confirm !== question.ending) {
      const error = `That is not how the ${question.of} ends: nothing was erased`;
      return page<Data>({ ...question, error }, { status: 422 });
    }
    const { services, admin } = ctx.state;
    const erasure = await eraseContact(services, {
      accountId: admin.account.id,
      contactId: question.contactId,
      by: { mode: admin.mode, user: admin.user, keyName: null },
    });
    if (erasure === null) throw new HttpError(404);
    return redirectWithFlash(ctx, "/conversations", {
      kind: "success",
      text: erasure.complete
        ? "The data of this person is erased."
        : "This person is erased; the last texts and log entries follow in a moment, by themselves.",
    });
  },
});

export default defineAdmin.page<typeof handler>(function ErasePersonPage({ data, state }) {
  const { mode } = state.admin;
  return (
    <>
      <PageHeader
        title="Erase this person’s data?"
        back={{ href: adminUrl(`/conversations/${data.id}`, mode), label: data.name }}
      />
      <div class="max-w-xl text-sm">
        <Card>
          <ErasePersonForm
            conversationId={data.id}
            of={data.of}
            ending={data.ending}
            error={data.error}
            mode={mode}
          />
        </Card>
      </div>
    </>
  );
});

async function findQuestion(ctx: Context<AdminState>): Promise<Data & { contactId: string }> {
  const { id, contact } = await requireConversation(ctx.state, ctx.params.id ?? "");
  return {
    id,
    contactId: contact.id,
    name: nameOf(contact),
    ...contact.phone === null
      ? { of: "WhatsApp user id", ending: (contact.bsuid ?? contact.wa_id ?? contact.id).slice(-4) }
      : { of: "phone number", ending: contact.phone.slice(-4) },
    error: "",
  };
}

function nameOf(contact: ConversationRow["contact"]): string {
  return contact.name ?? contact.phone ?? contact.username ?? "Conversation";
}
