/**
 * The style sheet: Tailwind compiles styles/app.css with the class names that it finds in the folders which that file
 * names. Reads the project, writes nothing.
 */
import { fileURLToPath } from "node:url";
import { compile, optimize } from "@tailwindcss/node";
import { Scanner } from "@tailwindcss/oxide";

/** Compiles the style sheet of a project, minified. Throws what Tailwind says of a mistake in it. */
export async function buildStyles(root: URL): Promise<string> {
  const source = await Deno.readTextFile(new URL("styles/app.css", root));
  const compiler = await compile(source, {
    base: fileURLToPath(new URL("styles", root)),
    // What it is made of is known beforehand: see inputs.ts.
    onDependency: () => {},
  });
  const scanner = new Scanner({ sources: compiler.sources });
  const css = compiler.build(scanner.scan());
  return optimize(css, { file: "styles.css", minify: true }).code;
}
