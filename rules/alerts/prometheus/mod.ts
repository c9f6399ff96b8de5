/** Alert rules for Prometheus, over the metrics that leakwatch shows at /metrics. */

import { stringify } from "yaml";
import { alertName } from "../../../model/alert_name.ts";
import type { Rule, RuleSet } from "../rule.ts";
import { annotationText } from "./annotation.ts";
import { OWN_ALERTS, RECORDING_RULES } from "./own_rules.ts";
import { promql, UnsupportedExpression } from "./promql.ts";

export interface PrometheusExportOptions {
  /** Of the jobs that scrape leakwatch; rates are taken over five of them, so that a lost scrape does not empty them. */
  scrape_interval_seconds: number;
}

/** Prometheus' own default. */
const DEFAULT_SCRAPE_INTERVAL_SECONDS = 60;
const SCRAPES_PER_RATE = 5;

/**
 * A rules file for Prometheus (`rule_files:`): the rules in force, recording rules, and alerts about leakwatch itself. A condition that
 * PromQL cannot say is left out with a comment.
 */
export function exportPrometheus(
  set: RuleSet,
  { scrape_interval_seconds }: PrometheusExportOptions = {
    scrape_interval_seconds: DEFAULT_SCRAPE_INTERVAL_SECONDS,
  },
): string {
  const range = promDuration(SCRAPES_PER_RATE * scrape_interval_seconds);
  const rules: object[] = [];
  const left: string[] = [];
  for (const rule of set.rules) {
    try {
      rules.push(prometheusRule(rule, set.parameters));
    } catch (error) {
      if (!(error instanceof UnsupportedExpression)) throw error;
      left.push(`# left out: ${rule.name} (${error.message})\n`);
    }
  }
  const head =
    `# Written by \`leakwatch rules --export prometheus\`; over the metrics of \`leakwatch monitor --listen\` at /metrics,\n` +
    `# scraped every ${promDuration(scrape_interval_seconds)} (--scrape-interval).\n`;
  const groups = [
    { name: "leakwatch", rules: [...rules, ...OWN_ALERTS] },
    { name: "leakwatch-recording", rules: RECORDING_RULES },
  ];
  return head + left.join("") + stringify({ groups }, { lineWidth: 0 }).replaceAll("$rate", range);
}

function prometheusRule(rule: Rule, parameters: Record<string, number>): object {
  return {
    alert: alertName(rule.name),
    expr: promql(rule.when.ast, rule.scope, parameters),
    ...(rule.for_seconds > 0 && { for: `${Math.ceil(rule.for_seconds)}s` }),
    ...(rule.keep_firing_seconds > 0 && { keep_firing_for: `${Math.ceil(rule.keep_firing_seconds)}s` }),
    labels: { severity: rule.severity, rule: rule.name },
    annotations: {
      summary: annotationText(rule.message.source, rule, parameters),
      // A command that leakwatch makes of what it sees there is no text of a rule.
      next_step: /^\{\w+\}$/.test(rule.next_step.source.trim())
        ? "leakwatch analyze"
        : annotationText(rule.next_step.source, rule, parameters),
    },
  };
}

/** `5m`, `75s`. */
function promDuration(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  return whole % 60 === 0 ? `${whole / 60}m` : `${whole}s`;
}
