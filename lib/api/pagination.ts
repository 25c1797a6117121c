/**
 * Pages of lists: the parameters `limit` and `cursor`, and the cursor itself. A cursor is 32 bytes in base64url: eight
 * that name the list it came from, the time (ms) and the id of the last row that was shown. It is no secret and
 * grants nothing: every list is read with the account of the key.
 */
import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { z } from "zod";
import type { PageRequest, Position } from "@/db/page.ts";
import { invalidInput } from "@/lib/api/errors.ts";

/** A list as its cursors know it: what is paged through, and whose. */
export interface ListOfAccount {
  list: "messages" | "contacts" | "conversations" | "conversation_messages";
  accountId: string;
}

/** A page of rows, and the cursor of the next one or null. */
export interface Page<Row> {
  rows: Row[];
  nextCursor: string | null;
}

/** A cursor whose list has not been looked at yet. */
interface Cursor {
  tag: string;
  position: Position;
}

const DEFAULT_LIMIT = 50;
const TAG_BYTES = 8;
const TIME_BYTES = 8;
const CURSOR_BYTES = 32;
/** 9999-12-31T23:59:59.999Z: beyond it, JavaScript and Postgres write times differently. */
const MAX_TIME_MS = 253_402_300_799_999n;

const BROKEN_CURSOR = "This is not a cursor: pass meta.next_cursor of the page before unchanged";

/** The query parameters of every list; spread them into its schema. */
export const PAGE_FIELDS = {
  limit: z.string()
    .regex(/^([1-9][0-9]?|100)$/, { error: "Must be a whole number from 1 to 100" })
    .transform(Number)
    .default(DEFAULT_LIMIT)
    .describe("How many entries a page has, 1 to 100")
    .meta({ wire: { type: "integer", minimum: 1, maximum: 100, default: DEFAULT_LIMIT } }),
  cursor: z.string()
    .transform((text, ctx): Cursor => {
      const cursor = decodeCursor(text);
      if (cursor !== null) return cursor;
      ctx.addIssue({ code: "custom", message: BROKEN_CURSOR });
      return z.NEVER;
    })
    .optional()
    .describe("meta.next_cursor of the page before"),
};

/**
 * The page that checked query parameters ask for.
 *
 * @throws ApiError bad_request when the cursor is of another list or account
 */
export function toPageRequest(
  query: { limit: number; cursor?: Cursor | undefined },
  list: ListOfAccount,
): PageRequest {
  const { limit, cursor } = query;
  if (cursor === undefined) return { limit, after: null };
  if (cursor.tag !== tagOf(list).toString("hex")) {
    throw invalidInput([{
      path: "cursor",
      message: "This cursor is of another list: pass meta.next_cursor of the same one",
    }]);
  }
  return { limit, after: cursor.position };
}

/** Cuts the row off that was read beyond the limit; if there was one, another page follows. */
export function toPage<Row extends { id: string; created_at: Date }>(
  rows: readonly Row[],
  options: { limit: number; list: ListOfAccount },
): Page<Row> {
  const shown = rows.slice(0, options.limit);
  const last = rows.length > options.limit ? shown.at(-1) : undefined;
  return {
    rows: shown,
    nextCursor: last === undefined
      ? null
      : encodeCursor({ createdAt: last.created_at, id: last.id }, options.list),
  };
}

function encodeCursor(position: Position, list: ListOfAccount): string {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(position.createdAt.getTime()));
  const id = Buffer.from(position.id.replaceAll("-", ""), "hex");
  return Buffer.concat([tagOf(list), time, id]).toString("base64url");
}

function decodeCursor(text: string): Cursor | null {
  const bytes = Buffer.from(text, "base64url");
  // The decoder skips what it does not know; written again, such a text is another one.
  if (bytes.length !== CURSOR_BYTES || bytes.toString("base64url") !== text) return null;
  const timeMs = bytes.readBigUInt64BE(TAG_BYTES);
  if (timeMs > MAX_TIME_MS) return null;
  return {
    tag: bytes.toString("hex", 0, TAG_BYTES),
    position: {
      createdAt: new Date(Number(timeMs)),
      id: bytes.toString("hex", TAG_BYTES + TIME_BYTES)
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
    },
  };
}

function tagOf({ list, accountId }: ListOfAccount): Buffer {
  return createHash("sha256").update(`${list}\n${accountId}`).digest().subarray(0, TAG_BYTES);
}
