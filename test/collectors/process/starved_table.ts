/** A process table whose own descriptors run out, and one beside many zombies; writes what it saw, for a test. */

import { ProcessTable } from "../../../collectors/process/process_table.ts";

const [mode] = Deno.args;
const table = new ProcessTable("/proc", mode === "starve" ? { max_kept_handles: 0 } : {});
let now = 1000;

if (mode === "starve") {
  table.scan(now++, 0, true);
  const before = new Set(table.records);
  const held: Deno.FsFile[] = [];
  try {
    while (true) held.push(Deno.openSync("/dev/null"));
  } catch { /* none left */ }
  for (let pass = 0; pass < 3; pass++) {
    try {
      table.scan(now++, 0);
    } catch { /* the listing fails too; the collector's registry goes on */ }
  }
  for (const file of held) file.close();
  table.scan(now++, 0, true);
  const again = table.records.filter((record) => before.has(record));
  // Some may really have ended meanwhile.
  const alive = [...before].filter(({ pid }) => isThere(pid));
  // The same records: nobody was forgotten and met anew, so that histories go on.
  console.log(
    JSON.stringify({ alive: alive.length, forgotten: alive.filter((record) => !again.includes(record)) }),
  );
} else {
  const parent = new Deno.Command("python3", {
    args: [
      "-c",
      "import os,sys,time\nfor _ in range(100):\n  if os.fork()==0: os._exit(0)\nprint(1,flush=True)\nsys.stdin.read()",
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  await parent.stdout.getReader().read();
  await new Promise((resolve) => setTimeout(resolve, 200));
  table.scan(now++, 0, true);
  table.scan(now + 100, 0, true);
  const zombies = table.entries.filter(({ record }) => record.state === "Z" && record.ppid === parent.pid);
  console.log(
    JSON.stringify({ zombies: zombies.length, open: zombies.filter(({ statm }) => statm !== null).length }),
  );
  parent.kill("SIGKILL");
  await parent.status;
}
table.close();

function isThere(pid: number): boolean {
  try {
    Deno.statSync(`/proc/${pid}`);
    return true;
  } catch {
    return false;
  }
}
