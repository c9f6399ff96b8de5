import type { ByteCursor } from "../byte_cursor.ts";
import { ParseError } from "../fs.ts";

/**
 * /proc/PID/statm in pages (Documentation/filesystems/proc.rst). The kernel keeps these counters per CPU, so they may be
 * off by dozens of pages per CPU against smaps_rollup.
 */
export interface Statm {
  size_pages: number;
  resident_pages: number;
  /** File pages and shmem: RssFile + RssShmem of status. */
  shared_pages: number;
  /** Length of the program's code: another value means that another program was executed. */
  text_pages: number;
}

/** Reads the numbers at the cursor into `into`. Throws ParseError where there are fewer than four. */
export function parseStatm(cursor: ByteCursor, into: Statm): void {
  into.size_pages = cursor.nextNumber();
  into.resident_pages = cursor.nextNumber();
  into.shared_pages = cursor.nextNumber();
  into.text_pages = cursor.nextNumber();
  if (!(into.text_pages >= 0)) throw new ParseError("/proc/PID/statm", "fewer than four numbers");
}
