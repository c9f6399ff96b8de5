import { Command } from "commander";
import { type SharedOptions, withSharedOptions } from "../arguments/shared.ts";
import type { Outcome } from "./options.ts";

export function doctorCommand(outcome: Outcome): Command {
  const command = new Command("doctor")
    .summary("which sources are readable, why not, how to fix it")
    .description(
      "Reads every kernel source once and says which are readable here, why not, and how to fix it.",
    );
  return withSharedOptions(command).action(async (options: SharedOptions) => {
    const { doctor } = await import("../doctor/mod.ts");
    outcome.exitCode = await doctor(options);
  });
}
