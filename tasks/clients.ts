/**
 * `deno task clients`: writes clients/, which is made from the API's OpenAPI document: the document itself, a collection
 * for Postman and Bruno, a workflow for n8n. With `--check` it only says whether the files are up to date, by exit code
 * 1 and the command to run.
 */
import { makeDocument } from "@/lib/openapi/document.ts";
import { n8nWorkflow } from "./clients/n8n.ts";
import { postmanCollection } from "./clients/postman.ts";

/** Stands where the address of a server will be. */
const BASE_URL = "http://localhost:8000";

/** The text that each file should have, by its path from the project's folder. */
export function clientFiles(): Map<string, string> {
  const document = makeDocument(BASE_URL);
  const values: [path: string, value: unknown][] = [
    ["clients/openapi.json", document],
    ["clients/postman/messages-api.postman_collection.json", postmanCollection(document)],
    ["clients/n8n/send-message.json", n8nWorkflow(document)],
  ];
  return new Map(values.map(([path, value]) => [path, `${JSON.stringify(value, null, 2)}\n`]));
}

/** Writes the files of a project that differ, or with `check` leaves them; answers which these were. */
export async function updateClients(root: URL, { check }: { check: boolean }): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of clientFiles()) {
    const file = new URL(path, root);
    if (await readIfThere(file) === text) continue;
    stale.push(path);
    if (check) continue;
    await Deno.mkdir(new URL(".", file), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
  return stale;
}

async function readIfThere(file: URL): Promise<string | null> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  const stale = await updateClients(new URL("../", import.meta.url), { check });
  if (check && stale.length > 0) {
    // A command speaks to its user on the terminal.
    // deno-lint-ignore no-console
    console.error(`Stale: ${stale.join(", ")}. Run "deno task clients"`);
    Deno.exit(1);
  }
}
