/**
 * Whose wrong tokens are counted together. From another machine: its address. On the loopback interface everybody has the same
 * address, or any of 2^24: there it is the user, whom the kernel names beside each socket, so that one user's guesses neither
 * lock out another nor grow with the addresses they come from.
 */

import type { Peer } from "./http_types.ts";

/** Guesses of a socket that has been closed, which the kernel ascribes to nobody, are counted together. */
const UNKNOWN_USER = "a local user";

/** The uid of the open socket with this local address and port, from the text of /proc/net/tcp or tcp6; null where there is none. Pure. */
export function parseSocketUser(text: string, hostname: string, port: number): string | null {
  const address = hexOf(hostname);
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  for (const line of text.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [local = "", localPort] = fields[1]?.split(":") ?? [];
    // Sockets that wait to be forgotten have no inode, and nobody's uid.
    if (localPort === wanted && local.endsWith(address) && fields[9] !== "0") return fields[7] ?? null;
  }
  return null;
}

/** As the kernel writes it on little-endian machines; an IPv4 address also ends its form mapped into IPv6. */
function hexOf(hostname: string): string {
  if (hostname.includes(":")) return "00000000000000000000000001000000"; // ::1
  return hostname.split(".").reverse().map((part) => Number(part).toString(16).toUpperCase().padStart(2, "0"))
    .join("");
}

/** What the other end is known by. Reads the machine's sockets where that end is on it. */
export function originOf({ remote_address, remote_port }: Peer): string {
  const hostname = remote_address.replace(/^::ffff:/i, "");
  if (hostname !== "::1" && !hostname.startsWith("127.")) return remote_address;
  for (const table of ["tcp", "tcp6"]) {
    try {
      const user = parseSocketUser(Deno.readTextFileSync(`/proc/net/${table}`), hostname, remote_port);
      if (user !== null) return `user ${user}`;
    } catch { /* a kernel without IPv6 */ }
  }
  return UNKNOWN_USER;
}
