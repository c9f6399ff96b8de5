/**
 * What watching costs: CPU per sample and memory of `leakwatch monitor 0 1` beside the tools that people use, all of them at
 * one sample a second, side by side, on a machine with many processes, asleep or moving.
 *
 *     deno task bench:monitor [SLEEPING…=400 2000] [--moving=500,2000] [--seconds=40] [--warm=180] [--tools=leakwatch,top]
 *                             [--output=FILE] [--cpu-prof=DIRECTORY]
 *
 * `--moving` lists numbers of processes of which each takes or gives back 64 KiB about once a second (moving.c, needs gcc);
 * beside 5000+5000 the second number sleeps. `--tools` chooses by the beginnings of names. `--cpu-prof` has leakwatch write
 * a V8 profile at its end, which costs some of its time.
 *
 * LEAKWATCH_BINARY names a built leakwatch; without it the sources run as they are. Tools that are not installed are left
 * out and said so. Writes results.md. Needs a machine with nothing else to do; on a busy one the ratios are what counts. CPU is
 * user and system time of the tool and of every child it has waited for. All warm up first: what runs for weeks is compiled in
 * its first minutes, which are told apart.
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { listSessions } from "../../store/catalog.ts";

interface Tool {
  name: string;
  command: string[];
  /** Name of the process that counts where the command only wraps it. */
  inner?: string;
  /** Makes it take a sample; those without do so by themselves every second. */
  scrape?: string;
  /** Text that it prints once per sample: a busy machine makes tools late. Others are taken at their word. */
  mark?: RegExp;
}

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "40" },
    warm: { type: "string", default: "180" },
    moving: { type: "string" },
    tools: { type: "string" },
    output: { type: "string", default: fileURLToPath(new URL("results.md", import.meta.url)) },
    "cpu-prof": { type: "string" },
  },
});
/** Processes that the machine gets: some that move, some that sleep. */
interface Load {
  moving: number;
  sleeping: number;
}
const loads: Load[] = [
  ...(positionals.length > 0 ? positionals : values.moving === undefined ? ["400", "2000"] : []).map((
    count,
  ) => ({
    moving: 0,
    sleeping: Number(count),
  })),
  ...(values.moving ?? "").split(",").filter(Boolean).map((each) => {
    const [moving, sleeping] = each.split("+").map(Number);
    return { moving: moving!, sleeping: sleeping ?? 0 };
  }),
];
const [seconds, warm] = [Number(values.seconds), Number(values.warm)];
const scratch = Deno.makeTempDirSync({ prefix: "leakwatch-cost-" });
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const binary = Deno.env.get("LEAKWATCH_BINARY");
const profile = values["cpu-prof"] === undefined
  ? []
  : ["--cpu-prof", `--cpu-prof-dir=${values["cpu-prof"]}`];
const leakwatch = binary ? [binary] : [Deno.execPath(), "run", "--allow-all", ...profile, `${ROOT}main.ts`];
const SCRAPE_PORT = 19_256;
const forever = String(seconds + warm + 60);

/** What people run in a terminal or a cron job today. */
const BASH_LOOP = `while :; do
  free; ps aux --sort=-rss; cat /proc/pressure/memory /proc/buddyinfo /proc/slabinfo; sleep 1
done 2>/dev/null`;

const TOOLS: Tool[] = [
  {
    name: "leakwatch monitor 0 1",
    command: [...leakwatch, "monitor", "0", "1", "--quiet", "-o", `${scratch}/logs`],
  },
  { name: "top -b -d 1", command: ["top", "-b", "-d", "1"], mark: /^top - /gm },
  {
    name: "btop, 1 s",
    command: ["script", "-qfc", "stty rows 50 cols 160; exec btop --utf-force", "/dev/null"],
    inner: "btop",
  },
  { name: "atop -w, 1 s", command: ["atop", "-w", `${scratch}/atop.raw`, "1", forever] },
  { name: "pidstat -r 1", command: ["pidstat", "-r", "-p", "ALL", "1", forever], mark: /minflt/g },
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
  { name: "bash loop, 1 s", command: ["bash", "-c", BASH_LOOP], mark: /^Mem:/gm },
];

interface Reading {
  cpu_seconds: number;
  rss_bytes: number;
  anon_bytes: number;
}

