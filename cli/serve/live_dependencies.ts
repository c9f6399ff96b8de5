/** Wires the live page to what judges and inspects. */

import type { LiveDependencies } from "../../ui/server/dependencies.ts";
import type { Observer } from "../watch.ts";

export interface LiveOptions {
  hide_arguments: boolean;
  interval_seconds: number;
  rules_file?: string;
}

export function liveDependencies(
  options: LiveOptions,
): { live: LiveDependencies; observers: Observer[] } {
  return {
    observers: [],
    live: {
      judge: { findings: () => [], alerts: () => [], rules: () => [], needed_seconds: 300 },
      hide_arguments: options.hide_arguments,
      interval_seconds: options.interval_seconds,
    },
  };
}
