import { Command } from "commander";
import { writeStdout } from "../output.ts";

/** Not shown in the help; the manual page and the README name it. */
export function licensesCommand(): Command {
  return new Command("licenses")
    .description("Prints the licences of leakwatch, of its runtime and of the libraries in it.")
    .action(async () => {
      const { default: own } = await import("../../LICENSE", { with: { type: "text" } });
      const { default: others } = await import("../../docs/licenses.md", { with: { type: "text" } });
      writeStdout(`${own}\n${others}`);
    });
}
