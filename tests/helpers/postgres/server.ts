/**
 * The commands of Postgres on the directory of one test cluster, which holds `postgres/` (the programs), `data/` and
 * `server.log`. Everything goes through pg_ctl, which starts the server in a session of its own: it is no child of this
 * process, and Ctrl-C in the terminal does not reach it.
 */
import {
  installedPostgresVariable,
  layOutPostgres,
  type PostgresBinaries,
  type PostgresVersion,
  type ServerUser,
} from "./binaries.ts";

// Below the ranges from which systems take ports for outgoing connections (Linux 32768, macOS 49152): between a stop
// and the next start no connection of another test can be given this one.
const PORTS = { first: 15_000, last: 31_999 };

const NOBODY: ServerUser = { uid: 65534, gid: 65534 };

/** One Postgres server, running or not. */
export class PostgresServer {
  readonly #version: PostgresVersion;
  readonly #binaries: PostgresBinaries;
  readonly #user: ServerUser | null;
  readonly #path: string;

  private constructor(
    version: PostgresVersion,
    place: { binaries: PostgresBinaries; user: ServerUser | null; path: string },
  ) {
    this.#version = version;
    this.#binaries = place.binaries;
    this.#user = place.user;
    this.#path = place.path;
  }

  /** Lays out the programs in an empty directory and makes the data directory; nothing runs yet. */
  static async create(
    version: PostgresVersion,
    options: { path: string; durable: boolean; sharedBuffers: string },
  ): Promise<PostgresServer> {
    const { path } = options;
    // Postgres refuses to run as root.
    const user = Deno.uid() === 0 ? NOBODY : null;
    if (user !== null) await Deno.chown(path, user.uid, user.gid);
    const directory = `${path}/postgres`;
    const binaries = await layOutPostgres(version, { directory, user });
    const server = new PostgresServer(version, { binaries, user, path });
    await server.#initialize(options);
    return server;
  }

  async #initialize(options: { durable: boolean; sharedBuffers: string }): Promise<void> {
    const locale = Deno.build.os === "linux" ? "C.UTF-8" : "C";
    await this.#run("initdb", [
      ...["-U", "postgres", "-A", "trust"],
      ...["-E", "UTF8", `--locale=${locale}`, "--no-sync"],
    ]);
    const onOff = options.durable ? "on" : "off";
    await this.#configure([
      "listen_addresses = '127.0.0.1'",
      "unix_socket_directories = ''",
      "max_connections = 200",
      `shared_buffers = '${options.sharedBuffers}'`,
      "timezone = 'UTC'",
      `fsync = ${onOff}`,
      `full_page_writes = ${onOff}`,
    ]);
  }

  /** Tries ports until the server has one: between the look and the start another process may take it. */
  async startOnFreePort(): Promise<number> {
    for (let triesLeft = 5;; triesLeft--) {
      const port = findFreePort();
      await this.#configure([`port = ${port}`]);
      try {
        await this.start();
        return port;
      } catch (error) {
        const taken = error instanceof Error &&
          error.message.includes("already in use");
        if (!taken || triesLeft === 1) throw error;
      }
    }
  }

  /** Starts the server on the port it had; resolves when it accepts connections. */
  async start(): Promise<void> {
    const log = `${this.#path}/server.log`;
    await Deno.remove(log).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    try {
      await this.#run("pg_ctl", ["start", "-w", "-t", "60", "-l", log]);
    } catch (error) {
      const text = await Deno.readTextFile(log).catch(() => "no server log");
      throw new Error(
        `Postgres ${this.#version} does not start: ${text.trim()}`,
        { cause: error },
      );
    }
  }

  /** Ends the server: "fast" as an operator would, "immediate" as a crash would. */
  async stop(mode: "fast" | "immediate"): Promise<void> {
    await this.#run("pg_ctl", ["stop", "-w", "-t", "60", "-m", mode]);
  }

  /** Ends the server if it runs, without care for its data. */
  async end(): Promise<void> {
    const { code } = await this.#command("pg_ctl", ["status"]).output();
    // 3 is pg_ctl's code for "no server running".
    if (code !== 3) await this.stop("immediate");
  }

  async #configure(lines: string[]): Promise<void> {
    // The last value of a name counts.
    await Deno.writeTextFile(
      `${this.#path}/data/postgresql.conf`,
      `\n${lines.join("\n")}\n`,
      { append: true },
    );
  }

  async #run(program: string, args: string[]): Promise<void> {
    const { success, text } = await this.#output(program, args);
    if (!success) {
      throw new Error(`The program "${program}" of Postgres ${this.#version} failed: ${text}`);
    }
  }

  async #output(program: string, args: string[]): Promise<{ success: boolean; text: string }> {
    try {
      const { success, stdout, stderr } = await this.#command(program, args).output();
      const decoder = new TextDecoder();
      return { success, text: `${decoder.decode(stdout)}\n${decoder.decode(stderr)}`.trim() };
    } catch (error) {
      throw new Error(
        `The program "${this.#binaries.binDirectory}/${program}" cannot be run: set ${
          installedPostgresVariable(this.#version)
        } to the directory of an installed Postgres ${this.#version}`,
        { cause: error },
      );
    }
  }

  #command(program: string, args: string[]): Deno.Command {
    // Whatever the developer's own Postgres client is told (PGHOST, PGDATA, …) must not reach this server.
    const inherited = Object.entries(Deno.env.toObject())
      .filter(([name]) => !name.startsWith("PG") && !name.startsWith("LC_"));
    const { binDirectory, libraryDirectory } = this.#binaries;
    return new Deno.Command(`${binDirectory}/${program}`, {
      // As an argument rather than in PGDATA: so it shows in the server's command line, by which left-overs are known.
      args: [...args, "-D", `${this.#path}/data`],
      clearEnv: true,
      env: {
        ...Object.fromEntries(inherited),
        LC_ALL: Deno.build.os === "linux" ? "C.UTF-8" : "C",
        ...(libraryDirectory === null ? {} : { LD_LIBRARY_PATH: libraryDirectory }),
      },
      // The caller's own directory may be closed to the server's user.
      cwd: this.#path,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...(this.#user ?? {}),
    });
  }
}

function findFreePort(): number {
  for (let tries = 0; tries < 100; tries++) {
    const count = PORTS.last - PORTS.first + 1;
    const port = PORTS.first + Math.floor(Math.random() * count);
    if (isFree(port)) return port;
  }
  throw new Error(
    `No free TCP port between ${PORTS.first} and ${PORTS.last} was found`,
  );
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
