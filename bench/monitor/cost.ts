/**
 * What watching costs: CPU per sample and resident memory of `leakwatch monitor 0 1` beside the tools that people use, all of
 * them at one sample a second, side by side, on a machine with many idle processes.
 *
 *     deno task bench:monitor [PROCESSES…=400 2000] [--seconds=40]
 *
 * LEAKWATCH_BINARY names a built leakwatch; without it the sources run as they are. Tools that are not installed are left
 * out and said so. CPU is user and system time of the tool and of every child it has waited for.
 */

import { parseArgs } from "node:util";

interface Tool {
  name: string;
  command: string[];
  /** Name of the process that counts where the command only wraps it. */
  inner?: string;
  /** Makes it take a sample; those without do so by themselves every second. */
  scrape?: string;
}

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: { seconds: { type: "string", default: "40" }, warm: { type: "string", default: "15" } },
});
const counts = positionals.length > 0 ? positionals.map(Number) : [400, 2000];
const [seconds, warm] = [Number(values.seconds), Number(values.warm)];
const scratch = Deno.makeTempDirSync({ prefix: "leakwatch-cost-" });
const ROOT = new URL("../..", import.meta.url).pathname;
const binary = Deno.env.get("LEAKWATCH_BINARY");
const leakwatch = binary ? [binary] : [Deno.execPath(), "run", "--allow-all", `${ROOT}main.ts`];
const SCRAPE_PORT = 19_256;
const forever = String(seconds + warm + 60);

/** What people run in a terminal or a cron job today. */
const BASH_LOOP = `while :; do
  free; ps aux --sort=-rss; cat /proc/pressure/memory /proc/buddyinfo /proc/slabinfo; sleep 1
done > ${scratch}/loop.txt 2>/dev/null`;

const TOOLS: Tool[] = [
  {
    name: "leakwatch monitor 0 1",
    command: [...leakwatch, "monitor", "0", "1", "--quiet", "-o", `${scratch}/logs`],
  },
  { name: "top -b -d 1", command: ["top", "-b", "-d", "1"] },
  {
    name: "btop, 1 s",
    command: ["script", "-qfc", "stty rows 50 cols 160; exec btop --utf-force", "/dev/null"],
    inner: "btop",
  },
  { name: "atop -w, 1 s", command: ["atop", "-w", `${scratch}/atop.raw`, "1", forever] },
  { name: "pidstat -r 1", command: ["pidstat", "-r", "-p", "ALL", "1", forever] },
  { name: "glances -q, 1 s", command: ["glances", "-q", "-t", "1"], inner: "glances" },
  {
    name: "process-exporter",
    command: [
      "prometheus-process-exporter",
      "-procnames=sleep,deno,bash,python3",
      "-gather-smaps=false",
      `-web.listen-address=127.0.0.1:${SCRAPE_PORT}`,
    ],
    scrape: `http://127.0.0.1:${SCRAPE_PORT}/metrics`,
  },
  { name: "bash loop, 1 s", command: ["bash", "-c", BASH_LOOP] },
];

interface Reading {
  cpu_seconds: number;
  rss_bytes: number;
}

interface Started {
  tool: Tool;
  child: Deno.ChildProcess;
  pid: number;
}

const CLOCK_TICKS = 100;

function statOf(pid: number): { ppid: number; name: string; fields: string[] } | null {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const end = text.lastIndexOf(")");
    const fields = text.slice(end + 2).split(" ");
    return { ppid: Number(fields[1]), name: text.slice(text.indexOf("(") + 1, end), fields };
  } catch {
    return null;
  }
}

/** The tool and every child it waited for, so far. */
function read(pid: number): Reading | null {
  const stat = statOf(pid);
  if (!stat) return null;
  const ticks = stat.fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { cpu_seconds: ticks / CLOCK_TICKS, rss_bytes: Number(stat.fields[21]) * 4096 };
}

function descendant(pid: number, name: string): number | null {
  for (const { name: entry } of Deno.readDirSync("/proc")) {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : null;
    if (!stat || !stat.name.startsWith(name)) continue;
    for (let at = Number(entry), depth = 0; at > 1 && depth < 4; depth++) {
      if (at === pid) return Number(entry);
      at = statOf(at)?.ppid ?? 0;
    }
  }
  return null;
}

