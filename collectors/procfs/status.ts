import type { ByteCursor } from "../byte_cursor.ts";
import { keyBytes } from "../byte_cursor.ts";

/** What leakwatch uses of /proc/PID/status; null where this kernel or this process (a kernel thread) has no such line. */
export interface Status {
  /** Tgid. */
  process_id: number | null;
  uid: number | null;
  threads: number | null;
  peak_rss_bytes: number | null;
  /** RssShmem, since Linux 4.5. */
  shmem_bytes: number | null;
  page_tables_bytes: number | null;
  swap_bytes: number | null;
}

export function emptyStatus(): Status {
  return {
    process_id: null,
    uid: null,
    threads: null,
    peak_rss_bytes: null,
    shmem_bytes: null,
    page_tables_bytes: null,
    swap_bytes: null,
  };
}

const TGID = keyBytes("Tgid:");
const UID = keyBytes("Uid:");
const THREADS = keyBytes("Threads:");
const VM_HWM = keyBytes("VmHWM:");
const RSS_SHMEM = keyBytes("RssShmem:");
const VM_PTE = keyBytes("VmPTE:");
const VM_SWAP = keyBytes("VmSwap:");

/** Reads the lines from the cursor on. Lines that are missing or hold no number become null; never throws. */
export function parseStatus(cursor: ByteCursor, into: Status): void {
  into.process_id =
    into.uid =
    into.threads =
    into.peak_rss_bytes =
    into.shmem_bytes =
      null;
  into.page_tables_bytes = into.swap_bytes = null;
  do {
    // The first letter decides, so that the thirty lines we do not want cost one comparison each.
    switch (cursor.bytes[cursor.at]) {
      case 0x55: // U
        if (cursor.startsWith(UID)) {
          cursor.nextNumber(); // real
          into.uid = numberOrNull(cursor.nextNumber()); // effective
        }
        break;
      case 0x54: // T
        if (cursor.startsWith(TGID)) into.process_id = numberOrNull(cursor.nextNumber());
        else if (cursor.startsWith(THREADS)) into.threads = numberOrNull(cursor.nextNumber());
        break;
      case 0x52: // R
        if (cursor.startsWith(RSS_SHMEM)) into.shmem_bytes = kilobytes(cursor.nextNumber());
        break;
      case 0x56: // V
        if (cursor.startsWith(VM_HWM)) into.peak_rss_bytes = kilobytes(cursor.nextNumber());
        else if (cursor.startsWith(VM_PTE)) into.page_tables_bytes = kilobytes(cursor.nextNumber());
        else if (cursor.startsWith(VM_SWAP)) into.swap_bytes = kilobytes(cursor.nextNumber());
        break;
    }
  } while (cursor.nextLine());
}

function numberOrNull(value: number): number | null {
  return value >= 0 ? value : null;
}

function kilobytes(value: number): number | null {
  return value >= 0 ? value * 1024 : null;
}
