/** Reads the Dockerfile, as far as it goes: stages and their instructions. */
import { readRepoFile } from "@/tests/helpers/repo_files.ts";

/** One stage. */
export interface Stage {
  base: string;
  name: string | null;
  /** Everything but FROM, in order. */
  instructions: { name: string; value: string }[];
  /** The command of HEALTHCHECK, if there is one. */
  healthCheck: string[] | null;
}

const KNOWN = [
  ...["CMD", "COPY", "ENV", "EXPOSE", "FROM", "HEALTHCHECK"],
  ...["RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"],
];

/** The Dockerfile of the project; throws on an instruction that it does not know. */
export async function readDockerfile(): Promise<{ stages: Stage[] }> {
  const text = (await readRepoFile("Dockerfile")).replace(/^#.*\n/gm, "").replace(/\\\n\s*/g, "");
  const stages: Stage[] = [];
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const [, name = "", value = ""] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    if (!KNOWN.includes(name)) throw new Error(`Not an instruction: "${line}"`);
    const stage = stages.at(-1);
    if (name === "FROM") {
      const [base = "", , stageName = null] = value.split(" ");
      stages.push({ base, name: stageName, instructions: [], healthCheck: null });
    } else if (stage !== undefined) {
      stage.instructions.push({ name, value });
      if (name === "HEALTHCHECK") stage.healthCheck = JSON.parse(value.replace(/^.*? CMD /, ""));
    }
  }
  return { stages };
}

/** The values of one instruction in a stage. */
export function valuesOf(stage: Stage | undefined, name: string): string[] {
  return (stage?.instructions ?? []).filter((each) => each.name === name).map(({ value }) => value);
}
