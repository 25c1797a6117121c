/**
 * What every page must fulfil in the browser: nothing that axe finds, no scrolling sideways, and nothing wrong behind
 * the scenes. axe runs as the tests' own script, so the page's policy stays in force.
 */
import { assertEquals } from "@std/assert";
import axeCore from "axe-core";
import type { Page } from "playwright-core";
import type { WatchedPage } from "@/tests/browser/helpers/browser.ts";

/** The rules of axe that look at colours, of those that it applies by default (its category "cat.color"). */
export const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** Which rules are applied: all, or those alone whose outcome another colour scheme can change. */
export type AxeRules = "all" | "colours";

/** Something that axe finds in what others have made, and that cannot be mended from here. */
export interface AcceptedFinding {
  /** The rule's id. */
  rule: string;
  /** Matches the elements that it is accepted for, and no others. */
  selector: string;
}

/** How a page is judged. */
export interface Judgement {
  rules?: AxeRules;
  /** What axe may find. */
  accepted?: readonly AcceptedFinding[];
}

/** What axe finds in a page with JavaScript (without, it never ends), one line for each place. */
export async function axe(
  page: Page,
  { rules = "all", accepted = [] }: Judgement = {},
): Promise<string[]> {
  const isThere = await page.evaluate(() => "axe" in globalThis);
  if (!isThere) await page.evaluate(axeCore.source);
  return await page.evaluate(async ({ only, accepted }) => {
    const { axe } = globalThis as unknown as { axe: typeof axeCore };
    const { violations } = await axe.run(document, {
      resultTypes: ["violations" as const],
      elementRef: true,
      ...(only === null ? {} : { runOnly: { type: "rule" as const, values: only } }),
    });
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
  }, { only: rules === "all" ? null : COLOUR_RULES, accepted });
}

/**
 * What the styles of a page change in one colour scheme besides the tokens of colours and shadows, one line each.
 * Nothing, as it should be, means that in another scheme elements are in the same places, and axe's rules that do not
 * look at colours find the same.
 */
export async function schemeChanges(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const found: string[] = [];
    const look = (rules: CSSRuleList, inScheme: boolean): void => {
      for (const rule of rules) {
        const within = inScheme ||
          rule instanceof CSSMediaRule && rule.conditionText.includes("prefers-color-scheme");
        // Rules, what stands between nested rules, and the steps of an animation.
        if (within && "style" in rule && rule.style instanceof CSSStyleDeclaration) {
          for (const name of rule.style) {
            if (!/^--(color|shadow)-/.test(name)) found.push(`${name} in ${rule.cssText}`);
          }
        }
        if ("cssRules" in rule && rule.cssRules instanceof CSSRuleList) look(rule.cssRules, within);
      }
    };
    for (const sheet of document.styleSheets) {
      if (sheet.media.mediaText.includes("prefers-color-scheme")) {
        found.push(`All of ${sheet.href}`);
      }
      look(sheet.cssRules, false);
    }
    return found;
  });
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
 * @param options.rules "colours" for a page that was judged by all of them in the other colour scheme
 */
export async function assertGoodPage(
  watched: WatchedPage,
  { except, ...judgement }: Judgement & { except?: RegExp } = {},
): Promise<void> {
  const address = watched.page.url();
  assertEquals({
    address,
    axe: await axe(watched.page, judgement),
    overflowPx: await overflowPx(watched.page),
    problems: watched.problems.filter((line) => !except?.test(line)),
  }, { address, axe: [], overflowPx: 0, problems: [] });
}
