/** The processes of a benchmark beside Postgres. Each says on which port it listens. */
import { launchServer } from "@/tasks/launch.ts";
import { TextLineStream } from "@/tests/helpers/text_lines.ts";
import { TEST_ENVIRONMENT } from "@/tests/helpers/server_process.ts";
import type { SimulatedNumber } from "@/tests/simulator/simulated_numbers.ts";

/** A process that listens. */
export interface Program extends AsyncDisposable {
  pid: number;
  port: number;
}

/** The simulator of Meta, knowing one number. */
export async function startSimulatorProgram(number: SimulatedNumber): Promise<Program> {
  const child = spawn("simulator_process.ts", {}, "piped");
  const lines = linesOf(child.stdout);
  const port = Number(await next(lines));
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${JSON.stringify(number)}\n`));
  writer.releaseLock();
  await next(lines);
  drain(lines);
  return programOf(child, port);
}

/** The bare handler. */
export async function startBareHandler(environment: Record<string, string>): Promise<Program> {
  const child = spawn("bare_handler.ts", environment, "null");
  const lines = linesOf(child.stdout);
  const port = Number(await next(lines));
  drain(lines);
  return programOf(child, port);
}

/** The product, as `deno task start` runs it, with its log going to somebody who reads it. */
export async function startProduct(environment: Record<string, string>): Promise<Program> {
  const launched = await launchServer(
    { ...TEST_ENVIRONMENT, LOG_LEVEL: "info", META_TIMEOUT_MS: "20000", ...environment },
    { stderr: "piped" },
  );
  if (launched.stderr === null) throw new Error("The server's log must be piped");
  const lines = linesOf(launched.stderr);
  while (true) {
    const line = await next(lines);
    if (!line.includes('"listening"')) continue;
    drain(lines);
    return {
      pid: launched.pid,
      port: Number(JSON.parse(line).port),
      [Symbol.asyncDispose]: async () => {
        launched.stop("SIGTERM");
        await launched.status;
      },
    };
  }
}

type Lines = ReadableStreamDefaultReader<string>;

function spawn(
  file: string,
  environment: Record<string, string>,
  stdin: "piped" | "null",
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--allow-all",
      "--config=deno.test.json",
      new URL(file, import.meta.url).href,
    ],
    env: environment,
    stdin,
    stdout: "piped",
  }).spawn();
}

function programOf(child: Deno.ChildProcess, port: number): Program {
  return {
    pid: child.pid,
    port,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

function linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Lines {
  return stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
}

async function next(lines: Lines): Promise<string> {
  const { value, done } = await lines.read();
  if (done) throw new Error("The process ended before it was ready");
  return value;
}

/** Reads on, so that the process never waits for its reader. */
async function drain(lines: Lines): Promise<void> {
  while (!(await lines.read()).done);
}
