/**
 * What every page must fulfil in the browser: nothing that axe finds, no scrolling sideways, and nothing wrong behind
 * the scenes. axe runs as the tests' own script, so the page's policy stays in force.
 */
import { assertEquals } from "@std/assert";
import axeCore from "axe-core";
import type { Page } from "playwright-core";
import type { WatchedPage } from "@/tests/browser/helpers/browser.ts";

/** Something that axe finds in what others have made, and that cannot be mended from here. */
export interface AcceptedFinding {
  /** The rule's id. */
  rule: string;
  /** Matches the elements that it is accepted for, and no others. */
  selector: string;
}

/**
 * What axe finds in a page with JavaScript (without, it never ends), one line for each place.
 *
 * @param accepted what is left out
 */
export async function axe(
  page: Page,
  accepted: readonly AcceptedFinding[] = [],
): Promise<string[]> {
  const isThere = await page.evaluate(() => "axe" in globalThis);
  if (!isThere) await page.evaluate(axeCore.source);
  return await page.evaluate(async (accepted) => {
    const { axe } = globalThis as unknown as { axe: typeof axeCore };
    const options = { resultTypes: ["violations" as const], elementRef: true };
    const { violations } = await axe.run(document, options);
    return violations.flatMap(({ id, help, nodes }) =>
      nodes
        .filter(({ element }) =>
          !accepted.some(({ rule, selector }) => rule === id && element?.matches(selector))
        )
        .map(({ target, any, all, none }) => {
          const reason = [...any, ...all, ...none].map((check) => check.message).join("; ");
          return `${id}: ${help} at ${target.join(" ")} (${reason})`;
        })
    );
  }, accepted);
}

/** How many pixels a page is wider than its window. */
export async function overflowPx(page: Page): Promise<number> {
  return await page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth
  );
}

/**
 * Fails unless a page is accessible, fits its window and has done nothing wrong but what `except` names.
 *
 * @param options.accepted what axe may find
 */
export async function assertGoodPage(
  watched: WatchedPage,
  { except, accepted = [] }: { except?: RegExp; accepted?: readonly AcceptedFinding[] } = {},
): Promise<void> {
  const address = watched.page.url();
  assertEquals({
    address,
    axe: await axe(watched.page, accepted),
    overflowPx: await overflowPx(watched.page),
    problems: watched.problems.filter((line) => !except?.test(line)),
  }, { address, axe: [], overflowPx: 0, problems: [] });
}
