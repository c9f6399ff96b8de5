/**
 * Kills in cgroups, those of cgroups that were removed or made anew meanwhile included.
 *
 * A service that is killed and restarted at once has a new cgroup at the same path, whose counter begins with 0: from 0 to 0
 * nothing seems to have happened. So a cgroup is known by its inode, and a kill that only a counter above it tells of is
 * ascribed to the one beneath that was removed or replaced. Counters above: memory.events of version 2, which counts what
 * happened in removed children too (admin-guide/cgroup-v2.rst), and oom_kill of /proc/vmstat for the whole machine, which
 * counts kills at a cgroup's limit as well (mm/oom_kill.c, __oom_kill_process).
 */

import type { ContainerSample, Sample, UnitSample } from "../../model/sample.ts";

export type CgroupRecord = ContainerSample | UnitSample;

/** One cgroup as the last pass found it. */
interface Tracked {
  record: CgroupRecord;
  cgroup_id: number | null;
  total: number | null;
  /** Kills since the pass before; NaN where nothing can be said. */
  gained: number;
  /** Working set of its limit. */
  limit_share: number;
}

/** A cgroup that was removed, or replaced by another at its path. */
interface Lost {
  was: Tracked;
  at: number;
}

/** The alert about a removed one lasts as long as that of one that is still there. */
const REMEMBER_SECONDS = 600;
/** A counter above and the removal beneath it are seen in the same pass or the next. */
const PAIR_SECONDS = 60;
const MACHINE = "";
const NONE: readonly CgroupRecord[] = [];

export class OomKills {
  #tracked = new Map<string, Tracked>();
  #lost: Lost[] = [];
  /** Kills that only a counter above tells of, by that cgroup's path. */
  readonly #unexplained = new Map<string, { kills: number; at: number }>();
  /** Removed ones to which a kill was ascribed. */
  readonly #ghosts = new Map<string, { was: Tracked; until: number }>();
  #machineTotal: number | null = null;
  #isFirst = true;

  /** Kills in the cgroup since the sample before; NaN where nothing can be said. */
  gained(path: string): number {
    return (this.#tracked.get(path) ?? this.#ghosts.get(path)?.was)?.gained ?? NaN;
  }

  /** Removed cgroups that alerts may be about. */
  ghosts(): readonly CgroupRecord[] {
    return this.#ghosts.size === 0 ? NONE : Array.from(this.#ghosts.values(), ({ was }) => was.record);
  }

  /** Takes a sample in. Where its cgroups were not read anew, nothing was gained. */
  track(sample: Sample): void {
    const now = sample.time_seconds;
    for (const { was } of this.#ghosts.values()) was.gained = 0;
    if (!sample.updated.has("cgroups")) {
      for (const each of this.#tracked.values()) each.gained = 0;
      return;
    }
    this.#forget(now);
    this.#update([...sample.containers.filter(({ cgroup }) => cgroup !== ""), ...sample.units], now);
    const machineTotal = sample.vmstat?.oom_kills ?? null;
    if (!this.#isFirst) this.#ascribe(machineTotal, now);
    this.#machineTotal = machineTotal;
    this.#isFirst = false;
  }

  #update(records: readonly CgroupRecord[], now: number): void {
    const before = this.#tracked;
    this.#tracked = new Map();
    for (const record of records) {
      const was = before.get(record.cgroup);
      const isReplaced = was !== undefined && isAnother(was, record);
      if (isReplaced) this.#lost.push({ was, at: now });
      this.#ghosts.delete(record.cgroup);
      this.#tracked.set(record.cgroup, {
        record,
        cgroup_id: record.cgroup_id ?? null,
        total: record.oom_kills ?? was?.total ?? null,
        gained: this.#gainOf(record.oom_kills, was, isReplaced),
        limit_share: shareOf(record),
      });
    }
    for (const [path, was] of before) if (!this.#tracked.has(path)) this.#lost.push({ was, at: now });
  }

  /** A cgroup that is new since the last pass began with 0. */
  #gainOf(total: number | null, was: Tracked | undefined, isReplaced: boolean): number {
    if (total === null) return NaN;
    if (was === undefined) return this.#isFirst ? NaN : total;
    if (isReplaced) return total;
    return was.total === null ? NaN : total - was.total;
  }

  /** What counters above gained more than those beneath is ascribed to the one beneath that was lost. */
  #ascribe(machineTotal: number | null, now: number): void {
    const beneath = new Map<string, number>();
    for (const [path, { gained }] of this.#tracked) {
      if (gained > 0) beneath.set(this.#above(path), (beneath.get(this.#above(path)) ?? 0) + gained);
    }
    let explained = 0;
    for (const [path, { gained }] of this.#tracked) {
      // Version 1 counts in the cgroup alone; then there is nothing beneath to take away.
      const own = gained > 0 ? Math.max(0, gained - (beneath.get(path) ?? 0)) : 0;
      explained += own;
      this.#note(path, own, now);
    }
    if (machineTotal !== null && this.#machineTotal !== null) {
      this.#note(MACHINE, machineTotal - this.#machineTotal - explained, now);
    }
    for (const [above, { kills }] of this.#unexplained) {
      const lost = kills > 0 ? this.#lostBeneath(above) : null;
      if (lost === null) continue;
      this.#blame(lost, kills, now);
      this.#unexplained.delete(above);
    }
  }

  #blame(lost: Lost, kills: number, now: number): void {
    this.#lost = this.#lost.filter((each) => each !== lost);
    const path = lost.was.record.cgroup, successor = this.#tracked.get(path);
    if (successor) successor.gained = (successor.gained > 0 ? successor.gained : 0) + kills;
    else this.#ghosts.set(path, { was: { ...lost.was, gained: kills }, until: now + REMEMBER_SECONDS });
  }

