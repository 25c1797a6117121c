/**
 * The simulator of Meta in a process of its own. Prints its port in a line, then takes numbers to know as lines of JSON
 * on its standard input.
 */
// deno-lint-ignore-file no-console -- its port goes to the process that has started it
import { TextLineStream } from "@/tests/helpers/text_lines.ts";
import { startSimulator } from "@/tests/simulator/simulator.ts";

/** It answers more requests than it could remember. */
const KEPT_RECORDS = 100;

if (import.meta.main) {
  await using simulator = await startSimulator({ keepRecords: KEPT_RECORDS });
  console.log(simulator.port);
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    simulator.addNumber(JSON.parse(line));
    console.log("known");
  }
}
