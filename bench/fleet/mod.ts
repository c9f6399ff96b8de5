/**
 * What judging a fleet costs, and how right it is: a real VictoriaMetrics on this machine is filled with a synthetic fleet of
 * known truth, and the built or the source leakwatch reads it as a user would.
 *
 *     deno task bench:fleet [CONTAINERS…=10000 100000] [--seeds=1,2,3,4,5] [--days=7] [--step=600] [--no-quality]
 *
 * LEAKWATCH_BINARY names a built leakwatch; without it the sources run as they are. CPU seconds are those of the leakwatch process,
 * from /proc; wall seconds and memory (peak, VmHWM) are told beside. Writes results.md.
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { FleetReport } from "../../fleet/mod.ts";
import { FleetHistory } from "../../test/end_to_end/lab/fleet/history.ts";
import { writeHistory } from "../../test/end_to_end/lab/fleet/remote_write.ts";
import { type FleetScore, scoreFleet } from "../../test/end_to_end/lab/fleet/score.ts";
import { startVictoriaMetrics } from "../../test/end_to_end/lab/fleet/servers.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  allowNegative: true,
  options: {
    seeds: { type: "string", default: "1,2,3,4,5" },
    days: { type: "string", default: "7" },
    step: { type: "string", default: "600" },
    quality: { type: "boolean", default: true },
    results: { type: "string" },
  },
});
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const binary = Deno.env.get("LEAKWATCH_BINARY");
const leakwatch = binary ? [binary] : [Deno.execPath(), "run", "--allow-all", `${ROOT}main.ts`];
const TICKS_PER_SECOND = 100;

interface Run {
  report: FleetReport;
  wall_seconds: number;
  cpu_seconds: number;
  peak_bytes: number;
}

interface Fleet {
  containers: number;
  days: number;
  step: number;
  seed: number;
  hosts: number;
  kube: boolean;
}

const lines: string[] = [];
const tell = (line: string) => {
  console.log(line);
  lines.push(line);
};

tell(`# What judging a fleet costs\n`);
tell(
  `${new Date().toISOString().slice(0, 10)}, ${navigator.hardwareConcurrency} processors, load ${
    Deno.loadavg()[0]!.toFixed(1)
  } at the start; ` +
    `${
      binary ? "built" : "from source"
    }; VictoriaMetrics beside it. Containers scraped every ${values.step} s for ${values.days} days.\n`,
);
tell(
  "| containers | series | points | client CPU s | ms a series | server CPU s | wall s | peak RSS MiB | load |",
);
tell("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
for (const containers of (positionals.length > 0 ? positionals : ["10000", "100000"]).map(Number)) {
  const fleet = {
    containers,
    days: Number(values.days),
    step: Number(values.step),
    seed: 1,
    hosts: 0,
    kube: containers <= 10_000,
  };
  await withFleet(fleet, async (url, serverPid) => {
    const before = cpuOf(serverPid);
    const run = await analyze(url, fleet.days);
    const { series, points } = run.report.counts;
    tell(
      `| ${containers.toLocaleString("en-US")} | ${series.toLocaleString("en-US")} | ${
        (points / 1e6).toFixed(1)
      } M | ${run.cpu_seconds.toFixed(1)} | ` +
        `${(run.cpu_seconds * 1000 / series).toFixed(3)} | ${(cpuOf(serverPid) - before).toFixed(1)} | ${
          run.wall_seconds.toFixed(1)
        } | ` +
        `${(run.peak_bytes / 1048576).toFixed(0)} | ${Deno.loadavg()[0]!.toFixed(1)} |`,
    );
  });
}

if (values.quality) {
  tell(`\n## How right it is\n`);
  tell("2,000 containers and 50 hosts for 14 days, scraped every 300 s, by seed.\n");
  tell(
    "| seed | leaks found | in one replica | healthy accused | versions right | versions wrong | hosts, groups found | accused |",
  );
  tell("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const seed of values.seeds.split(",").map(Number)) {
    await withFleet(
      { containers: 2000, days: 14, step: 300, seed, hosts: 50, kube: true },
      async (url, _, history) => {
        const { report } = await analyze(url, 14);
        const score = scoreFleet(report, history.truth);
        tell(scoreRow(seed, score));
        for (const mistake of score.mistakes) console.error(`  ${mistake}`);
      },
    );
  }
}
if (values.results) Deno.writeTextFileSync(values.results, lines.join("\n") + "\n");

function scoreRow(seed: number, score: FleetScore): string {
  const cells = [
    seed,
    `${score.found} of ${score.leaking}`,
    `${score.found_in_one_replica} of ${score.in_one_replica}`,
    `${score.accused} of ${score.healthy}`,
    `${score.blamed_right} of ${score.since_version}`,
    score.blamed_wrong,
    `${score.hosts_and_groups_found} of ${score.hosts_and_groups_leaking}`,
    score.hosts_and_groups_accused,
  ];
  return `| ${cells.join(" | ")} |`;
}

async function withFleet(
  { containers, days, step, ...rest }: Fleet,
  use: (url: string, serverPid: number, history: FleetHistory) => Promise<void>,
): Promise<void> {
  const server = await startVictoriaMetrics();
  try {
    const end_seconds = Math.floor(Date.now() / 1000 / step) * step;
    const history = new FleetHistory({ containers, days, step_seconds: step, end_seconds, ...rest });
    const began = performance.now();
    const samples = await writeHistory(history, server.write_url, null);
    console.error(`  ${samples} samples written in ${((performance.now() - began) / 1000).toFixed(0)} s`);
    await use(server.url, server.pid, history);
  } finally {
    await server.stop();
  }
}

async function analyze(url: string, days: number): Promise<Run> {
  const [command, ...first] = leakwatch;
  const began = performance.now();
  const output = Deno.makeTempFileSync();
  const child = new Deno.Command(command!, {
    args: [
      ...first,
      "analyze",
      output,
      "--from",
      url,
      "--last",
      `${days}d`,
      // A busy machine takes longer than the ten minutes of old; a part of a fleet is no measure.
      "--budget",
      "1h",
      "--format",
      "json",
      "--quiet",
    ],
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  let peak_bytes = 0;
  const watch = setInterval(() => peak_bytes = Math.max(peak_bytes, peakOf(child.pid)), 50);
  const { success } = await child.status;
  clearInterval(watch);
  if (!success) throw new Error(`leakwatch failed on ${url}`);
  const report = JSON.parse(Deno.readTextFileSync(output)) as FleetReport;
  Deno.removeSync(output);
  for (const { source, why } of report.unavailable) console.error(`  not read: ${source}: ${why}`);
  if (report.unavailable.length > 0) throw new Error(`the fleet at ${url} was read in part only`);
  // Its own count, which holds all that it did before the report was written.
  return {
    report,
    wall_seconds: (performance.now() - began) / 1000,
    cpu_seconds: report.own.cpu_seconds,
    peak_bytes,
  };
}

/** User and system seconds of a process. */
function cpuOf(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The most memory that was resident at once. */
function peakOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
