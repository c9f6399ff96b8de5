/** What is noted while scenarios run: their processes, second by second, and at last the labels. */
import { COUNTERS_HEADER, JVM_HEADER, readCounters, readJvm } from "./counters.ts";
import type { Labels } from "./labels.ts";
import { readProcesses, readText } from "./processes.ts";
import type { RunningScenario } from "./running_scenario.ts";
import { slopePerHour } from "./slope.ts";

const SCAN_EVERY_SECONDS = 5, LABELS_EVERY_SECONDS = 60;

export class Recording {
  readonly running: RunningScenario[] = [];
  readonly #folder: string;
  readonly #startedAt = new Date();
  readonly #alive = new Map<RunningScenario, number[]>();
  readonly #memory = new Map<RunningScenario, { seconds: number; bytes: number }[]>();
  readonly #kernel: Deno.FsFile | null;
  readonly #jvm: Deno.FsFile | null;
  #last = -1;

  /** @param hasCounters writes `counters.csv` and `jvm.csv` too */
  constructor(folder: string, hasCounters: boolean) {
    this.#folder = folder;
    const table = (name: string, header: string) => {
      const file = Deno.openSync(`${folder}/${name}`, { write: true, create: true, truncate: true });
      append(file, header);
      return file;
    };
    this.#kernel = hasCounters ? table("counters.csv", COUNTERS_HEADER) : null;
    this.#jvm = hasCounters ? table("jvm.csv", JVM_HEADER) : null;
  }

  /** Since the recording's start, whole ones. */
  get seconds(): number {
    return Math.round((Date.now() - this.#startedAt.getTime()) / 1000);
  }

  /** Reads all once a second, however often it is called; looks for new processes and writes labels now and then. */
  tick(): void {
    const now = this.seconds, last = this.#last;
    if (now === last) return;
    this.#last = now;
    const isDue = (every: number) => Math.floor(now / every) !== Math.floor(last / every);
    if (isDue(SCAN_EVERY_SECONDS)) this.scan();
    for (const scenario of this.running) this.#observe(scenario, now);
    if (isDue(LABELS_EVERY_SECONDS)) this.writeLabels();
  }

  /** Looks for the processes of every scenario. */
  scan(): void {
    const all = readProcesses(), now = this.seconds;
    for (const scenario of this.running) this.#alive.set(scenario, scenario.observe(now, all));
  }

  #observe(running: RunningScenario, now: number): void {
    const { name } = running.scenario;
    let kilobytes = 0;
    for (const pid of this.#alive.get(running) ?? []) {
      const counters = readCounters(now, name, pid);
      if (!counters) continue;
      kilobytes += counters.anon_and_swap_kilobytes;
      if (this.#kernel) append(this.#kernel, counters.row);
      const jvm = this.#jvm && readJvm(now, name, pid);
      if (jvm) append(this.#jvm!, jvm);
    }
    if (kilobytes === 0) return;
    const points = this.#memory.get(running) ?? [];
    points.push({ seconds: now, bytes: kilobytes * 1024 });
    this.#memory.set(running, points);
  }

  writeLabels(): void {
    const labels: Labels = {
      schema: "leakwatch.corpus/1",
      recorded_at: this.#startedAt.toISOString(),
      duration_seconds: this.seconds,
      kernel_release: (readText("/proc/sys/kernel/osrelease") ?? "").trim(),
      boot_id: (readText("/proc/sys/kernel/random/boot_id") ?? "").trim(),
      programs: this.running.map((running) => running.label(slopePerHour(this.#memory.get(running) ?? []))),
    };
    Deno.writeTextFileSync(`${this.#folder}/labels.json`, `${JSON.stringify(labels, null, 1)}\n`);
  }

  /** Every process that belonged to a scenario. */
  pids(): Set<number> {
    return new Set(this.running.flatMap((one) => one.label(null).processes.map(({ pid }) => pid)));
  }
}

function append(file: Deno.FsFile, row: string): void {
  file.writeSync(new TextEncoder().encode(`${row}\n`));
}
