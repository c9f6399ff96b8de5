import { type Command, Option } from "commander";

/** `--profile-suspects`, as `monitor` and `boot` take it. */
export function withProfileSuspects(command: Command): Command {
  return command.addOption(
    new Option(
      "--profile-suspects",
      "look into each process that is found to leak, and keep what grows with the session: what is free of cost, and " +
        "what the rules file allows (profile: { java: [histogram] })",
    ).default(false),
  );
}
