/**
 * Counts test cases in the JUnit file that `deno test` writes. That file lists every step as a case of its own, named
 * "parent > step", and a parent once more for each failing step, so its own totals count a single failure two or three
 * times. Here a case with steps is only a heading, unless it failed for a reason of its own (a hook, a leak).
 * A file that fails before its tests run does not appear in it at all.
 */

/** The outcome of one test file, or the sum of several. */
export interface CaseCounts {
  passed: number;
  ignored: number;
  /** What failed, each as "file: case". */
  failures: string[];
}

interface TestCase {
  name: string;
  outcome: "passed" | "failed" | "ignored";
  /** It failed, but only because a step of it did. */
  isEcho: boolean;
}

// ">" is always escaped in the file, so that this cannot be part of a name.
const SEPARATOR = " &gt; ";
const SUITE = /<testsuite name="([^"]*)"[^>]*>(.*?)<\/testsuite>/gs;
const CASE = /<testcase name="([^"]*)"[^>]*>(.*?)<\/testcase>/gs;
const ECHO = /<failure message="[0-9]+ test steps? failed">/;

/** Counts the cases of a JUnit file by test file, under the names that `deno test` prints ("./tests/x_test.ts"). */
export function countCases(xml: string): Map<string, CaseCounts> {
  const files = new Map<string, CaseCounts>();
  for (const [, file = "", body = ""] of xml.matchAll(SUITE)) {
    files.set(file, countSuite(file, [...body.matchAll(CASE)].map(parseCase)));
  }
  return files;
}

/** Adds up counts. */
export function sumCounts(all: Iterable<CaseCounts>): CaseCounts {
  const sum: CaseCounts = { passed: 0, ignored: 0, failures: [] };
  for (const counts of all) {
    sum.passed += counts.passed;
    sum.ignored += counts.ignored;
    sum.failures.push(...counts.failures);
  }
  return sum;
}

function countSuite(file: string, cases: TestCase[]): CaseCounts {
  const headings = new Set<string>();
  for (const { name } of cases) {
    for (
      let end = name.lastIndexOf(SEPARATOR);
      end > 0;
      end = name.lastIndexOf(SEPARATOR, end - 1)
    ) {
      headings.add(name.slice(0, end));
    }
  }
  const counts: CaseCounts = { passed: 0, ignored: 0, failures: [] };
  for (const { name, outcome, isEcho } of cases) {
    const isHeading = headings.has(name);
    if (isHeading && (outcome === "passed" || isEcho)) continue;
    if (outcome === "failed") counts.failures.push(`${file}: ${unescapeXml(name)}`);
    else counts[outcome] += 1;
  }
  return counts;
}

function parseCase([, name = "", body = ""]: RegExpMatchArray): TestCase {
  return { name, outcome: parseOutcome(body), isEcho: ECHO.test(body) };
}

function parseOutcome(body: string): TestCase["outcome"] {
  // An <error> is a test that never ran to its end because its file broke ("Cancelled").
  if (body.includes("<failure") || body.includes("<error")) return "failed";
  return body.includes("<skipped") ? "ignored" : "passed";
}

function unescapeXml(text: string): string {
  const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name) => characters[name] ?? "");
}
