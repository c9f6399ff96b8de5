/** What a container's engine tells and its cgroup does not: restarts, and that the last run ended for want of memory. */

import type { ContainerSample } from "../../model/sample.ts";
import { CounterStep } from "./rate.ts";

interface Known {
  restarts: CounterStep;
  oom_killed: boolean | null;
  /** It was told to be killed since the sample before. */
  kills: number;
}

export class EngineEvents {
  #known = new Map<string, Known>();

  /** Restarts since the sample before; NaN at first sight. */
  restarts(id: string): number {
    return this.#known.get(id)?.restarts.gained ?? NaN;
  }

  /** 1 where the engine says, for the first time, that it was killed out of memory. */
  kills(id: string): number {
    return this.#known.get(id)?.kills ?? 0;
  }

  /** Takes a sample in. What an engine says at first sight may be long ago. */
  track(containers: readonly ContainerSample[]): void {
    const before = this.#known;
    this.#known = new Map();
    for (const { id, restarts, oom_killed } of containers) {
      const known = before.get(id) ?? { restarts: new CounterStep(), oom_killed: null, kills: 0 };
      known.restarts.add(restarts);
      known.kills = known.oom_killed === false && oom_killed === true ? 1 : 0;
      known.oom_killed = oom_killed ?? known.oom_killed;
      this.#known.set(id, known);
    }
  }
}
