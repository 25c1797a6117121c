/** A page of the list of conversations, from its address: which ones, and the ways on. */
import type { Sql } from "@/db/connect.ts";
import {
  type ConversationChoice,
  listConversationsByActivity,
  type ListedConversation,
} from "@/db/conversation_list.ts";
import { bounded } from "@/db/errors.ts";
import { positionToText, readStart } from "@/lib/admin/list_position.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";

/** The choices, as `show` in the address; "all" is also what an unknown one means. */
export const INBOX_CHOICES = ["all", "unread", "open", "pending", "closed"] as const;
export type InboxChoice = typeof INBOX_CHOICES[number];

/** What the page shows. */
export interface InboxView {
  choice: InboxChoice;
  rows: ListedConversation[];
  isNewest: boolean;
  /** The value of `before` for the next page. */
  older: string | null;
  /** Set when the search stopped before it had found a whole page: how far back it looked. */
  searchedTo: Date | null;
}

const PAGE_SIZE = 50;

/** Finds the page that an address names. */
export async function findInbox(
  sql: Sql,
  options: { accountId: string; params: URLSearchParams },
): Promise<InboxView> {
  const choice = readChoice(options.params.get("show"));
  const start = readStart(options.params);
  const after = start?.direction === "older" ? start.position : null;
  const { rows, searchedTo } = await bounded(
    listConversationsByActivity(sql, {
      accountId: options.accountId,
      choice: toConversationChoice(choice),
      page: { limit: PAGE_SIZE, after },
    }),
    READ_TIMEOUT_MS,
  );
  const shown = rows.slice(0, PAGE_SIZE);
  const last = rows.length > PAGE_SIZE ? shown.at(-1) : undefined;
  const next = last === undefined
    ? searchedTo
    : { createdAt: last.last_message_at, id: last.place_id };
  return {
    choice,
    rows: shown,
    isNewest: after === null,
    older: next === null ? null : positionToText(next),
    searchedTo: searchedTo?.createdAt ?? null,
  };
}

function readChoice(text: string | null): InboxChoice {
  return INBOX_CHOICES.find((choice) => choice === text) ?? "all";
}

function toConversationChoice(choice: InboxChoice): ConversationChoice {
  return choice === "all" ? null : choice;
}
