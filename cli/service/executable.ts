import { UserError } from "../errors.ts";

/** Folders that ProtectHome= and PrivateTmp= hide from the service, or that a reboot empties. */
const OUT_OF_REACH = ["/home/", "/root/", "/run/", "/tmp/", "/var/tmp/", "/dev/shm/"];

/** Whether the service cannot reach what root sees at this path (without links). */
export function isHiddenFromService(path: string): boolean {
  return OUT_OF_REACH.some((folder) => path.startsWith(folder));
}

/** Full path of the file that a user started; the self-extracting one hands its own over. null: run from the sources. */
function ownExecutable(): string | null {
  return Deno.env.get("LEAKWATCH_EXECUTABLE") ?? (Deno.build.standalone ? Deno.execPath() : null);
}

/** The same, fit for a service; throws UserError where it is not. */
export function serviceExecutable(): string {
  const path = ownExecutable();
  if (!path) {
    throw new UserError(
      "a service needs the built leakwatch, this one runs from its sources; build it with `deno task compile` and run install.sh",
    );
  }
  if (isHiddenFromService(path)) {
    throw new UserError(
      `the service could not reach ${path}; copy it to /usr/local/bin and call it there, or run install.sh`,
    );
  }
  return path;
}

/** Full path of a file that the service is to read; throws UserError where it could not. */
export function serviceFile(option: string, file: string): string {
  let path: string;
  try {
    path = Deno.realPathSync(file);
  } catch (error) {
    throw new UserError(
      `${option} ${file}: ${error instanceof Deno.errors.NotFound ? "no such file" : error}`,
    );
  }
  if (isHiddenFromService(path)) {
    throw new UserError(
      `${option} ${path}: the service cannot read home, run-time and temporary folders; copy the file to /etc/leakwatch/`,
    );
  }
  return path;
}
