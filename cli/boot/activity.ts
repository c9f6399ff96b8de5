import { formatRatio } from "../../model/format.ts";
/** What was done meanwhile: how busy the machine was and who was logged in. Growth without either is the subject. */

/** Counters since boot, /proc/stat (Documentation/filesystems/proc.rst). */
export interface CpuTimes {
  busy_ticks: number;
  total_ticks: number;
  /** Processes and threads ever started. */
  forks: number;
}

/** First line "cpu user nice system idle iowait irq softirq steal guest guest_nice": guest is within user. */
export function parseStat(text: string): CpuTimes | null {
  const line = /^cpu\s+(.*)$/m.exec(text)?.[1];
  const forks = /^processes (\d+)$/m.exec(text)?.[1];
  if (!line) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line.split(
    /\s+/,
  )
    .map(Number);
  const busy_ticks = user + nice + system + irq + softirq + steal;
  return { busy_ticks, total_ticks: busy_ticks + idle + iowait, forks: Number(forks ?? 0) };
}

export function readCpuTimes(proc: string): CpuTimes | null {
  try {
    return parseStat(Deno.readTextFileSync(`${proc}/stat`));
  } catch {
    return null;
  }
}

/** A login session as systemd-logind writes it to /run/systemd/sessions; null for services and greeters. */
export function parseLogindSession(text: string): string | null {
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1] ?? "";
  if (field("CLASS") !== "user" || field("STATE") === "closing") return null;
  const where = field("REMOTE_HOST") || field("TTY") || field("DISPLAY") || field("SERVICE");
  return field("USER") + (where ? ` (${where})` : "");
}

/** Who is logged in; null where no logind keeps account. */
export function readLogins(directory = "/run/systemd/sessions"): string[] | null {
  try {
    return [...Deno.readDirSync(directory)].filter((entry) => entry.isFile && !entry.name.endsWith(".ref"))
      .map((entry) => parseLogindSession(Deno.readTextFileSync(`${directory}/${entry.name}`)))
      .filter((login) => login !== null).sort();
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? null : [];
  }
}

/** Follows both over the session. */
export class Activity {
  readonly #proc: string;
  #first: CpuTimes | null = null;
  #last: CpuTimes | null = null;
  readonly #logins = new Set<string>();
  #knowsLogins = false;

  constructor(proc: string) {
    this.#proc = proc;
  }

  observe(): void {
    this.#last = readCpuTimes(this.#proc);
    this.#first ??= this.#last;
    const logins = readLogins();
    if (logins) this.#knowsLogins = true;
    for (const login of logins ?? []) this.#logins.add(login);
  }

  /** Share of all CPUs' time that was spent working; null before the second sample. */
  get busyRatio(): number | null {
    const ticks = (this.#last?.total_ticks ?? 0) - (this.#first?.total_ticks ?? 0);
    return ticks > 0 ? (this.#last!.busy_ticks - this.#first!.busy_ticks) / ticks : null;
  }

  /** "the CPUs were 2 % busy, 214 processes were started, nobody was logged in". */
  sentence(): string {
    const parts: string[] = [];
    if (this.busyRatio !== null) {
      const forks = this.#last!.forks - this.#first!.forks;
      parts.push(
        `the CPUs were ${formatRatio(this.busyRatio)} busy`,
        `${forks} processes or threads were started`,
      );
    }
    if (this.#logins.size > 0) parts.push(`logged in: ${[...this.#logins].join(", ")}`);
    else if (this.#knowsLogins) parts.push("nobody was logged in");
    return parts.join(", ") || "nothing is known of the work done";
  }
}
