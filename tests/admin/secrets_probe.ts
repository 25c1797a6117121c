/** Searching for secrets in everything that a server shows, logs and stores; and reading all of its pages for that. */
import { Buffer } from "node:buffer";
import type { AdminClient, PageAnswer } from "@/tests/helpers/admin_client.ts";
import { dumpDatabase } from "@/tests/helpers/database_dump.ts";
import type { Harness } from "@/tests/helpers/harness.ts";
import type { PageRoute } from "@/tests/helpers/page_routes.ts";

// Of one page: both modes, and what else its links ask it for.
const MOST_QUERIES = 4;

/** Secrets by what they are. */
export type Secrets = Record<string, string>;

/** Something that was read: "GET /keys", "log", "table api_keys". */
export interface Read {
  place: string;
  text: string;
  /** Of an answer. */
  status?: number;
}

/** Where a secret, or its second half, stands, as "place: secret". */
export function findSecrets(reads: readonly Read[], secrets: Secrets): string[] {
  const found = new Set<string>();
  for (const [name, secret] of Object.entries(secrets)) {
    if (secret.length < 12) throw new Error(`"${name}" is too short to be told from other words`);
    const half = secret.slice(Math.floor(secret.length / 2));
    const words = new Set([
      half,
      escaped(half),
      encodeURIComponent(half),
      hex(half),
      base64(secret),
    ]);
    for (const { place, text } of reads) {
      if ([...words].some((word) => text.includes(word))) found.add(`${place}: ${name}`);
    }
  }
  return [...found].sort();
}

/** An answer as it left the server, but for cookies: a browser keeps those to itself. */
export function readAnswer(place: string, { status, headers, text }: PageAnswer): Read {
  const lines = [...headers].filter(([name]) => name !== "set-cookie");
  return { place, status, text: `${lines.map((line) => line.join(": ")).join("\n")}\n${text}` };
}

/** All rows of the database, a read for each table. */
export async function readDatabase(harness: Harness): Promise<Read[]> {
  return [...await dumpDatabase(harness)]
    .map(([table, rows]) => ({ place: `table ${table}`, text: rows.join("\n") }));
}

/**
 * Every route of `routes` in both modes, and the pages that their links lead to.
 *
 * @param options.ids what routes with an id are asked for, by the first part of their path; without it they are left to
 * the links
 */
export async function readPages(
  browser: Pick<AdminClient, "get">,
  { routes, ids = {} }: { routes: PageRoute[]; ids?: Record<string, string[]> },
): Promise<Read[]> {
  const reads = new Map<string, Read>();
  const timesSeen = new Map<string, number>();
  const waiting = routes
    .filter(({ methods, url }) => methods.includes("GET") && url !== "/events")
    .flatMap(({ url }) =>
      /:(id|token)\b/.test(url)
        ? (ids[url.split("/")[1] ?? ""] ?? []).map((id) => url.replace(/:\w+/, id))
        : [url]
    )
    .flatMap((path) => [path, `${path}?mode=test`]);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const [pathname = ""] = path.split("?");
    const times = timesSeen.get(pathname) ?? 0;
    if (reads.has(path) || times >= MOST_QUERIES) continue;
    timesSeen.set(pathname, times + 1);
    const answer = await browser.get(path);
    reads.set(path, readAnswer(`GET ${path}`, answer));
    const links = [...answer.text.matchAll(/ href="(\/[^"#]*)/g)].map(([, href = ""]) => href);
    waiting.unshift(
      ...[...links, answer.location ?? ""].map((href) =>
        href.replace(/#.*/, "").replaceAll("&amp;", "&")
      )
        .filter((href) => /^\/(?!_fresh|docs|events|\/)/.test(href)),
    );
  }
  return [...reads.values()];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

function hex(text: string): string {
  return Buffer.from(text).toString("hex");
}

/** Without the end, which depends on what follows. */
function base64(text: string): string {
  return Buffer.from(text).toString("base64").slice(0, Math.floor(text.length / 3) * 4);
}