interface Started {
  tool: Tool;
  child: Deno.ChildProcess;
  pid: number;
  /** Samples taken so far; null where only the clock can tell. */
  samples(): number | null;
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
  const [, resident, shared] = Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ").map(Number);
  return {
    cpu_seconds: ticks / CLOCK_TICKS,
    rss_bytes: resident! * 4096,
    anon_bytes: (resident! - shared!) * 4096,
  };
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
  const output = `${scratch}/${tool.name.replace(/\W+/g, "_")}-${performance.now()}.txt`;
  // Only what is counted is kept.
  const into = tool.mark ? output : "/dev/null";
  const child = new Deno.Command("bash", {
    args: ["-c", `exec "$0" "$@" > ${into}`, ...tool.command],
    // Settings of tools are written here: btop at one sample a second.
    env: { XDG_CONFIG_HOME: scratch, TERM: "xterm-256color", LANG: "C.UTF-8" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let scrapes = 0;
  const timer = tool.scrape && setInterval(async () => {
    const reply = await fetch(tool.scrape!).catch(() => null);
    if (await reply?.text().catch(() => null)) scrapes++;
  }, 1000);
  child.status.then(() => timer && clearInterval(timer));
  const samples = () =>
    tool.scrape ? scrapes : tool.mark ? Deno.readTextFileSync(output).match(tool.mark)?.length ?? 0 : null;
  return { tool, child, pid: child.pid, samples: tool.name.startsWith("leakwatch") ? ownSamples : samples };
}

/** Rows of the newest session's memory log. */
function ownSamples(): number {
  const session = listSessions([`${scratch}/logs`])[0];
  const log = session?.logs.memory?.at(-1);
  return log ? Deno.readTextFileSync(log.path).split("\n").length - 2 : 0;
}

/** Starts processes that end with the input of the child. */
async function startProcesses(count: number, blocks: number): Promise<Deno.ChildProcess> {
  const child = new Deno.Command(`${scratch}/moving`, {
    args: [String(count), String(blocks)],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  await child.stdout.getReader().read();
  return child;
}

const BLOCKS = 32;

async function measure({ moving, sleeping }: Load): Promise<void> {
  const others = [await startProcesses(moving, BLOCKS), await startProcesses(sleeping, 0)];
  await pause(2);
  const wanted = values.tools?.split(",");
  const started = TOOLS.filter(({ name }) => wanted?.some((each) => name.startsWith(each)) ?? true)
    .flatMap((tool) => start(tool) ?? []);
  try {
    await pause(warm);
    for (const each of started) {
      if (each.tool.inner) each.pid = descendant(each.child.pid, each.tool.inner) ?? each.pid;
    }
    const before = started.map((each) => ({ cost: read(each.pid), samples: each.samples() }));
    const begin = performance.now();
    await pause(seconds);
    const elapsed = (performance.now() - begin) / 1000;
    const total = [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).length;
    const [load] = Deno.loadavg();
    print(
      `\n## ${total} processes, ${moving} of them moving\n\n${
        elapsed.toFixed(0)
      } s after ${warm} s of warming up; all side by side on ` +
        `${navigator.hardwareConcurrency} cores, load ${load!.toFixed(1)}.\n`,
    );
    print(
      "| tool | samples | CPU ms per sample | of leakwatch's | resident MiB | anonymous MiB |\n" +
        "|---|---:|---:|---:|---:|---:|",
    );
    let own = NaN, first = NaN;
    started.forEach((each, index) => {
      const after = read(each.pid);
      const { cost, samples } = before[index]!;
      if (!cost || !after) return print(`| ${each.tool.name} | | ended by itself | | | |`);
      const counted = each.samples();
      const taken = counted === null ? elapsed : counted - samples!;
      const perSample = (after.cpu_seconds - cost.cpu_seconds) * 1000 / taken;
      if (index === 0) {
        own = perSample;
        first = cost.cpu_seconds * 1000 / samples!;
      }
      print(
        `| ${each.tool.name} | ${counted === null ? "≈ " : ""}${taken.toFixed(0)} | ${
          perSample.toFixed(1)
        } | ` +
          `${(perSample / own).toFixed(2)} × | ${(after.rss_bytes / 1024 ** 2).toFixed(0)} | ` +
          `${(after.anon_bytes / 1024 ** 2).toFixed(0)} |`,
      );
    });
    print(`\nleakwatch while it warmed up, its start included: ${first.toFixed(1)} ms per sample.`);
  } finally {
    for (const { child } of started) {
      try {
        child.kill("SIGTERM");
      } catch { /* has ended */ }
    }
    await Promise.race([Promise.all(started.map(({ child }) => child.status)), pause(5)]);
    for (const child of others) {
      await child.stdin.close();
      await child.status;
    }
  }
}

let page = "";
function print(line: string): void {
  page += line + "\n";
  console.log(line);
}

Deno.mkdirSync(`${scratch}/btop`);
Deno.writeTextFileSync(`${scratch}/btop/btop.conf`, "update_ms = 1000\n");
const cpu = /model name\s*:\s*(.*)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? "unknown CPU";
print(
  `# What watching costs\n\nMade by \`deno task bench:monitor\` on ${cpu}, Linux ${Deno.osRelease()}, ` +
    `${binary ? "built leakwatch" : "leakwatch from its sources"}, Deno ${Deno.version.deno}.`,
);
const compiler = new Deno.Command("gcc", {
  args: ["-O2", "-o", `${scratch}/moving`, fileURLToPath(new URL("moving.c", import.meta.url))],
});
if (!compiler.outputSync().success) throw new Error("gcc could not compile moving.c");
for (const load of loads) await measure(load);
Deno.writeTextFileSync(values.output, page);
Deno.removeSync(scratch, { recursive: true });
