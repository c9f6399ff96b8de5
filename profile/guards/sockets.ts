/**
 * Whom a listening socket belongs to. A port number says nothing: the port may be another process's. What counts is that the
 * socket's inode in the target's network namespace is among the target's own descriptors.
 */

import type { Target } from "../target.ts";

export interface Listener {
  /** As the socket is bound: `127.0.0.1`, `::1`, `0.0.0.0`, `::`. */
  address: string;
  port: number;
  inode: string;
}

/** LISTEN rows of /proc/PID/net/tcp or tcp6 (Documentation/networking/proc_net_tcp.rst). Pure; strange lines are skipped. */
export function parseListeners(text: string): Listener[] {
  const rows: Listener[] = [];
  for (const line of text.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    const local = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(fields[1] ?? "");
    if (local === null || fields[3] !== "0A" || !/^\d+$/.test(fields[9] ?? "")) continue;
    rows.push({ address: parseAddress(local[1]!), port: parseInt(local[2]!, 16), inode: fields[9]! });
  }
  return rows;
}

/** Each 32-bit word is printed as a number of the machine: byte order is reversed on little-endian ones, as all of ours are. */
function parseAddress(hex: string): string {
  const bytes = hex.match(/.{8}/g)!.flatMap((word) => word.match(/../g)!.reverse());
  if (bytes.length === 4) return bytes.map((byte) => parseInt(byte, 16)).join(".");
  const groups = Array.from({ length: 8 }, (_, at) => parseInt(bytes[2 * at]! + bytes[2 * at + 1]!, 16));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return bytes.slice(12).map((byte) => parseInt(byte, 16)).join(".");
  }
  if (groups.every((group) => group === 0)) return "::";
  if (groups.slice(0, 7).every((group) => group === 0)) return `::${groups[7]!.toString(16)}`;
  return groups.map((group) => group.toString(16)).join(":");
}

/** Inodes of the sockets among a process's descriptors; empty where they are hidden. */
export function readSocketInodes(pid: number, proc = "/proc"): Set<string> {
  const inodes = new Set<string>();
  try {
    for (const { name } of Deno.readDirSync(`${proc}/${pid}/fd`)) {
      try {
        const match = /^socket:\[(\d+)\]$/.exec(Deno.readLinkSync(`${proc}/${pid}/fd/${name}`));
        if (match !== null) inodes.add(match[1]!);
      } catch {
        // Closed meanwhile.
      }
    }
  } catch {
    // Hidden, or the process has ended.
  }
  return inodes;
}

/**
 * Sockets on which the target listens and to which a connection from its network namespace surely comes: those of a port
 * where some other process listens too (on another address, or beside it with SO_REUSEPORT) are left out.
 */
export function ownListeners(target: Pick<Target, "pid" | "proc">): Listener[] {
  const inodes = readSocketInodes(target.pid, target.proc);
  const rows = ["tcp", "tcp6"].flatMap((table) => {
    try {
      return parseListeners(Deno.readTextFileSync(`${target.proc}/${target.pid}/net/${table}`));
    } catch {
      return [];
    }
  });
  return rows.filter((row) => rows.every((other) => other.port !== row.port || inodes.has(other.inode)));
}

/** Whether the target still is the one who listens there. */
export function ownsListener(target: Pick<Target, "pid" | "proc">, listener: Listener): boolean {
  return ownListeners(target).some(({ inode, port }) => inode === listener.inode && port === listener.port);
}

/** The address to connect to: wildcards are reached over loopback. */
export function connectAddress({ address }: Listener): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}
