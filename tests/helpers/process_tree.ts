/** Which processes a process has started (Linux: read from /proc). */

/** A child process, and how it was called. */
export interface ChildInfo {
  pid: number;
  args: string[];
}

/** Whether this system can be asked. */
export const CAN_LIST_CHILDREN = Deno.build.os === "linux";

/** The direct children of a process. */
export async function listChildren(parentPid: number): Promise<ChildInfo[]> {
  const children: ChildInfo[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^[0-9]+$/.test(name)) continue;
    const [stat, cmdline] = await Promise.all([readProc(name, "stat"), readProc(name, "cmdline")]);
    // "pid (name) state ppid …", where the name may hold anything.
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (parent === parentPid) children.push({ pid: Number(name), args: cmdline.split("\0") });
  }
  return children;
}

/** Whether a process is there. */
export async function isRunning(pid: number): Promise<boolean> {
  return await readProc(String(pid), "cmdline") !== "";
}

/** A file of a process, or nothing when the process has ended. */
async function readProc(pid: string, file: string): Promise<string> {
  try {
    return await Deno.readTextFile(`/proc/${pid}/${file}`);
  } catch (error) {
    // ESRCH: it ended while being read.
    if (error instanceof Deno.errors.NotFound || String(error).includes("os error 3")) return "";
    throw error;
  }
}