const pause = (each: number) => new Promise((resolve) => setTimeout(resolve, each * 1000));
const isInstalled = (program: string) =>
  program.startsWith("/") ||
  (Deno.env.get("PATH") ?? "").split(":").some((directory) => {
    try {
      return Deno.statSync(`${directory}/${program}`).isFile;
    } catch {
      return false;
    }
  });

function start(tool: Tool): Started | null {
  if (!isInstalled(tool.inner ?? tool.command[0]!) || !isInstalled(tool.command[0]!)) {
    console.error(`${tool.name}: not installed, left out`);
    return null;
  }
  const child = new Deno.Command(tool.command[0]!, {
    args: tool.command.slice(1),
    // Its settings are written here: btop at one sample a second.
    env: { XDG_CONFIG_HOME: scratch, TERM: "xterm-256color", LANG: "C.UTF-8" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  child.status.catch(() => {});
  return { tool, child, pid: child.pid };
}

async function measure(processes: number): Promise<void> {
  const sleepers = new Deno.Command("bash", {
    args: [
      "-c",
      `trap 'kill $(jobs -p)' EXIT; for ((n = 0; n < ${processes}; n++)); do sleep 100000 & done; wait`,
    ],
    stdout: "null",
  }).spawn();
  await pause(2 + processes / 400);
  const started = TOOLS.flatMap((tool) => start(tool) ?? []);
  const timers = started.flatMap(({ tool }) =>
    tool.scrape
      ? [setInterval(() => fetch(tool.scrape!).then((reply) => reply.text()).catch(() => {}), 1000)]
      : []
  );
  try {
    await pause(warm);
    for (const each of started) {
      if (each.tool.inner) each.pid = descendant(each.child.pid, each.tool.inner) ?? each.pid;
    }
    const before = started.map(({ pid }) => read(pid));
    const begin = performance.now();
    await pause(seconds);
    const samples = (performance.now() - begin) / 1000;
    const total = [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).length;
    const [load] = Deno.loadavg();
    console.log(
      `\n${total} processes, ${samples.toFixed(0)} samples, one a second, all side by side on ` +
        `${navigator.hardwareConcurrency} cores, load ${load!.toFixed(1)}\n`,
    );
    console.log("| tool | CPU ms per sample | of leakwatch's | resident MiB |\n|---|---:|---:|---:|");
    const own = perSample(before[0] ?? null, read(started[0]!.pid), samples);
    started.forEach(({ tool, pid }, index) => {
      const after = read(pid);
      const cost = perSample(before[index] ?? null, after, samples);
      console.log(
        cost === null || !after
          ? `| ${tool.name} | ended by itself | | |`
          : `| ${tool.name} | ${cost.toFixed(1)} | ${own ? (cost / own).toFixed(1) : "?"} × | ${
            (after.rss_bytes / 1024 ** 2).toFixed(0)
          } |`,
      );
    });
  } finally {
    timers.forEach(clearInterval);
    for (const { child } of [...started, { child: sleepers }]) {
      try {
        child.kill("SIGTERM");
      } catch { /* has ended */ }
    }
    await Promise.race([Promise.all(started.map(({ child }) => child.status)), pause(5)]);
    await sleepers.status;
  }
}

function perSample(before: Reading | null, after: Reading | null, samples: number): number | null {
  return before && after ? (after.cpu_seconds - before.cpu_seconds) * 1000 / samples : null;
}

Deno.mkdirSync(`${scratch}/btop`);
Deno.writeTextFileSync(`${scratch}/btop/btop.conf`, "update_ms = 1000\n");
const cpu = /model name\s*:\s*(.*)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? "unknown CPU";
console.log(
  `${cpu}, Linux ${Deno.osRelease()}, ${
    binary ? "built leakwatch" : "leakwatch from its sources"
  }, Deno ${Deno.version.deno}`,
);
for (const processes of counts) await measure(processes);
Deno.removeSync(scratch, { recursive: true });
