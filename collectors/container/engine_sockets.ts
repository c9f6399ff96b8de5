/** Which sockets container engines listen on here. */

/** Paths given by DOCKER_HOST or CONTAINER_HOST, where they name a unix socket. Pure. */
export function socketOfVariable(value: string | undefined): string | null {
  return value?.startsWith("unix://") ? value.slice("unix://".length) : null;
}

/**
 * Where engines listen: what the environment names, the system's sockets, those of rootless users (who have a directory
 * named by their uid in /run/user). Pure.
 */
export function candidateSockets(
  env: { DOCKER_HOST?: string; CONTAINER_HOST?: string },
  users: readonly string[],
): string[] {
  return [
    socketOfVariable(env.DOCKER_HOST),
    socketOfVariable(env.CONTAINER_HOST),
    "/run/docker.sock",
    "/var/run/docker.sock",
    "/run/podman/podman.sock",
    ...users.flatMap((uid) => [`/run/user/${uid}/podman/podman.sock`, `/run/user/${uid}/docker.sock`]),
  ].filter((path) => path !== null);
}

/** Sockets that exist. One reached by two names (/var/run is /run) counts once. */
export function findSockets(): string[] {
  const env = { DOCKER_HOST: Deno.env.get("DOCKER_HOST"), CONTAINER_HOST: Deno.env.get("CONTAINER_HOST") };
  const found = new Map<string, string>();
  for (const path of candidateSockets(env, listUsers())) {
    try {
      if (Deno.statSync(path).isSocket) found.set(Deno.realPathSync(path), path);
    } catch (error) {
      // A socket that may not even be looked at is worth a word, if somebody named it; a missing one is not.
      if (error instanceof Deno.errors.PermissionDenied && !path.startsWith("/run/user/")) {
        found.set(path, path);
      }
    }
  }
  return [...found.values()];
}

function listUsers(): string[] {
  try {
    return Array.from(Deno.readDirSync("/run/user"), (entry) => entry.name);
  } catch {
    return []; // No login manager, no rootless engines.
  }
}
