/** The colours of styles/app.css, paired as the components pair them, reach WCAG 2.2 AA in both schemes. */
import { assert, assertEquals } from "@std/assert";
import { readRepoFiles } from "@/tests/helpers/repo_files.ts";

const TEXT_RATIO = 4.5;
const SHAPE_RATIO = 3;

/** Text and what it stands on; "x+y" is the first colour over the second at the given share. */
const TEXTS: [text: string, ground: string][] = [
  ["ink", "bg"],
  ["ink", "surface"],
  ["ink", "raised"],
  ["muted", "bg"],
  ["muted", "surface"],
  ["muted", "raised"],
  ["accent", "bg"],
  ["accent", "surface"],
  ["accent", "raised"],
  ["accent", "accent-soft"],
  ["ink", "accent-soft"],
  ["muted", "accent-soft"],
  ["accent-strong", "surface"],
  ["accent-ink", "accent"],
  ["accent-ink", "accent-strong"],
  ["bad-ink", "bad"],
  ["bad-ink", "bad-strong"],
  ["surface", "warn"],
  ...["good", "warn", "bad", "info"].flatMap((tone): [string, string][] => [
    [tone, `${tone}-soft`],
    [tone, "surface"],
    [tone, "bg"],
    ["ink", `${tone}-soft`],
    ["accent", `${tone}-soft`],
  ]),
];

const SHAPES: [shape: string, ground: string][] = [
  ["control", "surface"],
  ["control", "bg"],
  ["accent", "surface"],
  ["accent", "bg"],
  ["bad", "surface"],
  ["surface", "control"],
];

const schemes = await readSchemes();

for (const [scheme, colours] of Object.entries(schemes)) {
  Deno.test(`Every pair of colours has enough contrast in the ${scheme} scheme`, () => {
    const weak = [
      ...TEXTS.map((pair) => [...pair, TEXT_RATIO] as const),
      ...SHAPES.map((pair) => [...pair, SHAPE_RATIO] as const),
    ].map(([front, back, least]) => ({ front, back, least, is: contrast(colours, front, back) }))
      .filter(({ is, least }) => is < least);
    assertEquals(weak, []);
  });
}

Deno.test("The dark scheme has a value of its own for every colour", () => {
  assert(Object.keys(schemes.light).length > 20);
  assertEquals(Object.keys(schemes.dark).sort(), Object.keys(schemes.light).sort());
});

Deno.test("Black on white has the contrast of 21 that WCAG defines", () => {
  assertEquals(contrast({ a: "#000000", b: "#ffffff" }, "a", "b"), 21);
});

type Colours = Record<string, string>;

async function readSchemes(): Promise<{ light: Colours; dark: Colours }> {
  const css = [...(await readRepoFiles(["styles/app.css"])).values()].join("");
  const [light = "", dark = ""] = css.split("@media (prefers-color-scheme: dark)");
  const read = (text: string) =>
    Object.fromEntries(
      [...text.matchAll(/--color-([a-z-]+): (#[0-9a-f]{6});/g)]
        .map(([, name = "", value = ""]) => [name, value]),
    );
  return { light: read(light), dark: read(dark) };
}

/** WCAG 2.2, "contrast ratio". */
function contrast(colours: Colours, first: string, second: string): number {
  const [a = 0, b = 0] = [luminance(colours[first]), luminance(colours[second])].sort((x, y) =>
    y - x
  );
  return Math.round((a + 0.05) / (b + 0.05) * 100) / 100;
}

/** WCAG 2.2, "relative luminance". */
function luminance(hex: string | undefined): number {
  assert(hex !== undefined, "No such colour");
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
