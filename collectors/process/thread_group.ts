/**
 * Where to read the memory of a process whose first thread has ended while others run on (a main that calls pthread_exit):
 * /proc/PID then speaks of a zombie with nothing, and ps and top show 0, though the memory is all there. Every other thread
 * shows it. null where there is none.
 */
export function liveThreadDirectory(directory: string, pid: number): string | null {
  try {
    for (const { name } of Deno.readDirSync(`${directory}/task`)) {
      if (name !== String(pid)) return `${directory}/task/${name}`;
    }
  } catch {
    // It has ended meanwhile.
  }
  return null;
}

/**
 * Where to read the mappings and descriptors of a process: its own directory, or that of a living thread where the first one
 * has ended. A dead thread has no executable any more, which one readlink tells; kernel threads have neither.
 */
export function memoryDirectory(pid: number, proc: string): string {
  const directory = `${proc}/${pid}`;
  try {
    Deno.readLinkSync(`${directory}/exe`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return liveThreadDirectory(directory, pid) ?? directory;
  }
  return directory;
}
