/** Why the looks in the dark may leave out the rules that are not about colours. */
import { assertEquals, assertMatch } from "@std/assert";
import axeCore from "axe-core";
import { axe, COLOUR_RULES, schemeChanges } from "@/tests/browser/helpers/axe.ts";
import { openBrowser } from "@/tests/browser/helpers/browser.ts";
import { listRepoFiles, readRepoFiles } from "@/tests/helpers/repo_files.ts";

const DARK = "@media (prefers-color-scheme: dark)";

Deno.test("the rules for the dark are all of axe's rules about colours, save that of WCAG AAA", () => {
  const rules = axeCore.getRules(["cat.color"]).filter(({ tags }) => !tags.includes("wcag2aaa"));
  assertEquals(rules.map(({ ruleId }) => ruleId).sort(), [...COLOUR_RULES].sort());
});

Deno.test("a style that changes more than tokens in a colour scheme is found, wherever it stands", async () => {
  await using browser = await openBrowser();
  await using tab = await browser.newPage();
  const changesOf = async (css: string, media = "all") => {
    await tab.page.setContent(`<style media="${media}">${css}</style>`);
    return (await schemeChanges(tab.page)).length;
  };
  assertEquals(await changesOf(`p { display: none } ${DARK} { :root { --color-bg: #000000 } }`), 0);
  for (
    const css of [
      `${DARK} { p { display: none } }`,
      `p { color: red; ${DARK} { display: none } }`,
      `${DARK} { @supports (display: grid) { p { display: none } } }`,
      `@layer base { @media print, (prefers-color-scheme: light) { p { display: none } } }`,
      `${DARK} { :root { --size: 1px } }`,
    ]
  ) assertEquals(await changesOf(css), 1, css);
  assertEquals(await changesOf("p { margin: 0 }", "(prefers-color-scheme: dark)"), 1);
});

Deno.test("text that cannot be read in the dark alone is found by the rules for the dark", async () => {
  await using browser = await openBrowser();
  await using tab = await browser.newPage();
  await tab.page.setContent(
    `<style>
       :root { --color-bg: #ffffff } ${DARK} { :root { --color-bg: #1d1d1d } }
       p { background: var(--color-bg); color: #222222 }
     </style>
     <main><p>Text</p></main>`,
  );
  assertEquals(await axe(tab.page, { rules: "colours" }), []);
  await tab.page.emulateMedia({ colorScheme: "dark" });
  const [found, ...more] = await axe(tab.page, { rules: "colours" });
  assertMatch(found ?? "", /^color-contrast: /);
  assertEquals(more, []);
});

Deno.test("nothing but styles/app.css asks for the colour scheme", async () => {
  const folders = /^(components|islands|routes|lib|jsr\/fresh|styles|static)\//;
  const paths = (await listRepoFiles([".ts", ".tsx", ".css", ".js", ".svg", ".html"]))
    .filter((path) => folders.test(path));
  const files = await readRepoFiles(paths);
  const asking = [...files].filter(([, text]) => /prefers-color-scheme|matchMedia/.test(text));
  assertEquals(asking.map(([path]) => path), ["styles/app.css"]);
});
