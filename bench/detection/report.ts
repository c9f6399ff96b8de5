import type { Cost } from "./cost.ts";
import { MODEL_LENGTHS } from "./models.ts";
import type { MonitorResult, Share, Shares } from "./measure.ts";

/** Everything the bench measures; what results.json holds. */
export interface Results {
  made_with: string;
  synthetic: Shares;
  models: Shares;
  /** null where no real data was at hand. */
  real: Shares | null;
  monitor: { healthy: Record<string, MonitorResult>; ageing: Record<string, MonitorResult> } | null;
  strengths: number[];
  found: Record<string, number[]>;
  cost: Cost;
}

const LENGTHS = ["5m", "1h", "6h", "48h", "1h and longer"];
const percent = (share: Share | undefined) => share ? `${((100 * share.said) / share.of).toFixed(1)} %` : "–";
const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
const table = (header: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [row(header), row(header.map((_, i) => i ? "---:" : "---")), ...rows.map(row)].join("\n");

interface Quality {
  precision: number;
  recall: number;
  f1: number;
  false_alarms: number;
}

function quality(groups: Record<string, Share>, length: string): Quality {
  const leaking = groups[`leaking/${length}`]!, healthy = groups[`healthy/${length}`]!;
  const precision = leaking.said / Math.max(1, leaking.said + healthy.said),
    recall = leaking.said / leaking.of;
  const f1 = (2 * precision * recall) / Math.max(1e-9, precision + recall);
  return { precision, recall, f1, false_alarms: healthy.said / healthy.of };
}

function qualityCells({ precision, recall, f1, false_alarms }: Quality): string[] {
  return [precision.toFixed(3), recall.toFixed(3), f1.toFixed(3), `${(100 * false_alarms).toFixed(2)} %`];
}

/** Share called a leak, by model and length. */
function modelTable(ours: Record<string, Share>): string {
  const lengths = Object.keys(MODEL_LENGTHS);
  const models = [
    ...new Set(Object.keys(ours).filter((key) => !key.endsWith("/all")).map((key) => key.split("/")[0]!)),
  ];
  return table(
    ["model", ...lengths],
    models.map((model) => [model, ...lengths.map((length) => percent(ours[`${model}/${length}`]))]),
  );
}

/** The kept results as Markdown. */
export function report(results: Results): string {
  const { synthetic, real, monitor, cost } = results, ours = synthetic.leakwatch!;
  const rivals = Object.keys(synthetic).filter((name) => !name.startsWith("without "));
  const ablation = Object.keys(synthetic).filter((name) => name.startsWith("without "));
  const realColumns = [
    "healthy 24 h",
    "healthy 48 h",
    "ageing 48 h",
    "+6 points in 48 h",
    "+12 points in 48 h",
    "+24 points in 48 h",
  ];
  const realCells = (name: string) => realColumns.map((group) => percent(real?.[name]?.[group]));
  const whole = "1h and longer";
  const families = [
    ...new Set(
      Object.keys(ours).filter((key) => !/^(leaking|healthy)\//.test(key)).map((key) => key.split("/")[0]!),
    ),
  ];
  const parts = [
    "# How well leakwatch tells a leak",
    `Written by \`deno task bench:detection\` (${results.made_with}). See README.md beside this file for what each column means.`,
    "## Against others, on the same data",
    table(
      [
        "detector",
        "synthetic: recall",
        "false alarms",
        "F1",
        ...realColumns.map((name) => name.startsWith("+") ? `leaks of ${name}, found` : name),
      ],
      rivals.map((name) => {
        const [, recall, f1, falseAlarms] = qualityCells(quality(synthetic[name]!, whole));
        return [name, recall!, falseAlarms!, f1!, ...realCells(name)];
      }),
    ),
    "Synthetic: windows of an hour and longer. Healthy: share called a leak, all of them counted as false. Ageing and laid-over leaks: share found.",
    "## Synthetic, by length of the window",
    table(
      ["length", "precision", "recall", "F1", "false alarms"],
      LENGTHS.map((length) => [length, ...qualityCells(quality(ours, length))]),
    ),
    "## Synthetic, by family: share called a leak",
    table(
      ["family", ...LENGTHS.slice(0, 4)],
      families.map((family) => [
        family,
        ...LENGTHS.slice(0, 4).map((length) => percent(ours[`${family}/${length}`])),
      ]),
    ),
    "## Models of programs",
    table(
      ["detector", "precision", "recall", "F1", "false alarms"],
      rivals.map((name) => [name, ...qualityCells(quality(results.models[name]!, "all"))]),
    ),
    modelTable(results.models.leakwatch!),
    "## What each part is worth",
    table(
      ["", "synthetic: recall", "false alarms", "F1", ...realColumns],
      ["leakwatch", ...ablation].map((name) => {
        const [, recall, f1, falseAlarms] = qualityCells(quality(synthetic[name]!, whole));
        return [name === "leakwatch" ? "all of it" : name, recall!, falseAlarms!, f1!, ...realCells(name)];
      }),
    ),
  ];
  if (real && monitor) {
    parts.push(
      "## As a monitor that runs for days",
      table(
        [
          "hosts",
          "looks that must agree",
          "days watched",
          "times a leak was said anew",
          "share of half-hours saying leak",
        ],
        (["healthy", "ageing"] as const).flatMap((kind) =>
          Object.entries(monitor[kind]).map((
            [looks, m],
          ) => [kind, looks, m.host_days.toFixed(0), m.episodes, `${(100 * m.share).toFixed(2)} %`])
        ),
      ),
      `Six-hour windows alone, healthy hosts: ${
        percent(real.leakwatch?.["healthy 6 h"])
      } called a leak; the longer window's veto and the confirmations are there for that.`,
    );
  } else parts.push("## Real data\n\nNone was at hand in this run.");
  parts.push(
    "## Leak size over noise",
    "![share found](found.svg)",
    table(
      ["growth ÷ noise", ...results.strengths.map(String)],
      Object.entries(results.found).map(([length, shares]) => [
        length,
        ...shares.map((share) => `${(100 * share).toFixed(0)} %`),
      ]),
    ),
    "## Cost",
    table(["", ""], [
      ["judging a series, median", `${cost.judge_median_microseconds.toFixed(0)} µs`],
      ["judging a series, 99 of 100", `${cost.judge_p99_microseconds.toFixed(0)} µs`],
      ["taking in a sample", `${cost.push_nanoseconds.toFixed(0)} ns`],
      ["memory of a series and window, at most", `${cost.most_bytes} bytes`],
    ]),
  );
  return `${parts.join("\n\n")}\n`;
}
