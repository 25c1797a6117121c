/**
 * A real browser for tests: one per file, a page of its own for each test. A page collects whatever a user would never
 * see but that is wrong: errors on the console, violations of the content security policy, failed requests and
 * requests to other hosts; `assertClean()` wants none of them.
 */
import { assertEquals } from "@std/assert";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { findChromium } from "@/tests/browser/helpers/chromium.ts";

/** How a page is looked at. */
export interface PageOptions {
  /** True unless told. */
  javaScript?: boolean;
  colorScheme?: "light" | "dark";
  /** In CSS pixels; 1280 unless told. */
  width?: number;
  height?: number;
  /** To open a second page of the same session. */
  context?: BrowserContext;
}

/** A page that watches itself. */
export interface WatchedPage extends AsyncDisposable {
  page: Page;
  context: BrowserContext;
  /** What went wrong so far, one line each. */
  readonly problems: string[];
  /** Fails unless nothing went wrong; `except` names what a test has caused on purpose. */
  assertClean(options?: { except?: RegExp }): void;
}

/** A running browser. */
export interface TestBrowser extends AsyncDisposable {
  browser: Browser;
  newPage(options?: PageOptions): Promise<WatchedPage>;
}

// Not those that the package recommends: they switch the web's security off and share one process.
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
// Long, as a machine that runs all tests at once is slow; nothing waits longer than it takes.
const TIMEOUT_MS = 30_000;

/** Starts a browser. */
export async function openBrowser(): Promise<TestBrowser> {
  const { path, env } = await findChromium();
  const browser = await chromium.launch({
    args: ARGS,
    env: { ...Deno.env.toObject(), ...env },
    executablePath: path,
  });
  return {
    browser,
    newPage: (options = {}) => openPage(browser, options),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function openPage(browser: Browser, options: PageOptions): Promise<WatchedPage> {
  const { javaScript = true, colorScheme = "light", width = 1280, height = 800 } = options;
  const context = options.context ?? await browser.newContext({
    colorScheme,
    javaScriptEnabled: javaScript,
    reducedMotion: "reduce",
    viewport: { width, height },
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  const problems: string[] = [];
  watch(page, { problems, javaScript });
  return {
    page,
    context,
    problems,
    assertClean: ({ except } = {}) => {
      assertEquals(problems.filter((line) => !except?.test(line)), []);
    },
    [Symbol.asyncDispose]: () => options.context === undefined ? context.close() : page.close(),
  };
}

function watch(page: Page, options: { problems: string[]; javaScript: boolean }): void {
  const { problems, javaScript } = options;
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      problems.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    // Chromium reports the modules that it was told not to run as refused.
    if (!javaScript && reason === "csp" && request.resourceType() === "script") return;
    // A page that is left ends its own requests.
    if (reason !== "net::ERR_ABORTED") problems.push(`failed: ${request.url()} ${reason}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    const isLocal = ["127.0.0.1", "localhost"].includes(url.hostname);
    if (/^https?:$/.test(url.protocol) && !isLocal) problems.push(`another host: ${url.href}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) problems.push(`${response.status()}: ${response.url()}`);
  });
}
