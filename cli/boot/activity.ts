/** What was done meanwhile: how busy the machine was and who was logged in. Growth without either is the subject. */

import { type CpuTimes, readCpuTimes } from "../../collectors/kernel/cpu_times.ts";
import { readLogins } from "../../collectors/kernel/logins.ts";
import { formatRatio, plural } from "../../model/format.ts";

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
  message(): string {
    const parts: string[] = [];
    if (this.busyRatio !== null) {
      const forks = this.#last!.forks - this.#first!.forks;
      parts.push(
        `the CPUs were ${formatRatio(this.busyRatio)} busy`,
        `${plural(forks, "process or thread was", "processes or threads were")} started`,
      );
    }
    if (this.#logins.size > 0) parts.push(`logged in: ${[...this.#logins].join(", ")}`);
    else if (this.#knowsLogins) parts.push("nobody was logged in");
    return parts.join(", ") || "activity is unknown";
  }
}
