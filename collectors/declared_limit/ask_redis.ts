/**
 * What Redis and Valkey say of their memory when asked as redis_exporter and redis-cli do: INFO memory. A running server has
 * overwritten its arguments, so that a --maxmemory of its command line is nowhere else to be read. One short connection to the
 * loopback address, which changes nothing; a server that wants a password refuses, and then nothing is known.
 */

import type { DeclaredLimit } from "../../model/declared_limit.ts";
import { readTextOrNull } from "../fs.ts";
import { memoryDirectory } from "../process/thread_group.ts";
import { parseListeningInode } from "../process/port_holder.ts";
import { MAXMEMORY } from "./stores.ts";

export interface RedisMemory {
  /** null: no cap. */
  maxmemory_bytes: number | null;
  /** What it has allocated, without fragmentation: compare this with the cap. */
  used_memory_bytes: number;
}

const TIMEOUT_MILLISECONDS = 250;
const MAX_ANSWER_BYTES = 64 * 1024;

/** Reads the answer to INFO memory. null for an error ("-NOAUTH …") and for what is none. Pure. */
export function parseRedisMemory(answer: string): RedisMemory | null {
  if (!/^\$\d+\r\n/.test(answer)) return null;
  const number = (name: string) => {
    const text = new RegExp(`^${name}:(\\d{1,15})\\r?$`, "m").exec(answer)?.[1];
    return text === undefined ? null : Number(text);
  };
  const used = number("used_memory");
  return used === null ? null : { used_memory_bytes: used, maxmemory_bytes: number("maxmemory") || null };
}

/** The cap as a declared limit; empty where it has none. Pure. */
export function redisLimits({ maxmemory_bytes }: RedisMemory): DeclaredLimit[] {
  return maxmemory_bytes === null
    ? []
    : [{ ...MAXMEMORY, bytes: maxmemory_bytes, source: "INFO memory", is_default: false }];
}

/** The port in a server's title, "redis-server 127.0.0.1:6379"; null where it has none. Pure. */
export function redisPort(title: string): number | null {
  const port = Number(/^\S*(?:redis|valkey|keydb)-server \S*:(\d{1,5})(?:\s|$)/.exec(title)?.[1] ?? 0);
  return port > 0 && port < 65536 ? port : null;
}

/**
 * Asks a server on this machine's loopback. null where the process shows no port, where the socket that listens there is not
 * this process's own (anybody may write any title), where it lies in another network namespace, or where no answer comes
 * within a quarter of a second. Never throws.
 */
export async function askRedis(pid: number, proc = "/proc"): Promise<RedisMemory | null> {
  const title = (readTextOrNull(`${proc}/${pid}/cmdline`) ?? "").replaceAll("\0", " ");
  const port = redisPort(title);
  if (port === null || !isInOurNetwork(pid, proc)) return null;
  for (const [table, hostname] of [["tcp", "127.0.0.1"], ["tcp6", "::1"]] as const) {
    const inode = parseListeningInode(readTextOrNull(`${proc}/self/net/${table}`) ?? "", port);
    if (inode === null || !holdsSocket(pid, inode, proc)) continue;
    const answer = await exchange(hostname, port).catch(() => null);
    if (answer !== null) return parseRedisMemory(answer);
  }
  return null;
}

async function exchange(hostname: string, port: number): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const connection = await Deno.connect({ hostname, port, signal });
  const close = () => {
    try {
      connection.close();
    } catch {
      // Closed by the other end of the exchange already.
    }
  };
  signal.addEventListener("abort", close);
  try {
    await connection.write(new TextEncoder().encode("INFO memory\r\nQUIT\r\n"));
    const bytes = new Uint8Array(MAX_ANSWER_BYTES);
    let filled = 0;
    while (filled < bytes.length) {
      const count = await connection.read(bytes.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return new TextDecoder().decode(bytes.subarray(0, filled));
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

function isInOurNetwork(pid: number, proc: string): boolean {
  const namespace = (id: number | string) => linkOf(`${proc}/${id}/ns/net`);
  return namespace(pid) !== null && namespace(pid) === namespace("self");
}

function holdsSocket(pid: number, inode: string, proc: string): boolean {
  const directory = `${memoryDirectory(pid, proc)}/fd`;
  try {
    return [...Deno.readDirSync(directory)].some(({ name }) =>
      linkOf(`${directory}/${name}`) === `socket:[${inode}]`
    );
  } catch {
    return false;
  }
}

function linkOf(path: string): string | null {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return null;
  }
}
