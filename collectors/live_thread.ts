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