  /** The one that was lost beneath; of several the only one with a limit, else the one that was nearest to its limit. */
  #lostBeneath(above: string): Lost | null {
    let lost = this.#lost.filter(({ was }) => was.record.cgroup.startsWith(`${above}/`));
    if (lost.length > 1) lost = lost.filter(({ was }) => was.record.limit_bytes !== null);
    if (lost.length <= 1) return lost[0] ?? null;
    const nearest = lost.reduce((a, b) => b.was.limit_share > a.was.limit_share ? b : a);
    return nearest.was.limit_share > 0 ? nearest : null;
  }

  #note(path: string, kills: number, now: number): void {
    const sum = kills + (this.#unexplained.get(path)?.kills ?? 0);
    if (sum === 0) this.#unexplained.delete(path);
    else if (kills !== 0) this.#unexplained.set(path, { kills: sum, at: now });
  }

  /** The nearest cgroup above that is watched, else the machine. */
  #above(path: string): string {
    let at = path;
    do at = at.slice(0, Math.max(0, at.lastIndexOf("/"))); while (at !== MACHINE && !this.#tracked.has(at));
    return at;
  }

  #forget(now: number): void {
    this.#lost = this.#lost.filter(({ at }) => now - at <= PAIR_SECONDS);
    for (const [path, { at }] of this.#unexplained) {
      if (now - at > PAIR_SECONDS) this.#unexplained.delete(path);
    }
    for (const [path, { until }] of this.#ghosts) if (now > until) this.#ghosts.delete(path);
  }
}

/** Another cgroup at the same path: another inode, or a counter that went back. */
function isAnother(was: Tracked, { cgroup_id = null, oom_kills }: CgroupRecord): boolean {
  if (cgroup_id !== null && was.cgroup_id !== null && cgroup_id !== was.cgroup_id) return true;
  return oom_kills !== null && was.total !== null && oom_kills < was.total;
}

const shareOf = ({ working_set_bytes, limit_bytes }: CgroupRecord): number =>
  working_set_bytes === null || !limit_bytes ? 0 : working_set_bytes / limit_bytes;
