/** Results as Markdown. Pure. */
import { formatBytes, formatDuration } from "../../../model/format.ts";
import { brierScore, calibrationError, forecasts, forecastsWithSilence, reliability } from "./calibration.ts";
import {
  type Accusations,
  falseAccusations,
  type Find,
  finds,
  isLarge,
  separation,
  share,
  YOUNG_SECONDS,
} from "./measures.ts";
import { leaksAt, type Track } from "./track.ts";

const MINUTES = [2, 5, 10, 15, 20, 30];

/** One view of a corpus: programs watched from their start, or attached to later. */
export interface View {
  title: string;
  tracks: readonly Track[];
  /** Seconds between evaluations. */
  every: number;
  /** Which leaks count as found in time, and how that is said. */
  inTime: { what: string; test: (find: Find) => boolean };
}

export function report(views: readonly View[]): string {
  return views.map(section).join("\n");
}

function section(view: View): string {
  const { title, tracks, every } = view;
  const leaks = finds(tracks);
  const said = forecasts(tracks), bins = reliability(said);
  return [
    `## ${title}\n`,
    summary(view, leaks),
    `### Verdict and probability by time of watching\n`,
    table(
      ["program", "truth", ...MINUTES.map((minutes) => `${minutes} min`)],
      tracks.map((track) => [
        track.program.name,
        track.program.truth,
        ...MINUTES.map((minutes) => opinionAt(track, minutes * 60, every)),
      ]),
    ),
    `### Leaks\n`,
    table(
      ["leak", "of", "rate per hour", "called after", "at the age of", "kept", "error of the rate"],
      leaks.map((find) => [
        find.name,
        find.kind,
        rate(find),
        duration(find.after_seconds),
        duration(find.age_seconds),
        percent(find.kept),
        percent(find.rate_error),
      ]),
    ),
    `### Reliability\n`,
    table(
      ["probability said", "mean", "leaks among them", "weight in programs"],
      bins.filter(({ weight }) => weight > 0).map(({ from, to, probability, frequency, weight }) => [
        `${from.toFixed(1)}–${to.toFixed(1)}`,
        probability.toFixed(2),
        frequency.toFixed(2),
        weight.toFixed(1),
      ]),
    ),
  ].join("\n");
}

function summary({ tracks, every, inTime }: View, leaks: readonly Find[]): string {
  const young = falseAccusations(tracks, every, 0, YOUNG_SECONDS);
  const old = falseAccusations(tracks, every, YOUNG_SECONDS);
  const large = leaks.filter((find) => isLarge(find));
  const said = forecasts(tracks);
  const five = separation(tracks, 300);
  const rows = [
    [
      "programs",
      `${
        tracks.filter(({ program }) => program.truth === "healthy").length
      } healthy, ${leaks.length} leaking`,
    ],
    ["false accusations under 15 min of age", accusations(young)],
    ["false accusations after", accusations(old)],
    ["leaks called at all", percent(share(leaks, (find) => find.after_seconds !== null))],
    [
      `of ${large.length} leaks of memory of 60 MiB/h and more, called ${inTime.what}`,
      percent(share(large, inTime.test)),
    ],
    [
      "mean probability at 5 min: leaks, healthy, difference",
      [five.leaks, five.healthy, five.difference].map((value) => value.toFixed(2)).join(", "),
    ],
    ["calibration error", calibrationError(reliability(said)).toFixed(3)],
    [
      "Brier score: where something was said, with silence as 0",
      `${brierScore(said).toFixed(3)}, ${brierScore(forecastsWithSilence(tracks)).toFixed(3)}`,
    ],
  ];
  return table(["measure", "value"], rows);
}

function accusations({ episodes, server_hours, accused }: Accusations): string {
  const rate = server_hours > 0 ? (episodes / server_hours * 100).toFixed(1) : "–";
  const names = accused.length > 0 ? `: ${accused.join(", ")}` : "";
  return `${episodes} in ${server_hours.toFixed(1)} server-hours, ${rate} per 100${names}`;
}

/** Verdict and probability at the evaluation nearest after so many seconds of watching; `†` before a leak has begun. */
function opinionAt({ program, opinions }: Track, seconds: number, every: number): string {
  const opinion = opinions.find(({ watched_seconds }) => watched_seconds >= seconds);
  if (!opinion || opinion.watched_seconds > seconds + 2 * every) return "";
  const early = program.truth === "leak" && !leaksAt(program, opinion.age_seconds) ? " †" : "";
  if (opinion.verdict === null) return `–${early}`;
  return `${opinion.verdict} ${opinion.probability.toFixed(2)}${early}`;
}

function rate({ kind, rate_per_hour }: Find): string {
  if (rate_per_hour === null) return "";
  const countsBytes = ["process-memory", "shared-memory", "tmpfs"].includes(kind);
  return countsBytes ? formatBytes(rate_per_hour) : rate_per_hour.toFixed(0);
}

const duration = (seconds: number | null) => seconds === null ? "never" : formatDuration(seconds);
const percent = (value: number | null) => value === null ? "" : `${(value * 100).toFixed(0)} %`;

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n") + "\n";
}
