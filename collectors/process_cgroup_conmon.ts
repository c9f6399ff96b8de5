/** Podman's containers are named on the command line of their monitor, conmon, so that no engine need answer. Pure. */

/** Id and name from conmon's arguments, joined by spaces; null where they are not as conmon(8) says. */
export function parseConmonName(command: string): { id: string; name: string } | null {
  const id = / -c ([0-9a-f]{64})(?= )/.exec(command)?.[1];
  const name = / -n ([a-zA-Z0-9][a-zA-Z0-9_.-]*)(?= |$)/.exec(command)?.[1];
  return id === undefined || name === undefined ? null : { id, name };
}
