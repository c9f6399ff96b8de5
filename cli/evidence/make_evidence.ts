/** What is kept of the profiles of one process. Pure. */

import type { EvidenceAnswer, EvidenceSite, ProfileEvidence } from "../../model/profile_evidence.ts";
import { fittedFrame, userFrames } from "../../profile/frames.ts";
import { answersGrowth, orderResults, type Profile } from "../../profile/profile.ts";
import type { ProfileResult, ProfileSite } from "../../profile/result.ts";
import { coverageMessage, headline } from "../profile/sentence.ts";
import type { DueProfile } from "./schedule.ts";

const SHOWN_SITES = 5, SHOWN_CALLERS = 4, FRAME_COLUMNS = 90;
const MAX_RESULTS = 16, MAX_STACK = 24, MAX_TEXT = 300;

/** Puts the answers of several runs together; `errors` are of runs that gave none. */
export function makeEvidence(
  due: DueProfile,
  runtime: string | null,
  profiles: readonly Profile[],
  errors: ProfileEvidence["errors"],
  times: { started_at: string; ended_at: string },
): ProfileEvidence {
  const results = orderResults(
    profiles.flatMap(({ results }) => results).filter(({ sites }) => sites.length > 0),
  ).slice(0, MAX_RESULTS);
  const all = [...profiles.flatMap(({ errors }) => errors), ...errors];
  return {
    schema: "leakwatch.evidence/1",
    ...due,
    runtime,
    ...times,
    answer: results[0] ? answerOf(results[0]) : null,
    results: results.map(bounded),
    errors: all.slice(0, MAX_RESULTS).map(({ method, message }) => ({ method, message: cut(message) })),
  };
}

function answerOf(result: ProfileResult): EvidenceAnswer {
  return {
    method: result.method,
    is_answer: answersGrowth(result),
    headline: headline(result).slice(0, 4 * MAX_TEXT),
    coverage: cut(coverageMessage(result)),
    sites: result.sites.slice(0, SHOWN_SITES).map(shownSite),
  };
}

function shownSite({ stack, type, share, live_bytes, count, held_by }: ProfileSite): EvidenceSite {
  const frames = userFrames(stack).map((frame) => cut(fittedFrame(frame, FRAME_COLUMNS)));
  const callers = type === null ? frames.slice(1) : frames;
  return {
    name: cut(type ?? frames[0] ?? "unknown"),
    callers: callers.slice(0, SHOWN_CALLERS),
    share,
    live_bytes,
    count,
    held_by: held_by && cut(held_by),
  };
}

function bounded(result: ProfileResult): ProfileResult {
  return {
    ...result,
    part: result.part && cut(result.part),
    sites: result.sites.map((site) => ({
      ...site,
      stack: site.stack.slice(0, MAX_STACK).map(cut),
      type: site.type && cut(site.type),
      held_by: site.held_by && cut(site.held_by),
    })),
    warnings: result.warnings.slice(0, MAX_RESULTS).map(cut),
  };
}

const cut = (text: string) => text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`;
