/**
 * Looking for what is not one's own: the ids and marks of other accounts and of the other mode, in answers and in the
 * database. The accounts are those of marked_accounts.ts.
 */
import { COMMON_TABLES, DERIVED_TABLES, type MarkedSide } from "./marked_accounts.ts";
import type { AdminClient, FormFields } from "@/tests/helpers/admin_client.ts";
import { dumpAccounts } from "@/tests/helpers/database_dump.ts";
import type { Harness } from "@/tests/helpers/harness.ts";

export type Mode = "live" | "test";
/** The two sides of an account. */
export type Sides = Record<Mode, MarkedSide>;

/** A form of a page. */
export interface PageForm {
  /** "get" or "post". */
  method: string;
  path: string;
  fields: Record<string, string>;
}

// As many as there are kinds of messages.
const MOST_IDS = 4;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** What is not to be seen, or touched, from one side of an account. */
export class Foreign {
  /** The sides that the page must know nothing of. */
  readonly sides: MarkedSide[];
  readonly #ids: { table: string; ids: string[] }[] = [];
  readonly #harness: Harness;
  readonly #own: MarkedSide;
  readonly #other: MarkedSide;
  /** Every UUID of their rows that is in none of one's own. */
  #uuids = new Set<string>();

  private constructor(harness: Harness, options: { mode: Mode; mine: Sides; theirs: Sides }) {
    const { mode, mine, theirs } = options;
    this.#harness = harness;
    this.#own = mine[mode];
    this.#other = mine[mode === "live" ? "test" : "live"];
    this.sides = [theirs.live, theirs.test, this.#other];
  }

  static async of(
    harness: Harness,
    options: { mode: Mode; mine: Sides; theirs: Sides },
  ): Promise<Foreign> {
    const foreign = new Foreign(harness, options);
    const own = new Set<string>([options.mine.live.id, options.mine.test.id]);
    for (const [table, rows] of await foreign.#rowsOf([foreign.#own, foreign.#other])) {
      for (const row of rows) {
        const { account_id: accountId } = JSON.parse(row);
        const isOwn = COMMON_TABLES.includes(table) || accountId === foreign.#own.id;
        if (isOwn) { for (const [id] of row.matchAll(UUID)) own.add(id); }
      }
    }
    for (const side of foreign.sides) {
      for (const [table, rows] of await foreign.#rowsOf([side])) {
        if (side === foreign.#other && COMMON_TABLES.includes(table)) continue;
        for (const row of rows) {
          for (const [uuid] of row.matchAll(UUID)) {
            if (!own.has(uuid)) foreign.#uuids.add(uuid);
          }
        }
        const ids = rows.map((row) => JSON.parse(row).id).filter((id) => typeof id === "string");
        foreign.#ids.push({ table, ids });
      }
    }
    return foreign;
  }

  /** Ids of their rows: of each side at most so many of a table, and of all tables unless some are named. */
  ids({ tables, most = MOST_IDS }: { tables?: string[]; most?: number } = {}): string[] {
    return this.#ids
      .filter(({ table }) => tables === undefined || tables.includes(table))
      .flatMap(({ ids }) => ids.slice(0, most));
  }

  /** What a text shows of them, but for what was sent there. */
  findIn(text: string, sent: readonly string[] = []): string[] {
    const rest = sent.flatMap((value) => [value, encodeURIComponent(value)])
      .filter((value) => value !== "")
      .reduce((left, value) => left.replaceAll(value, ""), text);
    const found = [...rest.matchAll(UUID)].map(([id]) => id).filter((id) => this.#uuids.has(id));
    for (const side of this.sides) {
      const marks = [...rest.matchAll(new RegExp(`${side.tag}[a-z]*`, "g"))].map(([mark]) => mark);
      found.push(...marks.filter((mark) => !this.#isCommon(side, mark)));
      const phone = new RegExp([...side.phone.slice(1)].join("[\\s().-]*"));
      if (phone.test(rest)) found.push(side.phone);
    }
    return [...new Set(found)];
  }

  /** All their rows, to be compared with what they are later. */
  async snapshot(): Promise<Map<string, string[]>> {
    const { sides } = this;
    const rows = await this.#rowsOf(sides.filter((side) => side !== this.#other));
    for (const [table, others] of await this.#rowsOf([this.#other])) {
      if (!COMMON_TABLES.includes(table)) {
        rows.set(table, [...rows.get(table) ?? [], ...others]);
      }
    }
    return rows;
  }

  /** The people of an account work in both modes; the audit log tells of both. */
  #isCommon(side: MarkedSide, mark: string): boolean {
    return side === this.#other &&
      COMMON_TABLES.some((table) => mark.startsWith(`${side.tag}${table.replaceAll("_", "")}`));
  }

  #rowsOf(sides: MarkedSide[]): Promise<Map<string, string[]>> {
    return dumpAccounts(this.#harness, {
      accountIds: sides.map(({ id }) => id),
      without: DERIVED_TABLES,
    });
  }
}

/** The forms of a page. Texts are as the page has them, without its entities. */
export function formsOf(html: string, pagePath: string): PageForm[] {
  return [...html.matchAll(/<form\b([^>]*)>([^]*?)<\/form>/g)].map(([, start = "", inner = ""]) => {
    const fields: Record<string, string> = {};
    for (const [tag] of inner.matchAll(/<(?:input|textarea|select)\b[^>]*>/g)) {
      const name = attribute(tag, "name");
      if (name !== "") fields[name] ??= attribute(tag, "value");
    }
    const action = attribute(start, "action") || pagePath;
    return {
      method: attribute(start, "method") || "get",
      path: new URL(action, "http://localhost").pathname,
      fields,
    };
  });
}

/** The names that a page knows in its address, by its own links and forms. */
export function queryNamesOf(html: string, pagePath: string): string[] {
  const names = formsOf(html, pagePath)
    .filter(({ method, path }) => method === "get" && path === pagePath)
    .flatMap(({ fields }) => Object.keys(fields));
  for (const [, href = ""] of html.matchAll(/ href="([^"]*)"/g)) {
    const url = new URL(href.replaceAll("&amp;", "&"), `http://localhost${pagePath}`);
    if (url.pathname === pagePath) names.push(...url.searchParams.keys());
  }
  return [...new Set(names)].filter((name) => name !== "mode");
}

/** Runs work on all items, some at a time. */
export async function forAll<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items].reverse();
  await Promise.all(Array.from({ length: 6 }, async () => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) await work(item);
  }));
}

