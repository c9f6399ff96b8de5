import { formatAmount, formatSpan } from "../../model/format.ts";
import type { Unit } from "../../model/finding.ts";
import type { Period } from "./period.ts";
import { SEGMENTS } from "./segments.ts";
import type { Score } from "./leak_score.ts";
import type { Estimator } from "./estimator.ts";
import type { Window } from "./window.ts";

/** What a sentence speaks of: the unit, and the measured thing ("anonymous memory") where it has a name. */
export interface Wording {
  unit: Unit;
  what: string | null;
}

/** "the typical level of anonymous memory", or without a name "the typical level". */
function viewed(view: Estimator, { what }: Wording): string {
  return what ? `the ${view.name} of ${what}` : `the ${view.name}`;
}

function thing({ what }: Wording): string {
  return what ?? "it";
}

export function leakMessage(window: Window, { view }: Score, wording: Wording): string {
  const show = (value: number) => formatAmount(value, wording.unit);
  const { y } = view.points;
  return `${viewed(view, wording)} rose ${show(y.at(-1)! - y[0]!)} in ${formatSpan(window.span)} (${
    show(y[0]!)
  } to ${show(y.at(-1)!)}), ` +
    `trend/uncertainty ${view.t.toFixed(0)}, still rising in the last ${
      "tail" in view ? "quarter" : "third"
    }`;
}

export function afterWarmUpMessage(window: Window, score: Score, wording: Wording): string {
  return `after warming up, ${leakMessage(window, score, wording)}`;
}

export function afterJumpMessage(window: Window, score: Score, wording: Wording): string {
  return `after a jump, ${leakMessage(window, score, wording)}`;
}

export function cycleLeakMessage(window: Window, period: Period, wording: Wording): string {
  const each = formatAmount((period.slope * SEGMENTS) / period.cycles, wording.unit);
  return `at the same point of its ${formatSpan(window.span / period.cycles)} cycle ${
    thing(wording)
  } is ${each} higher each time ` +
    `(${(100 * period.up).toFixed(0)} % of comparisons)`;
}

export function growingMessage(window: Window, view: Estimator, weakest: string, wording: Wording): string {
  return `${viewed(view, wording)} rose ${formatAmount(view.rise, wording.unit)} in ${
    formatSpan(window.span)
  }, not yet enough for a leak ` +
    `(weakest point: ${WEAKEST[weakest] ?? weakest})`;
}

export function lateOnsetMessage(rise: number, wording: Wording): string {
  return `${thing(wording)} stayed flat until the last quarter, then went up ${
    formatAmount(rise, wording.unit)
  }, still rising`;
}

export function stepMessage(shift: number, explained: number, wording: Wording): string {
  return `one jump of ${formatAmount(shift, wording.unit)} explains ${
    (100 * explained).toFixed(0)
  } % of the variation; ` +
    `${thing(wording)} is level before and after`;
}

export function shrinkingMessage(view: Estimator, wording: Wording): string {
  return `${viewed(view, wording)} fell by ${formatAmount(-view.rise, wording.unit)}`;
}

export function warmUpMessage(view: Estimator, late: number, wording: Wording): string {
  return `${viewed(view, wording)} rose ${
    formatAmount(view.rise, wording.unit)
  }, but the slope of the last quarter is only ` +
    `${(100 * Math.max(0, late)).toFixed(0)} % of the fastest earlier one`;
}

export function sawtoothMessage(releases: number, wording: Wording): string {
  const of = wording.what ? ` of ${wording.what}` : "";
  return `${releases} large releases${of}; the low points do not rise steadily`;
}

export function climbingTroughsMessage(lows: readonly number[], wording: Wording): string {
  const show = (value: number) => formatAmount(value, wording.unit);
  return `each of ${lows.length} large releases of ${thing(wording)} left more than the one before ` +
    `(${show(lows[0]!)} to ${show(lows.at(-1)!)}), not yet enough for a leak`;
}

export function periodicMessage(window: Window, period: Period, wording: Wording): string {
  return `${thing(wording)} repeats about every ${formatSpan(window.span / period.cycles)} ` +
    `(autocorrelation ${period.strength.toFixed(2)})`;
}

export function stableMessage(perHour: number, wording: Wording): string {
  return `no lasting growth; growth above ${formatAmount(perHour, wording.unit)}/h would show`;
}

/** The score's links in the words of the sentence "weakest point: …". */
const WEAKEST: Readonly<Record<string, string>> = {
  drift: "trend/uncertainty",
  size: "the size of the rise",
  coverage: "gaps in the data",
  late: "the slope of the last quarter",
  tail: "the slope at the end",
  "last half": "the slope of the last half",
  "last third": "the slope of the last third",
  increments: "the increments are uneven",
  "slowing down": "it is slowing down",
};
