/**
 * An account's export: newline-delimited JSON, an object a line, each with its `type`. The first line says what it is an
 * export of; the last, `{"type":"end"}`, counts the lines of each kind: without it, the file was cut off. Made page by
 * page as it is read, so that it needs no more memory for a million messages than for ten.
 */
import type { Sql } from "@/db/connect.ts";
import { bounded } from "@/db/errors.ts";
import { EXPORTED_TABLES, type ExportedRow, listExportedRows } from "@/db/export.ts";

const ROWS_A_PAGE = 200;
const PAGE_TIMEOUT_MS = 30_000;
/** Raised when a reader of the lines would have to change. */
const FORMAT_VERSION = 1;

/**
 * The lines, many at a time. Rows that are written while it is made may be in it or not; all others are, once.
 *
 * @throws DatabaseUnavailableError in the middle: then there is no last line
 */
export async function* exportAccount(sql: Sql, accountId: string): AsyncGenerator<string> {
  yield line({
    type: "export",
    version: FORMAT_VERSION,
    account_id: accountId,
    exported_at: new Date(),
  });
  const counts: Record<string, number> = {};
  for (const from of EXPORTED_TABLES) {
    let after: ExportedRow | null = null;
    let count = 0;
    do {
      const rows: ExportedRow[] = await bounded(
        listExportedRows(sql, { accountId, from, after, limit: ROWS_A_PAGE }),
        PAGE_TIMEOUT_MS,
      );
      if (rows.length > 0) {
        yield rows.map((row) => line({ type: from.type, data: row })).join("");
      }
      count += rows.length;
      after = rows.length < ROWS_A_PAGE ? null : rows.at(-1) ?? null;
    } while (after !== null);
    counts[from.type] = count;
  }
  yield line({ type: "end", counts });
}

/** The lines as bytes, made no faster than they are read. */
export function exportStream(sql: Sql, accountId: string): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = exportAccount(sql, accountId);
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      const { value, done } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: async () => {
      await pieces.return(undefined);
    },
  });
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
