/** Who listens on a port: from /proc/net/tcp to the process that holds the socket, as far as this user may look. */

const LISTEN = "0A";

/** Inode of the socket that listens on the port, from the text of /proc/net/tcp or tcp6. Pure. */
export function parseListeningInode(text: string, port: number): string | null {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  for (const line of text.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[3] === LISTEN && fields[1]?.endsWith(`:${wanted}`)) return fields[9] ?? null;
  }
  return null;
}

/** `nginx (1203)`; null where it cannot be known. */
export function readPortHolder(port: number, proc = "/proc"): string | null {
  const inode = ["tcp", "tcp6"].map((table) => read(`${proc}/net/${table}`))
    .map((text) => text === null ? null : parseListeningInode(text, port))
    .find((found) => found !== null);
  if (!inode) return null;
  for (const { name: pid } of Deno.readDirSync(proc)) {
    if (!/^\d+$/.test(pid) || !holds(`${proc}/${pid}/fd`, inode)) continue;
    // A name is chosen by its process: leave nothing in it that a terminal would act on.
    const name = read(`${proc}/${pid}/comm`)?.trim().replace(/[^\x20-\x7e]/g, "?") ?? "?";
    return `${name} (${pid})`;
  }
  return null;
}

function holds(directory: string, inode: string): boolean {
  try {
    return [...Deno.readDirSync(directory)].some(({ name }) =>
      target(`${directory}/${name}`) === `socket:[${inode}]`
    );
  } catch { // gone, or not ours to look at
    return false;
  }
}

/** Where a link leads; null for a descriptor that was closed since it was listed, which hides no other. */
function target(link: string): string | null {
  try {
    return Deno.readLinkSync(link);
  } catch {
    return null;
  }
}

function read(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}
