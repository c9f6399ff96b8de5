/** How to start this same leakwatch again: for the watchdog, and inside another network namespace. */

/** Program and arguments, to which those of leakwatch are added. */
export function ownCommand(): string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  // The self-extracting file runs its program so (scripts/self_extracting.sh); from the sources the project's deno.json counts.
  const isPacked = Deno.env.get("LEAKWATCH_EXECUTABLE") !== undefined;
  const options = isPacked
    ? ["--no-config", "--no-lock", "--no-remote", "--no-npm", "--unstable-net"]
    : ["--no-check"];
  return [Deno.execPath(), "run", "--quiet", "--allow-all", "--no-prompt", ...options, Deno.mainModule];
}
