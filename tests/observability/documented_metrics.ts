/** The metrics as the table of docs/observability.md lists them. */
import { readRepoFile } from "@/tests/helpers/repo_files.ts";

const ROW = /^\| `([a-z_]+)`\s*\| (counter|gauge|histogram)\s*\| ([^|]*)\|/gm;

/** Name, type and labels of each. */
export async function listDocumentedMetrics(): Promise<
  { name: string; type: "counter" | "gauge" | "histogram"; labels: string[] }[]
> {
  const text = await readRepoFile("docs/observability.md");
  return [...text.matchAll(ROW)].map(([, name = "", type, labels = ""]) => ({
    name,
    type: type as "counter" | "gauge" | "histogram",
    labels: [...labels.matchAll(/`([a-z_]+)`/g)].map(([, label = ""]) => label).sort(),
  }));
}
