import { type Command, InvalidArgumentError, Option } from "commander";

/** Options that every command takes. */
export interface SharedOptions {
  procRoot: string;
  sysRoot: string;
  quiet: boolean;
  color: boolean;
}

/** Adds the options that every command takes. */
export function withSharedOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--proc-root <dir>", "read processes and kernel files here").argParser(directory).default(
        "/proc",
      ),
    )
    .addOption(new Option("--sys-root <dir>", "read cgroups and devices here").default("/sys"))
    .option("-q, --quiet", "print results and errors only", false)
    .option("--no-color", "no colours (NO_COLOR is honoured too)");
}

function directory(path: string): string {
  try {
    if (Deno.statSync(path).isDirectory) return path;
  } catch { /* told below */ }
  throw new InvalidArgumentError("not a directory; name one such as /host/proc");
}
