/** Which sockets container engines listen on here. */

/** Paths given by DOCKER_HOST or CONTAINER_HOST, where they name a unix socket. Pure. */
export function socketOfVariable(value: string | undefined): string | null {
  return value?.startsWith("unix://") ? value.slice("unix://".length) : null;
}

/**
 * Sockets that exist: those that the environment names, the system's, and those of rootless users. One socket reached by
 * two names (/var/run is /run) counts once.
 */
export function findSockets(): string[] {
  const candidates = [
    socketOfVariable(Deno.env.get("DOCKER_HOST")),
    socketOfVariable(Deno.env.get("CONTAINER_HOST")),
    "/run/docker.sock",
    "/var/run/docker.sock",
    "/run/podman/podman.sock",
  ].filter((path) => path !== null);
  try {
    for (const user of Deno.readDirSync("/run/user")) {
      candidates.push(`/run/user/${user.name}/podman/podman.sock`, `/run/user/${user.name}/docker.sock`);
    }
  } catch {
    // No login manager, no rootless engines.
  }
  const found = new Map<string, string>();
  for (const path of candidates) {
    try {
      if (Deno.statSync(path).isSocket) found.set(Deno.realPathSync(path), path);
    } catch (error) {
      // A socket that may not even be looked at is worth a word; a missing one is not.
      if (error instanceof Deno.errors.PermissionDenied) found.set(path, path);
    }
  }
  return [...found.values()];
}
