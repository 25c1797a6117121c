/**
 * A table of what there is to see in the browser, and the looking: each sight is opened once and judged in light and
 * dark, wide and narrow. The dark scheme may change colours alone, which is made sure of for each sight of our own, so in
 * the dark only the rules about colours are applied again to those. The table is held against routes/: a page that it leaves out fails.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import type { Page, Response } from "playwright-core";
import {
  type AcceptedFinding,
  assertGoodPage,
  schemeChanges,
} from "@/tests/browser/helpers/axe.ts";
import type { WatchedPage } from "@/tests/browser/helpers/browser.ts";
import { press } from "@/tests/browser/helpers/press.ts";
import { listShownPages } from "@/tests/helpers/page_routes.ts";

/** Something to see. */
export interface Sight<Who extends string> {
  /** Whose browser it is seen in. */
  who: Who;
  /** The address to open; "{name}" stands for an id of the surroundings. */
  path: string;
  /** What makes it differ from the page as it opens; a part of the test's name. */
  when?: string;
  /** Done on the opened page before it is judged. */
  act?: (page: Page) => Promise<unknown>;
  /** The URL pattern of the page that is seen in the end, if it is not the one of `path`. */
  lands?: string;
  /** Of the last answer; 200 unless told. */
  status?: number;
  /** 1280 and 360 unless told. */
  widths?: readonly number[];
  /** What the page has once it has changed its colours, for one whose scripts do that; a selector. */
  settled?: (colorScheme: "light" | "dark") => string;
  /** What axe may find, in a widget that others have made. */
  accepted?: readonly AcceptedFinding[];
}

/** What the sights are seen with. */
export interface Surroundings<Who extends string> extends AsyncDisposable {
  baseUrl: string;
  tabs: Record<Who, WatchedPage>;
  ids: Record<string, string>;
}

/** One table's share of the pages. */
export type Part =
  | "setup"
  | "outside"
  | "docs"
  | "conversations"
  | "playground"
  | "requests"
  | "keys"
  | "settings"
  | "whatsapp"
  | "rest";

// By the first part of the address; what is not here belongs to the rest.
const PARTS: Record<string, Part> = {
  setup: "setup",
  login: "outside",
  invite: "outside",
  docs: "docs",
  conversations: "conversations",
  playground: "playground",
  requests: "requests",
  keys: "keys",
  settings: "settings",
  whatsapp: "whatsapp",
};

const WIDTHS = [1280, 360] as const;
const NO_ID = "0190b5b5-0000-7000-8000-000000000000";

/**
 * Declares the tests of a table.
 *
 * @param options.parts the pages that the table has to show, each at least once
 */
export function describeSights<Who extends string>(name: string, options: {
  parts: readonly Part[];
  sights: Sight<Who>[];
  start: () => Promise<Surroundings<Who>>;
}): void {
  const { sights } = options;
  describe(name, () => {
    let surroundings: Surroundings<Who>;
    let urls: string[];
    beforeAll(async () => {
      urls = await listShownPages();
      surroundings = await options.start();
    });
    afterAll(async () => await surroundings[Symbol.asyncDispose]());

    it("the table has every page", () => {
      const wanted = urls.filter((url) => options.parts.includes(partOf(url)));
      const shown = new Set(sights.map((sight) => landingOf(sight, urls)));
      assertEquals(wanted.length > 0, true);
      assertEquals(wanted.filter((url) => !shown.has(url)), []);
    });

    for (const sight of sights) {
      const { who, path, when } = sight;
      it(`${who}: ${path}${when === undefined ? "" : `, ${when},`} is good in every look`, async () => {
        await open(sight, surroundings, urls);
        if (!isForeign(sight)) assertEquals(await schemeChanges(surroundings.tabs[who].page), []);
        for (const colorScheme of ["light", "dark"] as const) {
          for (const width of sight.widths ?? WIDTHS) {
            const { page } = surroundings.tabs[who];
            await turnTo(page, { colorScheme, width });
            if (sight.settled) await page.waitForSelector(sight.settled(colorScheme));
            await judge(sight, { tab: surroundings.tabs[who], width, colorScheme });
          }
        }
      });
    }
  });
}

/** Whether others have made what is seen, whose styles are not known here. */
function isForeign({ accepted = [] }: Pick<Sight<string>, "accepted">): boolean {
  return accepted.length > 0;
}

/** Sends a form that the browser itself would object to, so that the server's objections are seen. */
export async function pressUnchecked(page: Page, name: string): Promise<void> {
  await page.evaluate(() => {
    for (const form of document.querySelectorAll("form")) form.noValidate = true;
  });
  await press(page, name);
}

/** Opens the filters of a log. */
export async function openFilters(page: Page): Promise<void> {
  await page.getByText("Filter", { exact: true }).click();
}

async function open<Who extends string>(
  sight: Sight<Who>,
  { baseUrl, tabs, ids }: Surroundings<Who>,
  urls: string[],
): Promise<void> {
  const { page, problems } = tabs[sight.who];
  problems.splice(0);
  await turnTo(page, { colorScheme: "light", width: sight.widths?.[0] ?? WIDTHS[0] });
  const statuses: number[] = [];
  const note = (response: Response) => {
    const request = response.request();
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
      statuses.push(response.status());
    }
  };
  page.on("response", note);
  const path = sight.path.replace(/\{(\w+)\}/g, (_, name) => {
    const id = ids[name];
    if (id === undefined) throw new Error(`There is no id "${name}"`);
    return id;
  });
  await page.goto(`${baseUrl}${path}`);
  await sight.act?.(page);
  page.off("response", note);
  assertEquals(
    [routeOf(new URL(page.url()).pathname, urls), statuses.at(-1)],
    [landingOf(sight, urls), sight.status ?? 200],
  );
}

/** The tests' browser asks for reduced motion, so that colours change at once. */
async function turnTo(
  page: Page,
  { colorScheme, width }: { colorScheme: "light" | "dark"; width: number },
): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 800 });
}

async function judge(
  sight: Pick<Sight<string>, "status" | "accepted">,
  { tab, width, colorScheme }: { tab: WatchedPage; width: number; colorScheme: "light" | "dark" },
): Promise<void> {
  const { status = 200, accepted = [] } = sight;
  try {
    await assertGoodPage(tab, {
      rules: colorScheme === "light" || isForeign(sight) ? "all" : "colours",
      accepted,
      // The browser notes every answer from 400 on.
      ...(status >= 400 ? { except: new RegExp(`status of ${status} |^${status}: `) } : {}),
    });
  } catch (error) {
    throw new Error(
      `In ${width} ${colorScheme}: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function partOf(url: string): Part {
  return PARTS[url.split("/")[1] ?? ""] ?? "rest";
}

function landingOf({ path, lands }: { path: string; lands?: string }, urls: string[]): string {
  const { pathname } = new URL(path.replace(/\{\w+\}/g, NO_ID), "http://localhost");
  return lands ?? routeOf(pathname, urls);
}

/** The URL pattern that a path belongs to, the one with the fewest parameters; the path itself if there is none. */
function routeOf(pathname: string, urls: string[]): string {
  const parameters = (url: string) => url.split(":").length;
  const [route = pathname] = urls
    .filter((url) => new URLPattern({ pathname: url }).test({ pathname }))
    .sort((a, b) => parameters(a) - parameters(b));
  return route;
}
