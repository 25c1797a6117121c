/** Lists that are read page by page: all of them with `for await`, or one page. */
import type { Answer } from "./answer.ts";
import type { CallOptions } from "./call_options.ts";
import type { ListPage } from "./results.ts";
import { toResult, type Transport } from "./transport.ts";

/** Filters as callers write them. */
export type Query = Record<string, string | number | Date | undefined>;

/** A list of the API; nothing is asked for until it is read. */
export class List<Item> implements AsyncIterable<Item> {
  readonly #readPage: (cursor?: string) => Promise<ListPage<Item>>;

  constructor(readPage: (cursor?: string) => Promise<ListPage<Item>>) {
    this.#readPage = readPage;
  }

  /** Reads one page: the first, or the one after `cursor` of the query. */
  page(): Promise<ListPage<Item>> {
    return this.#readPage();
  }

  /** Every entry, the newest first. A page is asked for when the one before it has been read through. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    let page = await this.#readPage();
    yield* page.data;
    while (page.nextCursor !== null) {
      page = await this.#readPage(page.nextCursor);
      yield* page.data;
    }
  }
}

/** The list at a path, with the filters of a query. */
export function makeList<Item>(
  transport: Transport,
  request: CallOptions & { path: string; query: Query },
): List<Item> {
  return new List(async (cursor) => {
    const query = cursor === undefined ? request.query : { ...request.query, cursor };
    const answer: Answer<Item[]> = await transport.call({
      method: "GET",
      path: request.path,
      query: toParams(query),
      signal: request.signal,
    });
    return { ...toResult(answer), nextCursor: answer.nextCursor };
  });
}

function toParams(query: Query): URLSearchParams {
  const entries = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value instanceof Date ? value.toISOString() : String(value)]]
  );
  return new URLSearchParams(entries);
}
