/**
 * Where a page of a list begins, as it stands in an admin page's address: `?before=` for what is older than a row,
 * `?after=` for what is newer. It names the row's time and id, so a page stays the same while others are added.
 */
import type { LogStart } from "@/db/message_log.ts";
import type { Position } from "@/db/page.ts";
import { isId } from "@/lib/ids.ts";

/** 9999-12-31T23:59:59.999Z: beyond it, JavaScript and Postgres write times differently. */
const MAX_TIME_MS = 253_402_300_799_999;

/** A position as a text: milliseconds, a dot, the id. */
export function positionToText({ createdAt, id }: Position): string {
  return `${createdAt.getTime()}.${id}`;
}

/** The start that an address names. Null, the first page, without one and for one that is not ours. */
export function readStart(params: URLSearchParams): LogStart | null {
  const before = parsePosition(params.get("before"));
  if (before !== null) return { direction: "older", position: before };
  const after = parsePosition(params.get("after"));
  return after === null ? null : { direction: "newer", position: after };
}

function parsePosition(text: string | null): Position | null {
  const [, timeMs = "", id = ""] = /^(\d{1,15})\.(.{36})$/.exec(text ?? "") ?? [];
  if (timeMs === "" || !isId(id) || Number(timeMs) > MAX_TIME_MS) return null;
  return { createdAt: new Date(Number(timeMs)), id };
}
