/** The processes of a benchmark beside Postgres. Each says on which port it listens. */
import { launchServer } from "@/tasks/launch.ts";
import type { ControlRequest } from "@/tests/helpers/embedded_server.ts";
import { TextLineStream } from "@/tests/helpers/text_lines.ts";
import { TEST_ENVIRONMENT } from "@/tests/helpers/server_process.ts";
import type { SimulatedNumber } from "@/tests/simulator/simulated_numbers.ts";

/** A process that listens. */
export interface Program extends AsyncDisposable {
  pid: number;
  port: number;
}

/** The server on an embedded database, and the port through which that can be looked into. */
export interface EmbeddedProgram extends Program {
  control<Answer>(request: ControlRequest): Promise<Answer>;
}

const PRODUCT_ENVIRONMENT = { ...TEST_ENVIRONMENT, LOG_LEVEL: "info", META_TIMEOUT_MS: "20000" };

/** The simulator of Meta. */
export async function startSimulatorProgram(): Promise<
  Program & { addNumber(number: SimulatedNumber): Promise<void> }
> {
  const child = spawn("simulator_process.ts", { stdin: "piped" });
  const lines = linesOf(child.stdout);
  const port = Number(await next(lines));
  const writer = child.stdin.getWriter();
  return {
    ...programOf(child, port),
    addNumber: async (number) => {
      await writer.write(new TextEncoder().encode(`${JSON.stringify(number)}\n`));
      await next(lines);
    },
  };
}

/** The bare handler. */
export function startBareHandler(environment: Record<string, string>): Promise<Program> {
  return startAndDrain("bare_handler.ts", environment);
}

/** The stand-in of Fresh with some routes, or a bare `Deno.serve` that answers the same. */
export function startRouting(kind: "fresh" | "bare"): Promise<Program> {
  return startAndDrain("routing_process.ts", { KIND: kind });
}

/** The product, as `deno task start` runs it, with its log going to somebody who reads it. */
export async function startProduct(environment: Record<string, string>): Promise<Program> {
  const launched = await launchServer({ ...PRODUCT_ENVIRONMENT, ...environment }, {
    stderr: "piped",
  });
  if (launched.stderr === null) throw new Error("The server's log must be piped");
  const lines = linesOf(launched.stderr);
  const { port } = await nextEvent(lines, "listening");
  drain(lines);
  return {
    pid: launched.pid,
    port,
    [Symbol.asyncDispose]: async () => {
      launched.stop("SIGTERM");
      await launched.status;
    },
  };
}

/** The product with an embedded database, and a control port beside it. */
export async function startEmbeddedProduct(
  environment: Record<string, string>,
): Promise<EmbeddedProgram> {
  const child = spawn("../../tests/helpers/embedded_server.ts", {
    environment: { ...PRODUCT_ENVIRONMENT, ...environment },
    stderr: "piped",
  });
  const lines = linesOf(child.stderr);
  const control = await nextEvent(lines, "control");
  const { port } = await nextEvent(lines, "listening");
  drain(lines);
  return {
    ...programOf(child, port),
    control: async (request) => {
      const answer = await fetch(`http://127.0.0.1:${control.port}`, {
        method: "POST",
        body: JSON.stringify(request),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return await answer.json();
    },
  };
}

type Lines = ReadableStreamDefaultReader<string>;

function spawn(
  file: string,
  options: {
    environment?: Record<string, string>;
    stdin?: "piped" | "null";
    stderr?: "piped" | "inherit";
  },
): Deno.ChildProcess {
  const { environment = {}, stdin = "null", stderr = "inherit" } = options;
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
    stderr,
  }).spawn();
}

async function startAndDrain(
  file: string,
  environment: Record<string, string>,
): Promise<Program> {
  const child = spawn(file, { environment });
  const lines = linesOf(child.stdout);
  const port = Number(await next(lines));
  drain(lines);
  return programOf(child, port);
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

/** Reads up to an event of a server's log. */
async function nextEvent(lines: Lines, event: string): Promise<{ port: number }> {
  while (true) {
    const line = await next(lines);
    if (line.includes(`"${event}"`)) return JSON.parse(line);
  }
}

/** Reads on, so that the process never waits for its reader. */
async function drain(lines: Lines): Promise<void> {
  while (!(await lines.read()).done);
}
