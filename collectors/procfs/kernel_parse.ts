/** Parses small kernel files about memory that /proc/meminfo does not split up. Pure. */

import type { HugePagePool } from "../../model/sample.ts";

/** Number of cgroups that the kernel holds in the memory controller's hierarchy, from /proc/cgroups; null without it. */
export function parseCgroupCount(text: string): { hierarchy: number; cgroups: number } | null {
  const found = /^memory\s+(\d+)\s+(\d+)\s/m.exec(text);
  return found ? { hierarchy: Number(found[1]), cgroups: Number(found[2]) } : null;
}

export interface SocketMemory {
  sockets: number | null;
  tcp_bytes: number | null;
  udp_bytes: number | null;
  fragment_bytes: number | null;
}

/**
 * /proc/net/sockstat. `mem` of TCP and UDP counts pages and covers all network namespaces, `memory` of FRAG counts bytes
 * (net/ipv4/proc.c, sockstat_seq_show).
 */
export function parseSockstat(text: string, pageBytes: number): SocketMemory {
  const field = (protocol: string, name: string) => {
    const found = new RegExp(`^${protocol}:.*\\b${name} (\\d+)`, "m").exec(text)?.[1];
    return found === undefined ? null : Number(found);
  };
  const pages = (value: number | null) => value === null ? null : value * pageBytes;
  return {
    sockets: field("sockets", "used"),
    tcp_bytes: pages(field("TCP", "mem")),
    udp_bytes: pages(field("UDP", "mem")),
    fragment_bytes: field("FRAG", "memory"),
  };
}

/** First number of a file of several: inode-nr (allocated, free), dentry-state (allocated, unused, …). */
export function parseFirstNumber(text: string | null): number | null {
  const value = parseInt(text ?? "", 10);
  return Number.isFinite(value) ? value : null;
}

/** Third number of /sys/block/zramN/mm_stat: memory that the device occupies, its own overhead included. */
export function parseZramUsed(mmStat: string): number | null {
  const value = Number(mmStat.trim().split(/\s+/)[2]);
  return Number.isFinite(value) ? value : null;
}

/** Pages taken by the balloon, from /proc/vmstat: inflated less deflated since boot; null without a balloon driver. */
export function parseBalloonPages(vmstat: string): number | null {
  const field = (name: string) => new RegExp(`^${name} (\\d+)$`, "m").exec(vmstat)?.[1];
  const held = field("nr_balloon_pages");
  if (held !== undefined) return Number(held);
  const inflated = field("balloon_inflate");
  const deflated = field("balloon_deflate");
  return inflated === undefined || deflated === undefined
    ? null
    : Math.max(0, Number(inflated) - Number(deflated));
}

/** A pool of huge pages from the name of its directory ("hugepages-2048kB") and its two counters. */
export function parseHugePagePool(
  name: string,
  total: string | null,
  free: string | null,
): HugePagePool | null {
  const kib = /^hugepages-(\d+)kB$/.exec(name)?.[1];
  if (kib === undefined || total === null || free === null) return null;
  return { page_bytes: Number(kib) * 1024, total: parseInt(total, 10) || 0, free: parseInt(free, 10) || 0 };
}

/** Network namespaces that a file is mounted on (`ip netns add`), from mountinfo text: their inode numbers. */
export function parseMountedNamespaces(mountinfo: string): number[] {
  return [...mountinfo.matchAll(/ net:\[(\d+)\] .* - nsfs /g)].map((found) => Number(found[1]));
}
