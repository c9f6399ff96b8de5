/** What a detector says of the made-up machine. */

import { completeFinding } from "../../make_finding.ts";
import type { ProcessSample } from "../../../model/sample.ts";
import type { Finding } from "../../../model/finding.ts";
import { MIB } from "./noise.ts";
import { OPENING_PID } from "./processes.ts";

/** Of the leaking program, of another that opens descriptors, and of a slab cache. */
export function findingsAbout(of: ProcessSample, mid: number): Finding[] {
  return [
    completeFinding({
      kind: "process-memory",
      subject: {
        pid: of.pid,
        start_ticks: of.start_ticks,
        name: of.name,
        unit: of.unit,
        container: null,
      },
      verdict: "leak",
      severity: "critical",
      confidence: 0.97,
      rate_per_hour: { low: mid * 0.93, mid, high: mid * 1.08 },
      unit: "bytes",
      time_to_limit_seconds: { low: 11_400, high: 13_200, limit: "MemAvailable" },
      evidence:
        "anonymous memory rose from 310 MiB to 402 MiB in 55 min, every third of the window set a new floor; it used 0.3 % CPU meanwhile",
      next_step: `jcmd ${of.pid} GC.heap_info`,
    }),
    completeFinding({
      kind: "process-descriptors",
      subject: { pid: OPENING_PID, start_ticks: 5003, name: "nginx", unit: "nginx.service", container: null },
      verdict: "growing",
      severity: "warning",
      confidence: 0.81,
      rate_per_hour: { low: 700, mid: 840, high: 930 },
      unit: "count",
      time_to_limit_seconds: { low: 900, high: 1100, limit: "RLIMIT_NOFILE" },
      evidence: "14 descriptors a minute, all sockets: 812 of 1,024 are open",
      next_step: "ss -tanp | grep pid=1203",
    }),
    completeFinding({
      kind: "kernel-slab",
      subject: { pid: null, start_ticks: null, name: "kmalloc-512", unit: null, container: null },
      verdict: "growing",
      severity: "info",
      confidence: 0.72,
      rate_per_hour: { low: 11 * MIB, mid: 14 * MIB, high: 17 * MIB },
      unit: "bytes",
      time_to_limit_seconds: null,
      evidence: "objects of 384 B pile up while their users come and go",
      next_step: "sudo slabtop -s c",
    }),
  ];
}
