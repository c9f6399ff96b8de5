/** Options of the commands that watch for long: what they may take of the machine. */

import { type Command, Option } from "commander";
import { percentOption, sizeOfAtLeast } from "../arguments/quantity.ts";

export const DEFAULT_MEMORY_BUDGET = 24 * 1024 ** 2;
export const DEFAULT_CPU_BUDGET = 0.01;

export interface BudgetOptions {
  /** Bytes for the history of all series. */
  memoryBudget: number;
  /** Share of one processor. */
  cpuBudget: number;
}

export function withBudgetOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--memory-budget <size>", "memory for the history of all series").argParser(
        sizeOfAtLeast(1024 ** 2),
      )
        .default(DEFAULT_MEMORY_BUDGET, "24MiB"),
    )
    .addOption(
      new Option(
        "--cpu-budget <percent>",
        "target share of one core; processes beyond it are read in turn, each at least every 10 s",
      ).argParser(percentOption).default(DEFAULT_CPU_BUDGET, "1%"),
    );
}
