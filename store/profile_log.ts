/** Profiles kept with a session: one JSON object a line. A recording may come from anybody, so every field is bounded. */

import * as z from "zod";
import { MAX_EVIDENCE_BYTES, type ProfileEvidence } from "../model/profile_evidence.ts";
import { safeJson } from "../model/safe_text.ts";
import type { SessionEntry } from "./catalog.ts";
import { streamChunks } from "./file_chunks.ts";

export const PROFILE_LOG = "profiles";
/** Of one session: more are not read. */
const MAX_PROFILES = 200;

const text = z.string().max(4096);
const number = z.number().nullable();
const date = z.iso.datetime({ offset: true });
const site = z.object({
  stack: z.array(text).max(256),
  type: text.nullable(),
  live_bytes: number,
  count: number,
  share: number,
  held_by: text.nullable(),
});
const result = z.object({
  method: text,
  pid: z.int().min(1),
  start_time: text,
  seconds: z.number().min(0),
  part: text.nullable(),
  growth_bytes: number,
  growth_source: z.enum(["rss", "heap", "outstanding"]),
  meaning: z.enum([
    "outstanding",
    "live-sampled",
    "instance-growth",
    "touched",
    "resident-growth",
    "not-referenced",
    "part-growth",
    "open-descriptors",
  ]),
  coverage: number,
  lost_events: z.number(),
  sites: z.array(site).max(1000),
  cost: z.object({ pause_ms: number, slowdown: number, left_behind: z.array(text).max(32) }),
  warnings: z.array(text).max(64),
});
const SCHEMA: z.ZodType<ProfileEvidence> = z.object({
  schema: z.literal("leakwatch.evidence/1"),
  occasion: z.enum(["confirmed", "near-limit"]),
  started_at: date,
  ended_at: date,
  pid: z.int().min(1).max(2 ** 22),
  start_ticks: z.int().min(0),
  name: text,
  runtime: text.nullable(),
  finding_kind: z.enum(["process-memory", "process-descriptors", "process-threads", "process-mappings"]),
  answer: z.object({
    method: text,
    is_answer: z.boolean(),
    headline: text,
    coverage: text,
    sites: z.array(z.object({
      name: text,
      callers: z.array(text).max(32),
      share: number,
      live_bytes: number,
      count: number,
      held_by: text.nullable(),
    })).max(32),
  }).nullable(),
  results: z.array(result).max(64),
  errors: z.array(z.object({ method: text, message: text })).max(64),
});

/** The line of a log, cut to MAX_EVIDENCE_BYTES: first sites go, then results. Pure. */
export function evidenceLine(evidence: ProfileEvidence): string {
  for (let sites = 50; sites >= 1; sites = Math.floor(sites / 2)) {
    const line = safeJson({
      ...evidence,
      results: evidence.results.map((one) => ({ ...one, sites: one.sites.slice(0, sites) })),
    });
    if (line.length <= MAX_EVIDENCE_BYTES) return line;
  }
  return safeJson({ ...evidence, results: [] });
}

/** null for anything that is not such a line. Pure. */
export function parseEvidence(line: string): ProfileEvidence | null {
  if (line.length > 2 * MAX_EVIDENCE_BYTES) return null;
  try {
    return SCHEMA.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

/** The profiles of a session, oldest first; torn lines and segments that cannot be read are passed over. */
export async function readEvidence(session: Pick<SessionEntry, "logs">): Promise<ProfileEvidence[]> {
  const found: ProfileEvidence[] = [];
  for (const { path } of session.logs[PROFILE_LOG] ?? []) {
    try {
      const decoder = new TextDecoder();
      let rest = "";
      for await (const bytes of streamChunks(path)) {
        const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
        rest = lines.pop()!;
        if (rest.length > 2 * MAX_EVIDENCE_BYTES) break;
        for (const line of lines) {
          const evidence = parseEvidence(line);
          if (evidence !== null) found.push(evidence);
          if (found.length >= MAX_PROFILES) return found;
        }
      }
    } catch {
      // Gone, or damaged: the others still tell.
    }
  }
  return found;
}
