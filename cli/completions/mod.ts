/** `leakwatch completions SHELL`, and the manual page: printed from the one definition of the command line. */

import type { Command } from "commander";
import type { Shell } from "../commands/options.ts";
import { METHODS } from "../../profile/registry.ts";
import { EXIT_DONE } from "../errors.ts";
import { writeStdout } from "../output.ts";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import { manualPage } from "./manual.ts";
import { outlineOf, type ProgramOutline } from "./cli_spec.ts";
import { zshCompletion } from "./zsh.ts";

const WRITERS: Record<Shell | "man", (program: ProgramOutline) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  man: (program) => manualPage(program, METHODS.toSorted((a, b) => a.rank - b.rank)),
};

export function completions(shell: Shell | "man", program: Command): number {
  writeStdout(WRITERS[shell](outlineOf(program)));
  return EXIT_DONE;
}
