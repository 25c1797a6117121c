/** How much processor time processes have used (Linux: read from /proc). */

/** The kernel counts in these. */
const TICK_MICROSECONDS = 10_000;

/** A process and everything that it has started, in microseconds since their start; what has ended counts too. */
export async function cpuOfTree(rootPid: number): Promise<number> {
  const processes: { pid: number; parent: number; own: number; ended: number }[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^[0-9]+$/.test(name)) continue;
    const stat = await readStat(name);
    if (stat === null) continue;
    // "pid (name) state ppid …", where the name may hold anything; utime, stime, cutime and cstime are 14 to 17.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = (index: number) => Number(fields[index - 3]);
    processes.push({
      pid: Number(name),
      parent: Number(fields[1]),
      own: ticks(14) + ticks(15),
      ended: ticks(16) + ticks(17),
    });
  }
  const tree = new Set([rootPid]);
  // Children have higher numbers than their parents but for a wrap-around, which a benchmark does not live to see.
  for (const { pid, parent } of processes.sort((a, b) => a.pid - b.pid)) {
    if (tree.has(parent)) tree.add(pid);
  }
  const ticks = processes.filter(({ pid }) => tree.has(pid))
    .reduce((sum, { own, ended }) => sum + own + ended, 0);
  return ticks * TICK_MICROSECONDS;
}

/** The memory that a process has in use (RSS), in bytes. */
export async function memoryOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

async function readStat(pid: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(`/proc/${pid}/stat`);
  } catch (error) {
    // ESRCH: it ended while being read.
    if (error instanceof Deno.errors.NotFound || String(error).includes("os error 3")) return null;
    throw error;
  }
}
