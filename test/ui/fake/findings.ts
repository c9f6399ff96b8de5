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
      next_steps: [
        {
          kind: "look",
          command: `leakwatch profile ${of.pid}`,
          remark: "which stack or class grows; asks before it touches the process",
        },
        {
          kind: "dig",
          command: `jcmd ${of.pid} GC.class_histogram | head -40`,
          remark: "collects the whole heap first: the JVM pauses meanwhile",
        },
      ],
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

/** A bad night: leaks of services beside each other, and the kernel's share of them. */
export function manyFindings(processes: readonly ProcessSample[], mid: number, count: number): Finding[] {
  const [java, nginx, slab] = findingsAbout(processes[1]!, mid);
  const programs = processes.filter(({ is_kernel_thread }) => !is_kernel_thread).slice(4, 4 + count);
  const others = programs.map((process, i): Finding => {
    const isLeak = i < count / 2;
    const rate = mid / (i + 2);
    const { key: _key, probability: _probability, ...like } = isLeak ? java! : slab!;
    return completeFinding({
      ...like,
      kind: "process-memory",
      subject: {
        pid: process.pid,
        start_ticks: process.start_ticks,
        name: process.name,
        unit: process.unit,
        container: null,
      },
      severity: isLeak ? "warning" : "info",
      confidence: isLeak ? 0.95 - i / 200 : 0.4,
      rate_per_hour: { low: rate * 0.8, mid: rate, high: rate * 1.2 },
      time_to_limit_seconds: isLeak ? { low: 86_400 * (i + 1), high: null, limit: "MemAvailable" } : null,
      next_steps: [{ kind: "look", command: `leakwatch profile ${process.pid}`, remark: "" }],
    });
  });
  const half = others.findIndex(({ verdict }) => verdict !== "leak");
  return [java!, nginx!, ...others.slice(0, half), slab!, ...others.slice(half)].slice(0, count);
}
