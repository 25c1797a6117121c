/** The events of the log as docs/observability.md lists them. */
import { readRepoFile } from "@/tests/helpers/repo_files.ts";

/** One event. */
export interface DocumentedEvent {
  level: string;
  fields: string[];
}

const ROW = /^\| `([a-z_]+)`\s*\| (debug|info|warn|error)\s*\| ([^|]*)\|/gm;

/** The events by name. */
export async function readDocumentedEvents(): Promise<Map<string, DocumentedEvent>> {
  const text = await readRepoFile("docs/observability.md");
  return new Map([...text.matchAll(ROW)].map(([, name = "", level = "", fields = ""]) => [
    name,
    { level, fields: [...fields.matchAll(/`([a-z_]+)`/g)].map(([, field = ""]) => field) },
  ]));
}
