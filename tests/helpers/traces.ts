/** The traces that a person may have left: each text as it is, in base64 at every alignment, and in hexadecimal. */
import { Buffer } from "node:buffer";

/** Every form of some texts; a dump that holds none of them tells nothing of the person. */
export function tracesOf(texts: string[]): string[] {
  return texts.flatMap((text) => [text, ...inBase64(text), Buffer.from(text).toString("hex")]);
}

/** Those of the traces that are in the rows, with the tables. */
export function findTraces(dump: Map<string, string[]>, traces: string[]): string[] {
  const found: string[] = [];
  for (const [table, rows] of dump) {
    for (const trace of traces) {
      const row = rows.find((text) => text.toLowerCase().includes(trace.toLowerCase()));
      if (row !== undefined) found.push(`${table}: ${trace} in ${row}`);
    }
  }
  return found;
}

/** What of a text's base64 does not depend on the bytes around it, for each of the three places it may begin at. */
function inBase64(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const end = Math.floor((before + bytes.length) * 8 / 6);
    return encoded.slice(Math.ceil(before * 8 / 6), end);
  });
}