/** Asks for a page in a mode and reads it whole, unless it is a stream. Fails with the page. */
export async function ask(
  client: AdminClient,
  options: { method?: string; path: string; mode: Mode; fields?: FormFields },
): Promise<{ status: number; text: string }> {
  const { method = "GET", mode, fields } = options;
  const path = mode === "live" ? options.path : withTestMode(options.path);
  const body = new URLSearchParams({ mode });
  for (const [name, value] of Object.entries(fields ?? {})) {
    for (const each of [value].flat()) body.append(name, each);
  }
  const abort = new AbortController();
  const response = await client.fetch(path, {
    method,
    headers: { "sec-fetch-site": "same-origin" },
    signal: abort.signal,
    ...(method === "GET" ? {} : { body }),
  });
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
    abort.abort();
    return { status: response.status, text: "" };
  }
  const text = await response.text();
  if (response.status === 500) throw new Error(`${method} ${path} fails: ${text.slice(0, 500)}`);
  return { status: response.status, text: `${response.headers.get("location") ?? ""}\n${text}` };
}

function withTestMode(path: string): string {
  return `${path}${path.includes("?") ? "&" : "?"}mode=test`;
}

function attribute(tag: string, name: string): string {
  return (new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? "").replaceAll("&amp;", "&");
}
