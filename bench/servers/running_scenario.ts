/** One scenario while it runs: its processes, its load, its end. */
import type { Label, LabelledProcess } from "./labels.ts";
import { type RunningLoad, startLoad } from "./load.ts";
import { descendants, MARK, type ProcessStat, readCommand, readMark } from "./processes.ts";
import type { Context, Scenario } from "./scenario.ts";

const READY_SECONDS = 40;

export class RunningScenario {
  readonly #children: Deno.ChildProcess[] = [];
  readonly #processes = new Map<string, LabelledProcess>();
  readonly #loads: RunningLoad[] = [];
  #startedAt = "";
  #endedAt: string | null = null;

  /**
   * @param recording names the recording in the environment of all processes
   * @param onSession hears the session id of each process started
   */
  constructor(
    readonly scenario: Scenario,
    readonly context: Context,
    readonly recording: string,
    readonly onSession: (id: number) => void,
  ) {}

  /** Starts program, client and load. Throws where it cannot be started. */
  async start(): Promise<void> {
    const { scenario, context } = this;
    Deno.mkdirSync(context.folder, { recursive: true, mode: 0o755 });
    if (scenario.tmpfs_mib) await mountTmpfs(context.tmpfs, scenario.tmpfs_mib);
    await scenario.prepare?.(context);
    this.#startedAt = new Date().toISOString();
    const main = this.#spawn(scenario.command(context), "output.log", false);
    main.status.then(() => {
      this.#endedAt ??= new Date().toISOString();
      for (const load of this.#loads) load.stop();
    });
    const loads = scenario.load?.(context) ?? [];
    if (!scenario.client && loads.length === 0) return;
    await answers(context.port);
    let stdin: WritableStreamDefaultWriter<Uint8Array> | null = null;
    if (scenario.client) {
      const writes = loads.some((load) => load.over === "stdin");
      const client = this.#spawn(scenario.client(context), "client.log", writes);
      if (writes) stdin = client.stdin.getWriter();
    }
    this.#loads.push(...loads.map((load) => startLoad(load, stdin)));
  }

  #spawn(command: string[], log: string, stdin: boolean): Deno.ChildProcess {
    const { scenario: { user, name }, context: { folder } } = this;
    const asUser = user ? ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--init-groups"] : [];
    const process = new Deno.Command("setsid", {
      // The shell becomes the program, so that its pid is the program's.
      args: ["sh", "-c", 'exec "$@" >"$0" 2>&1', `${folder}/${log}`, ...asUser, ...command],
      env: { [MARK]: `${this.recording}/${name}` },
      cwd: folder,
      stdin: stdin ? "piped" : "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.onSession(process.pid);
    this.#children.push(process);
    return process;
  }

  /** Takes note of its processes among `all`; returns the pids of those alive. */
  observe(seconds: number, all: readonly ProcessStat[]): number[] {
    const byPid = new Map(all.map((process) => [process.pid, process]));
    const known = [...this.#processes.values()].filter((process) =>
      byPid.get(process.pid)?.start_ticks === process.start_ticks
    );
    const roots = [...this.#children.map((child) => child.pid), ...known.map((process) => process.pid)];
    const alive = [...descendants(roots, all)].flatMap((pid) => byPid.get(pid) ?? []);
    for (const { pid, start_ticks, name } of alive) {
      const key = `${pid}:${start_ticks}`, seen = this.#processes.get(key);
      if (seen) {
        seen.last_seen_seconds = seconds;
        seen.name = name;
        seen.command = readCommand(pid) || seen.command;
        continue;
      }
      const times = { first_seen_seconds: seconds, last_seen_seconds: seconds };
      this.#processes.set(key, { pid, start_ticks, name, command: readCommand(pid), ...times });
    }
    return alive.map((process) => process.pid);
  }

  /** Asks all to end, clients first; ends those that do not within five seconds. */
  async stop(): Promise<void> {
    for (const load of this.#loads) load.stop();
    for (const { pid } of this.#children.toReversed()) signal(pid, "SIGTERM");
    const ended = Promise.all(this.#children.map((child) => child.status));
    await Promise.race([ended, new Promise((done) => setTimeout(done, 5000))]);
    for (const process of this.#processes.values()) {
      if (readMark(process.pid) === `${this.recording}/${this.scenario.name}`) signal(process.pid, "SIGKILL");
    }
    for (const { pid } of this.#children) signal(pid, "SIGKILL");
    await ended;
    if (this.scenario.tmpfs_mib) {
      await new Deno.Command("umount", { args: ["-l", this.context.tmpfs] }).output();
    }
  }

  label(measured: number | null): Label {
    const { scenario } = this;
    const processes = [...this.#processes.values()];
    const leaking = processes.filter((process) => scenario.leaks_in?.test(process.command) ?? true);
    const sum = (of: "done" | "due" | "failed") => this.#loads.reduce((total, load) => total + load[of], 0);
    // A busy machine serves less than was meant, and leaks less.
    const servedShare = sum("due") === 0 ? 1 : sum("done") / sum("due");
    return {
      name: scenario.name,
      what: scenario.what,
      truth: scenario.truth,
      kind: scenario.kind,
      rate_per_hour: scenario.rate_per_hour === null ? null : scenario.rate_per_hour * servedShare,
      measured_bytes_per_hour: measured,
      declared_cap: scenario.declared_cap,
      warm_up_seconds: scenario.warm_up_seconds,
      started_at: this.#startedAt,
      ended_at: this.#endedAt,
      main_pid: this.#children[0]?.pid ?? 0,
      blamed_pids: leaking.map((process) => process.pid),
      processes,
      shared_names: [...(scenario.shared_names ?? []), ...(scenario.tmpfs_mib ? [this.context.tmpfs] : [])],
      requests: { done: sum("done"), failed: sum("failed") },
    };
  }

  /** The last error of its load, for the recorder's messages. */
  get lastError(): string {
    return this.#loads.map((load) => load.lastError).find((error) => error !== "") ?? "";
  }
}

async function mountTmpfs(path: string, mib: number): Promise<void> {
  Deno.mkdirSync(path, { recursive: true });
  const { success, stderr } = await new Deno.Command("mount", {
    args: ["-t", "tmpfs", "-o", `size=${mib}m`, "tmpfs", path],
  }).output();
  if (!success) {
    throw new Error(`cannot mount a tmpfs at ${path}: ${new TextDecoder().decode(stderr).trim()}`);
  }
}

/** Waits until somebody listens. */
async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < READY_SECONDS * 4; tries++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((done) => setTimeout(done, 250));
    }
  }
  throw new Error(`nothing answers on port ${port} after ${READY_SECONDS} s`);
}

function signal(pid: number, name: "SIGTERM" | "SIGKILL"): void {
  try {
    Deno.kill(pid, name);
  } catch {
    // It has ended.
  }
}
