/**
 * Unpacks the browser that comes from npm into the folder that TMPDIR names, which the package takes for its own. Runs
 * in a process of its own (chromium.ts), so that nobody else's TMPDIR changes.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { inflate } from "@sparticuz/chromium";

const ARCHIVES = ["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"];

// The package's own names folders of the machines that it was made for, and /tmp/fonts: without any font the browser
// measures every text as nothing and crashes at the first fallback.
const FONT_SETTINGS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fonts</cachedir>
</fontconfig>
`;

if (import.meta.main) {
  const main = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  const folder = join(dirname(main), "..", "bin");
  await Promise.all(ARCHIVES.map((name) => inflate(join(folder, name))));
  await Deno.writeTextFile(`${Deno.env.get("TMPDIR")}/fonts/fonts.conf`, FONT_SETTINGS);
}
