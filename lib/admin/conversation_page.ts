/** Everything that the page of a conversation shows, from its address; also after a form that could not be done. */
import type { ConversationRow } from "@/db/conversations.ts";
import type { AdminState } from "@/lib/admin/admin_state.ts";
import { findThread, type ThreadView } from "@/lib/admin/conversation_thread.ts";
import { makeId } from "@/lib/ids.ts";

/** The data of the page. */
export interface ConversationPageData {
  conversation: ConversationRow;
  thread: ThreadView;
  /** The reply form, empty or as it was sent. */
  reply: { text: string; idempotencyKey: string; errors: Record<string, string> };
  /** The form that lets the contact write, in test mode. */
  simulated: { text: string; error?: string };
}

/** Finds it; what the forms hold is given where one of them is shown again. */
export async function findConversationPage(
  ctx: { state: AdminState; url: URL },
  options: {
    conversation: ConversationRow;
    reply?: Partial<ConversationPageData["reply"]>;
    simulated?: ConversationPageData["simulated"];
  },
): Promise<ConversationPageData> {
  const { services, admin } = ctx.state;
  const { conversation } = options;
  const thread = await findThread(services.db.sql, {
    accountId: admin.account.id,
    conversationId: conversation.id,
    params: ctx.url.searchParams,
  });
  return {
    conversation,
    thread,
    reply: { text: "", idempotencyKey: makeId(), errors: {}, ...options.reply },
    simulated: options.simulated ?? { text: "" },
  };
}
