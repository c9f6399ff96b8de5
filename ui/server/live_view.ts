/** This machine as it is watched now: its view, who looks at it, and the stream that keeps them up to date. */

import type { Evaluation } from "../../model/evaluation.ts";
import { safeJson } from "../../model/safe_text.ts";
import { Broadcast } from "./broadcast.ts";
import { GAP_INTERVALS } from "./history/machine_history.ts";
import { MachineView } from "./machine_view.ts";
import type { MachineViewPorts } from "./ports.ts";
import { ViewerPresence } from "./viewer_presence.ts";

export class LiveView extends MachineView {
  readonly presence = new ViewerPresence();
  readonly broadcast = new Broadcast();
  readonly #freshMilliseconds: number;
  #observedAt = -Infinity;
  #waiting: (() => void)[] = [];

  constructor(dependencies: MachineViewPorts) {
    super(dependencies);
    this.#freshMilliseconds = dependencies.interval_seconds * GAP_INTERVALS * 1000;
  }

  /** Tells the viewers, too. */
  override observe(evaluation: Evaluation): void {
    super.observe(evaluation);
    this.#observedAt = performance.now();
    for (const wake of this.#waiting.splice(0)) wake();
    if (this.broadcast.viewers > 0) this.broadcast.publish("now", safeJson(this.now()));
    else this.broadcast.expire();
  }

  /** Whether the newest sample is of now: while nobody looks none is taken, and what was true then is no answer. */
  isFresh(): boolean {
    return performance.now() - this.#observedAt < this.#freshMilliseconds;
  }

  /** Resolves once there is a fresh sample; gives up after a while, for then there is something worse to say. */
  ready(patience_seconds = 5): Promise<void> {
    this.presence.touch();
    if (this.isFresh()) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patience_seconds * 1000);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  close(): void {
    this.broadcast.close();
  }
}
