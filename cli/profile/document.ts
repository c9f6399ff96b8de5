/** The profile as a document: the sentence, five sites, the other methods, how to go on. */

import { flameTree } from "../../profile/export/flame_tree.ts";
import { fittedFrame, userFrames } from "../../profile/frames.ts";
import { answersGrowth, type Profile } from "../../profile/profile.ts";
import type { ProfileResult, ProfileSite } from "../../profile/result.ts";
import type { Block, ReportDocument, Section } from "../report/document.ts";
import { formatBytes, formatCount, formatDuration, formatRatio, plural } from "../../model/format.ts";
import { coverageMessage, headline, MEANINGS, siteName } from "./sentence.ts";

/** `top`: sites per method, 0 is all. */
export function profileDocument(profile: Profile, top: number): ReportDocument {
  const { process } = profile;
  return {
    title: `profile of ${process.name} (${process.pid})`,
    heading: [process.runtime ?? "native", `started ${process.start_time}`, `profiled ${profile.started_at}`]
      .join(" · "),
    sections: profileSections(profile, top),
  };
}

/** The same as part of another report, whose sections are then titled with `inside`: whose memory they are about. */
export function profileSections(profile: Profile, top: number, inside = ""): Section[] {
  const { results, errors } = profile;
  const sections = [
    ...results.slice(0, 1).map(answer),
    // What saw nothing and has nothing to say of it is no news.
    ...results.filter(({ sites, warnings }, at) => at === 0 || sites.length > 0 || warnings.length > 0)
      .map((result, at) => resultSection(result, top, at === 0)),
    ...(errors.length > 0
      ? [lines("NOT DONE", errors.map(({ method, message }) => `${method}: ${message}`))]
      : []),
  ];
  const next = nextSteps(profile);
  if (next.length > 0) sections.push(lines("NEXT", next));
  if (inside === "") return sections;
  return sections.map((section) => ({ ...section, title: `${inside}: ${section.title}` }));
}

function answer(best: ProfileResult): Section {
  const isAnswer = answersGrowth(best);
  return {
    title: isAnswer ? "WHAT GROWS" : "NOT EXPLAINED",
    source: best.method,
    short: null,
    blocks: [{
      kind: "lines",
      lines: [{ text: headline(best), tone: isAnswer ? "strong" : "warning" }, coverageMessage(best)],
    }],
  };
}

/** The coverage of the best one stands in the answer already. */
function resultSection(result: ProfileResult, top: number, isBest: boolean): Section {
  const { sites, cost, warnings, part } = result;
  const shown = top === 0 ? sites : sites.slice(0, top);
  const blocks: Block[] = [
    {
      kind: "lines",
      lines: [
        { text: MEANINGS[result.meaning], tone: "quiet" },
        ...(isBest ? [] : [coverageMessage(result)]),
      ],
    },
  ];
  if (shown.length > 0) {
    blocks.push({
      kind: "table",
      columns: [
        { title: "SHARE", align: "right" },
        { title: "BYTES", align: "right" },
        { title: "COUNT", align: "right" },
        { title: "SITE", align: "left", most: 90 },
      ],
      rows: shown.flatMap(siteRows),
      note: sites.length > shown.length ? `${sites.length - shown.length} more: --top 0` : undefined,
    });
  }
  const tree = flameTree(result);
  if (tree !== null) {
    const isBytes = sites.some(({ live_bytes }) => live_bytes !== null);
    blocks.push({
      kind: "flame-graph",
      title: `${result.method}: ${MEANINGS[result.meaning]}`,
      unit: isBytes ? "bytes" : "count",
      root: tree,
    });
  }
  const notes = [
    ...shown.flatMap((site) =>
      site.held_by === null ? [] : [`${site.type ?? siteName(site)} is held by ${site.held_by}`]
    ),
    ...warnings,
    ...(result.lost_events > 0 ? [`${plural(result.lost_events, "event was", "events were")} lost`] : []),
    ...(cost.pause_ms === null || cost.pause_ms === 0
      ? []
      : [`longest pause ${Math.round(cost.pause_ms)} ms`]),
    ...(cost.slowdown === null ? [] : [`slowed down ${cost.slowdown.toFixed(1)} times meanwhile`]),
    ...(cost.left_behind.length === 0 ? [] : [`left behind: ${cost.left_behind.join(", ")}`]),
  ];
  if (notes.length > 0) blocks.push({ kind: "lines", lines: notes });
  return {
    title: `${result.method.toUpperCase()}${part === null ? "" : ` of ${part}`}`,
    source: formatDuration(Math.round(result.seconds)),
    short: null,
    blocks,
  };
}

/** Frames of the program that a row shows; all frames stand in JSON, the flame graph and the exports. */
const MAX_FRAMES = 5;
/** What a line of 100 columns leaves beside share, bytes and count. */
const FRAME_COLUMNS = 68;

function siteRows(site: ProfileSite): string[][] {
  const own = userFrames(site.stack);
  const frames = own.slice(0, MAX_FRAMES).map((frame, at) =>
    fittedFrame(frame, at === 0 ? FRAME_COLUMNS : FRAME_COLUMNS - 4)
  );
  const first = site.type ?? frames[0] ?? "unknown";
  const rest = (site.type === null ? frames.slice(1) : frames).map((frame) => `  ← ${frame}`);
  if (own.length > frames.length) rest.push(`  ← … ${own.length - frames.length} more`);
  return [
    [
      formatRatio(site.share),
      site.live_bytes === null ? "" : formatBytes(site.live_bytes),
      site.count === null ? "" : formatCount(site.count),
      first,
    ],
    ...rest.map((line) => ["", "", "", line]),
  ];
}

function nextSteps({ process, results, declined }: Profile): string[] {
  const steps = declined.map(({ method, title, pause }) =>
    `leakwatch profile ${process.pid} --yes    ${method}: ${title}; pause: ${pause}`
  );
  if (results[0] && !answersGrowth(results[0])) {
    steps.push(`leakwatch profile ${process.pid} --dry-run    lists every method with its cost`);
  }
  return steps;
}

function lines(title: string, text: string[]): Section {
  return { title, source: "leakwatch profile", short: null, blocks: [{ kind: "lines", lines: text }] };
}
