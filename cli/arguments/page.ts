/** The options of the commands that record and can serve the page beside it. */

import { type Command, InvalidArgumentError, Option } from "commander";

export interface PageAccessOptions {
  /** Serve the page and /metrics here. */
  listen?: { host: string; port: number };
  tokenFile?: string;
  /** False: every local user may look, even where root watches. */
  token: boolean;
}

/** `127.0.0.1:9100`, `[::]:9100`, `localhost:9100`. */
export function listenAddress(text: string): { host: string; port: number } {
  const match = text.match(/^(?:\[([0-9a-fA-F:.]+)\]|([^:\[\]\/\s]+)):(\d{1,5})$/);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) {
    throw new InvalidArgumentError("write ADDRESS:PORT such as 127.0.0.1:7437 or [::]:7437");
  }
  return { host: match[1] ?? match[2]!, port };
}

export function withPageOptions(command: Command): Command {
  return withTokenOptions(
    command.addOption(
      new Option(
        "--listen <address:port>",
        "serve the page and /metrics at this address; unless it is loopback, --token-file is required",
      ).argParser(listenAddress),
    ),
  );
}

export function withTokenOptions(command: Command): Command {
  return command
    .addOption(new Option("--token-file <file>", "file with the token that viewers must present"))
    .option(
      "--no-token",
      "as root: let every local user view the page (default: a token, in the address printed)",
    );
}
