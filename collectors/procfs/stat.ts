import type { ByteCursor } from "../byte_cursor.ts";
import { ParseError } from "../fs.ts";

/** What leakwatch uses of /proc/PID/stat (Documentation/filesystems/proc.rst, table 1-4). */
export interface Stat {
  /** Where the name lies in the bytes: between the first "(" and the last ")". */
  name_begin: number;
  name_end: number;
  /** FNV-1a over the name: tells a changed name without making a string. */
  name_hash: number;
  /** Character code of the state's letter. */
  state_code: number;
  ppid: number;
  flags: number;
  minor_faults: number;
  major_faults: number;
  user_ticks: number;
  system_ticks: number;
  threads: number;
  start_ticks: number;
  /** Bottom of the stack, placed at random by each exec; 0 where we may not see it. */
  start_stack: number;
}

export function emptyStat(): Stat {
  return {
    name_begin: 0,
    name_end: 0,
    name_hash: 0,
    state_code: 0,
    ppid: 0,
    flags: 0,
    minor_faults: 0,
    major_faults: 0,
    user_ticks: 0,
    system_ticks: 0,
    threads: 0,
    start_ticks: 0,
    start_stack: 0,
  };
}

/** PF_KTHREAD of include/linux/sched.h. */
export const KERNEL_THREAD_FLAG = 0x0020_0000;

const OPEN = 40;
const CLOSE = 41;

/**
 * Reads one stat line from the cursor's bytes. The name may hold anything, a ")" too, so the fields begin behind the last
 * one. Throws ParseError where the line ends before the start time.
 */
export function parseStat(cursor: ByteCursor, into: Stat): void {
  const { bytes, end } = cursor;
  let begin = cursor.at;
  while (begin < end && bytes[begin] !== OPEN) begin++;
  let close = end - 1;
  while (close > begin && bytes[close] !== CLOSE) close--;
  if (begin >= end || close <= begin) throw new ParseError("/proc/PID/stat", "no name in parentheses");
  into.name_begin = begin + 1;
  into.name_end = close;
  let hash = 0x811c9dc5;
  for (let i = begin + 1; i < close; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  into.name_hash = hash;
  into.state_code = close + 2 < end ? bytes[close + 2]! : 0;
  cursor.at = close + 3;
  into.ppid = cursor.nextNumber();
  skip(cursor, 4); // pgrp, session, tty_nr, tpgid
  into.flags = cursor.nextNumber();
  into.minor_faults = cursor.nextNumber();
  skip(cursor, 1); // cminflt
  into.major_faults = cursor.nextNumber();
  skip(cursor, 1); // cmajflt
  into.user_ticks = cursor.nextNumber();
  into.system_ticks = cursor.nextNumber();
  skip(cursor, 4); // cutime, cstime, priority, nice
  into.threads = cursor.nextNumber();
  skip(cursor, 1); // itrealvalue
  into.start_ticks = cursor.nextNumber();
  if (!(into.start_ticks >= 0)) throw new ParseError("/proc/PID/stat", "no start time");
  skip(cursor, 5); // vsize, rss, rsslim, startcode, endcode
  const startStack = cursor.nextNumber();
  into.start_stack = startStack >= 0 ? startStack : 0;
}

function skip(cursor: ByteCursor, fields: number): void {
  for (let i = 0; i < fields; i++) cursor.nextNumber();
}
