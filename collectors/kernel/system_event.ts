/** Kernel and out-of-memory events, from journalctl's JSON or from /dev/kmsg: one shape, one line each. Pure. */

export interface SystemEvent {
  wall_seconds: number;
  /** syslog(3): 0 emergency to 7 debug. */
  priority: number;
  /** "kernel", or "systemd" for what it says about units. */
  source: string;
  /** Hostile: it holds names that processes gave themselves. */
  message: string;
}

/** A process that the kernel, or systemd-oomd, killed for memory. */
export interface OomKill {
  wall_seconds: number;
  pid: number | null;
  name: string;
  /** cgroup of the victim; null where the kernel did not say. */
  cgroup: string | null;
  anon_bytes: number | null;
  /** A limit of that cgroup was met, rather than the machine's end. */
  is_limit: boolean;
}

const PRIORITIES = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"];
const WARNING = 4;

/** One entry of `journalctl --output=json`; null for what is no JSON or holds no text. */
export function parseJournalEntry(line: string): SystemEvent | null {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line);
  } catch {
    return null;
  }
  const message = textOf(entry?.MESSAGE);
  const microseconds = Number(entry?.__REALTIME_TIMESTAMP);
  if (message === null || !Number.isFinite(microseconds)) return null;
  const isKernel = entry._TRANSPORT === "kernel";
  return {
    wall_seconds: microseconds / 1e6,
    priority: typeof entry.PRIORITY === "string" ? Number(entry.PRIORITY) & 7 : 6,
    source: isKernel ? "kernel" : textOf(entry.SYSLOG_IDENTIFIER) ?? "system",
    message: !isKernel && typeof entry.UNIT === "string" && !message.includes(entry.UNIT)
      ? `${entry.UNIT}: ${message}`
      : message,
  };
}

/** Text, or an array of bytes where the message is not UTF-8 or holds control characters. */
function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256)) {
    return new TextDecoder().decode(Uint8Array.from(value));
  }
  return null;
}

/**
 * A record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg): "PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;MESSAGE", then
 * indented lines of a dictionary. The time counts from boot.
 */
export function parseKmsgRecord(record: string, boot_time_seconds: number): SystemEvent | null {
  const parts = /^(\d+),\d+,(\d+),[^;]*;([^\n]*)/.exec(record);
  if (!parts) return null;
  const [, facility, microseconds, message] = parts;
  return {
    wall_seconds: boot_time_seconds + Number(microseconds) / 1e6,
    priority: Number(facility) & 7,
    source: "kernel",
    message: message!.replace(
      /\\x([0-9a-f]{2})/g,
      (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)),
    ),
  };
}

const ABOUT_MEMORY =
  /out of memory|oom[-_ ]kill|oom_reaper|killed process|page allocation (failure|stalls)|memory (leak|cgroup)|vmalloc error|slab error|bad page|hung_task|blocked for more than/i;

/** Whether an event belongs in the system log: warnings and worse, and whatever is about memory. */
export function isWorthKeeping(event: SystemEvent): boolean {
  return event.priority <= WARNING || event.source !== "kernel" || ABOUT_MEMORY.test(event.message);
}

/** "2026-11-20T13:00:27.120Z warning kernel: Out of memory: …"; the writer escapes control characters. */
export function formatEvent(event: SystemEvent): string {
  const time = new Date(event.wall_seconds * 1000).toISOString();
  return `${time} ${PRIORITIES[event.priority]} ${event.source}: ${event.message}`;
}

/**
 * Kills in a run of events. The kernel says "oom-kill:constraint=CONSTRAINT_MEMCG,…,task_memcg=PATH,task=NAME,pid=PID,…" and
 * then "…Killed process PID (NAME) total-vm:…kB, anon-rss:…kB, …" (mm/oom_kill.c, since Linux 5.0; before, only the latter).
 */
export function oomKillsIn(events: readonly SystemEvent[]): OomKill[] {
  const kills: OomKill[] = [];
  const cgroups = new Map<number, { cgroup: string; is_limit: boolean }>();
  for (const { message, wall_seconds, source } of events) {
    if (source !== "kernel") continue;
    const found = /^oom-kill:constraint=(\w+).*,task_memcg=(.*?),task=.*,pid=(\d+),uid=\d+$/.exec(message);
    if (found) {
      cgroups.set(Number(found[3]), { cgroup: found[2]!, is_limit: found[1] === "CONSTRAINT_MEMCG" });
    }
    const killed = /Killed process (\d+) \((.*)\) total-vm:\d+kB, anon-rss:(\d+)kB/.exec(message);
    if (!killed) continue;
    const pid = Number(killed[1]);
    const place = cgroups.get(pid);
    kills.push({
      wall_seconds,
      pid,
      name: killed[2]!,
      cgroup: place?.cgroup ?? null,
      anon_bytes: Number(killed[3]) * 1024,
      is_limit: place?.is_limit ?? message.startsWith("Memory cgroup"),
    });
  }
  return kills;
}
