/** `deno task clients:typescript`: builds the TypeScript client as a package, for a project on Node or Bun or for a registry. */
// deno-lint-ignore-file no-console -- the output of this task is for a reader at a terminal
import { buildClient } from "./client/build.ts";

/** Where the package is, from the project's folder. */
const FOLDER = ".build/client/";

if (import.meta.main) {
  await buildClient(new URL(`../${FOLDER}`, import.meta.url));
  console.log(`The client is in ${FOLDER}

  npm install <this folder>/${FOLDER}    # in a project that uses it
  npm publish ./${FOLDER}                # or for everybody, under a name of your own`);
}
