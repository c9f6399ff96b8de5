/** Events with stacks from the text of `perf script -F pid,tid,time,event,trace,ip,sym,dso`. Pure. */

export interface PerfFrame {
  /** Offset in the file, in hexadecimal; what perf prints for code of a mapped file. */
  offset: string;
  /** null where there is no symbol. Hostile. */
  symbol: string | null;
  /** File it lies in. Hostile. */
  dso: string;
}

export interface PerfEvent {
  pid: number;
  tid: number;
  time_seconds: number;
  /** `leakwatch_12_ab:malloc_0`, `syscalls:sys_enter_mmap`, `page-faults:u`. */
  name: string;
  /** What the tracepoint told: `(7fda…) size=4096`. */
  details: string;
  /** Innermost first; empty where none was asked for. */
  frames: PerfFrame[];
}

const HEAD = /^\s*(\d+)\/(\d+)\s+(\d+\.\d+):\s+(\S+?):(?:\s+(.*))?$/;
const FRAME = /^\s+([0-9a-f]+)\s+(.*?) ?\(([^()]*(?:\(deleted\))?)\)$/;
const LOST = /PERF_RECORD_LOST(?:_SAMPLES)?\b.*?lost (\d+)/;
/** Deeper stacks are cut: the innermost frames tell. */
const MAX_FRAMES = 64;

/** Feed it lines; it calls `onEvent` for each event in order, and counts what perf lost. */
export class PerfScriptParser {
  #event: PerfEvent | null = null;
  lost_events = 0;

  constructor(readonly onEvent: (event: PerfEvent) => void) {}

  line(line: string): void {
    if (line === "") return this.end();
    const frame = this.#event === null ? null : FRAME.exec(line);
    if (this.#event !== null && frame !== null && !HEAD.test(line)) {
      if (this.#event.frames.length < MAX_FRAMES) this.#event.frames.push(parseFrame(frame));
      return;
    }
    const lost = LOST.exec(line);
    if (lost !== null) {
      this.lost_events += Number(lost[1]);
      return;
    }
    const head = HEAD.exec(line);
    if (head === null) return;
    this.end();
    const [, pid, tid, time, name, details] = head;
    this.#event = {
      pid: Number(pid),
      tid: Number(tid),
      time_seconds: Number(time),
      name: name!,
      details: details ?? "",
      frames: [],
    };
  }

  /** Call it behind the last line. */
  end(): void {
    const event = this.#event;
    this.#event = null;
    if (event !== null) this.onEvent(event);
  }
}

function parseFrame([, offset, symbol, dso]: RegExpExecArray): PerfFrame {
  return { offset: offset!, symbol: symbol === "[unknown]" || symbol === "" ? null : symbol!, dso: dso! };
}

/** A number of an event's details: `size=4096`, `addr: 0x7f…`, `len: 262144`; null where it is not told. */
export function detail(event: PerfEvent, name: string): number | null {
  const match = new RegExp(`\\b${name}(?:=|: )(0x[0-9a-f]+|\\d+)`).exec(event.details);
  return match === null ? null : Number(match[1]);
}
