/** Made-up findings, profiles and evidence. */

import { makeEvidence } from "../../../cli/evidence/make_evidence.ts";
import type { DueProfile } from "../../../cli/evidence/schedule.ts";
import type { Finding } from "../../../model/finding.ts";
import type { ProfileEvidence } from "../../../model/profile_evidence.ts";
import type { Profile } from "../../../profile/profile.ts";
import { rankSites } from "../../../profile/result.ts";
import { completeFinding } from "../../make_finding.ts";

export const DUE: DueProfile = {
  pid: 812,
  start_ticks: 8120,
  name: "java",
  finding_kind: "process-memory",
  occasion: "confirmed",
};

export function finding(pid: number, more: Partial<Finding> = {}): Finding {
  return completeFinding({
    kind: "process-memory",
    subject: { pid, start_ticks: pid * 10, name: "java", unit: null, container: null },
    verdict: "leak",
    severity: "warning",
    confidence: 0.97,
    rate_per_hour: null,
    unit: "bytes",
    time_to_limit_seconds: null,
    evidence: "rose",
    next_step: "leakwatch profile",
    ...more,
  });
}

/** `sites` sites with stacks of `frames` frames whose names are `name`. */
export function profile(sites: number, frames = 3, name = "remember /srv/leak.js"): Profile {
  return {
    schema: "leakwatch.profile/1",
    process: {
      pid: 812,
      start_ticks: 8120,
      start_time: "2026-11-20T12:00:00.000Z",
      name: "java",
      executable: null,
      runtime: "node",
    },
    started_at: "2026-11-20T13:00:00.000Z",
    results: [{
      method: "inspector-sampling",
      pid: 812,
      start_time: "2026-11-20T12:00:00.000Z",
      seconds: 20,
      part: null,
      growth_bytes: 100 << 20,
      growth_source: "heap",
      meaning: "live-sampled",
      coverage: 0.9,
      lost_events: 0,
      sites: rankSites(Array.from({ length: sites }, (_, site) => ({
        stack: Array.from({ length: frames }, (_, frame) => `${name}:${site + frame}`),
        type: null,
        live_bytes: (sites - site) << 20,
        count: null,
        held_by: null,
      }))),
      cost: { pause_ms: 3, slowdown: null, left_behind: [] },
      warnings: [],
    }],
    errors: [],
    declined: [],
  };
}

export const TIMES = { started_at: "2026-11-20T03:12:00.000Z", ended_at: "2026-11-20T03:12:41.000Z" };

export const evidence = (taken: Profile = profile(2), due: DueProfile = DUE): ProfileEvidence =>
  makeEvidence(due, "node", [taken], [], TIMES);
