/**
 * Starts a task of deno.json as `deno task` does — with its options and permissions, from the project's folder — and
 * follows what it prints. Nothing of this process's environment but what Deno itself needs reaches it.
 */
import { denoEnvironment, taskArgs } from "@/tests/helpers/cli.ts";

/** How a task ended, and everything it printed. */
export interface TaskEnd {
  code: number;
  stdout: string;
  stderr: string;
}

/** A task that runs. */
export interface TaskProcess extends AsyncDisposable {
  pid: number;
  /** Waits until stdout and stderr together hold a text; fails when the task ends without it. */
  waitForText(text: string): Promise<string>;
  signal(name: Deno.Signal): void;
  /** Waits for the end. */
  ended(): Promise<TaskEnd>;
  /** Ends it at once, if it still runs. */
  [Symbol.asyncDispose](): Promise<void>;
}

const ROOT = new URL("../../", import.meta.url);

/** A task with an environment: `output` runs it to its end, `start` leaves it running. */
export function taskProcess(name: string, environment: Record<string, string>): {
  output: () => Promise<TaskEnd>;
  start: () => Promise<TaskProcess>;
} {
  const start = async (): Promise<TaskProcess> => {
    const child = new Deno.Command(Deno.execPath(), {
      args: await taskArgs(name),
      cwd: ROOT,
      env: { ...denoEnvironment(), ...environment },
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return follow(child);
  };
  return {
    start,
    output: async () => {
      await using task = await start();
      return await task.ended();
    },
  };
}

function follow(child: Deno.ChildProcess): TaskProcess {
  const printed = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  const read = async (name: "stdout" | "stderr"): Promise<void> => {
    for await (const text of child[name].pipeThrough(new TextDecoderStream())) {
      printed[name] += text;
      for (const look of [...waiting]) look();
    }
  };
  const ended = Promise.all([child.status, read("stdout"), read("stderr")])
    .then(([{ code }]) => ({ code, ...printed }));
  return {
    pid: child.pid,
    waitForText: async (text) => {
      const found = Promise.withResolvers<void>();
      const look = () => {
        if (`${printed.stdout}${printed.stderr}`.includes(text)) found.resolve();
      };
      waiting.add(look);
      look();
      await Promise.race([found.promise, ended]);
      waiting.delete(look);
      const all = `${printed.stdout}${printed.stderr}`;
      if (!all.includes(text)) throw new Error(`The task ended without "${text}":\n${all}`);
      return all;
    },
    signal: (name) => child.kill(name),
    ended: () => ended,
    [Symbol.asyncDispose]: async () => {
      try {
        // The task's own server notices and ends too.
        child.kill("SIGTERM");
      } catch (error) {
        // It has ended by itself.
        if (!(error instanceof TypeError)) throw error;
      }
      await ended;
    },
  };
}
