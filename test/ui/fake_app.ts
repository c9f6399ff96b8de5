/** The server over a made-up machine, without a socket; for handler tests and for designing the page. */

import type { Finding } from "../../model/finding.ts";
import { AlertEngine } from "../../rules/alerts/engine.ts";
import { builtinRules } from "../../rules/alerts/parse.ts";
import { LeakDetector } from "../../rules/findings/mod.ts";
import { createApp } from "../../ui/server/mod.ts";
import type { ServerPorts } from "../../ui/server/server_ports.ts";
import type { MachineViewPorts } from "../../ui/server/ports.ts";
import type { Alert } from "../../model/finding.ts";
import type { Sample } from "../../model/sample.ts";
import { memoryMap } from "../../model/memory_map.ts";
import { LiveView } from "../../ui/server/live_view.ts";
import { FakeMachine, type FakeMachineOptions } from "./fake_machine.ts";

export interface FakeAppOptions extends FakeMachineOptions {
  hide_arguments?: boolean;
  access?: Partial<ServerPorts["access"]>;
  library?: ServerPorts["library"];
  assets?: ServerPorts["assets"];
  findings?: boolean;
  /** Takes the kernel's slab for an echo of the leaking program. */
  echoes?: boolean;
  hostname?: string;
}

export function fakeApp(options: FakeAppOptions = {}) {
  const machine = new FakeMachine(options);
  const findings = () => {
    const [first, ...rest] = options.findings === false ? [] : machine.findings();
    const isEffect = (finding: Finding) => options.echoes === true && finding.kind === "kernel-slab";
    return first === undefined
      ? []
      : [first, ...rest.map((each) => isEffect(each) ? { ...each, caused_by: first.key } : each)];
  };
  const alerts = (): Alert[] =>
    findings().map((finding, i) => ({
      id: `${i}`,
      next_step: finding.next_step,
      rule: i === 0 ? "leak" : "growth",
      severity: finding.severity,
      state: i === 2 ? "resolved" : "firing",
      service: finding.subject.unit,
      subject: finding.subject.pid
        ? `${finding.subject.name} (${finding.subject.pid})`
        : finding.subject.name,
      value: finding.rate_per_hour!.mid,
      threshold: 0,
      message: `${finding.subject.name} leaks, ${Math.round(100 * finding.probability)} % sure`,
      since: new Date((machine.time - 900 * (i + 1)) * 1000).toISOString(),
    }));
  const engine = new AlertEngine(builtinRules()), detector = new LeakDetector();
  const pipeline: MachineViewPorts["pipeline"] = {
    resolvedAlerts: () => alerts().filter(({ state }) => state === "resolved"),
    rules: () => [{
      name: "leak",
      severity: "critical",
      condition: 'verdict == "leak" && confidence >= 0.9',
      for_seconds: 60,
      help: "Look at the process with the command of its finding; restart it before memory is full.",
    }, {
      name: "growth",
      severity: "warning",
      condition: 'verdict == "growing"',
      for_seconds: 300,
      help: "Watch it for longer: growth may end by itself.",
    }],
    trend: (finding) => finding.kind === "process-memory" ? machine.trend() : null,
    memory_trend: () => machine.memoryTrend(),
    alerts_turned_away: () => ({ critical: 0, warning: 0, info: 0 }),
    growth: () => engine.growth,
    history_use: () => ({ series: 212, refused: 0, used_bytes: 3e6, budget_bytes: 25e6, coarsened: 0 }),
    needed_seconds: 300,
  };
  const live = new LiveView({
    pipeline,
    hide_arguments: options.hide_arguments ?? false,
    interval_seconds: 2,
    own: () => ({ open_descriptors: 21, descriptor_limit: 8192, start_time_seconds: 1_700_000_000 }),
    memory_map: (memory) =>
      memoryMap(memory).rows.map(({ name, bytes, meaning }) => ({ name, bytes, meaning })),
    inspect: () => ({
      mapping_groups: [
        { name: "[heap]", count: 1, rss_bytes: 40 * 1024 ** 2, change_bytes: 7_900_000 },
        { name: "anonymous", count: 41, rss_bytes: 1300 * 1024 ** 2, change_bytes: 96_000_000 },
        { name: "/usr/lib/libjvm.so", count: 5, rss_bytes: 21 * 1024 ** 2, change_bytes: 0 },
      ],
      descriptor_kinds: null,
      pss_bytes: 1400 * 1024 ** 2,
      uss_bytes: 1390 * 1024 ** 2,
    }),
  });
  const app = createApp({
    about: {
      version: "0.1.0",
      hostname: options.hostname ?? "db-7",
      live: true,
      hide_arguments: options.hide_arguments ?? false,
      interval_seconds: 2,
    },
    live,
    library: options.library ?? {
      list: () => Promise.resolve({ sessions: [], directories: ["/var/log/memory-monitor"], unreadable: [] }),
      open: () => Promise.resolve(null),
    },
    access: { is_loopback: true, host_names: ["db-7"], token: null, ...options.access },
    assets: options.assets ?? { html: "<!doctype html>", script: "1", style: "a{}", icon: "<svg/>" },
  });
  /** As the pipeline would hand it on. */
  const observe = (sample: Sample) => {
    detector.observe(sample);
    engine.evaluate({
      sample,
      findings: null,
      growth: detector,
      own: { rss_bytes: 6e7 + sample.time_seconds, cpu_seconds: 1 },
    });
    live.observe({
      sample,
      findings: findings(),
      alerts: alerts().filter(({ state }) => state !== "resolved"),
      changes: [],
    });
  };
  return { app, live, machine, observe };
}

/** A request as a browser on this machine makes it. */
export const local = (path: string, headers: Record<string, string> = {}): Request =>
  new Request(`http://127.0.0.1:7437${path}`, { headers: { host: "127.0.0.1:7437", ...headers } });
