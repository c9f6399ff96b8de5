/** The `boot` log: the machine's state right after boot, in prose. */

import { formatBytes, formatDuration, formatTime, plural } from "../../model/format.ts";
import type { Analysis } from "../analyze/model.ts";
import { type ReportDocument, type Section, shortSection } from "../report/document.ts";
import { notReadSection } from "../report/sections/closing.ts";
import { left, right } from "../report/sections/common.ts";
import { containerSection, unitSection } from "../report/sections/containers.ts";
import { descriptorSection } from "../report/sections/descriptors.ts";
import { kernelSection, slabSection } from "../report/sections/kernel.ts";
import { fragmentationSection, machineSection, memoryMapSection } from "../report/sections/machine.ts";
import { topSections } from "../report/sections/processes.ts";
import { sharedMemorySection } from "../report/sections/shared_memory.ts";
import type { BootFacts } from "../../collectors/kernel/boot_facts.ts";

const TOP = 15;

export function bootDocument(analysis: Analysis, facts: BootFacts): ReportDocument {
  const { host } = analysis;
  return {
    title: `leakwatch ${analysis.leakwatch_version}${
      host ? ` on ${host.hostname}` : ""
    }: the state after boot`,
    heading: host
      ? `Linux ${host.kernel_release} · up ${formatDuration(Math.round(host.uptime_seconds))} · ${
        formatTime(analysis.started_at)
      }`
      : formatTime(analysis.started_at),
    sections: [
      kernelStartSection(analysis, facts),
      settingsSection(facts),
      modulesSection(facts),
      machineSection(analysis),
      memoryMapSection(analysis),
      ...topSections(analysis, TOP),
      kernelSection(analysis),
      slabSection(analysis, TOP),
      fragmentationSection(analysis),
      unitSection(analysis, TOP),
      containerSection(analysis, TOP),
      descriptorSection(analysis, TOP),
      sharedMemorySection(analysis, TOP),
      notReadSection(analysis),
    ],
  };
}

function kernelStartSection({ host }: Analysis, facts: BootFacts): Section {
  const clock = facts.clock_source &&
    `clock source ${facts.clock_source} (there are ${facts.clock_sources.join(", ")})`;
  return {
    title: "KERNEL",
    source: "/proc/version, /proc/cmdline, /sys/devices/system/clocksource",
    short: null,
    blocks: [{
      kind: "lines",
      lines: [
        facts.version,
        host && `boot_id ${host.boot_id}, booted ${formatTime(iso(host.boot_time_seconds))}`,
        facts.command_line && `command line: ${facts.command_line}`,
        clock,
        facts.taint === null
          ? null
          : facts.taint === 0
          ? "not tainted"
          : `tainted: ${facts.taint} (docs.kernel.org/admin-guide/tainted-kernels.html)`,
        facts.cgroup_version && `cgroup v${facts.cgroup_version}`,
        facts.transparent_huge_pages && `transparent huge pages: ${facts.transparent_huge_pages}`,
      ].filter((line) => line !== null),
    }],
  };
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

function settingsSection({ settings }: BootFacts): Section {
  return {
    title: "LIMITS AND SETTINGS",
    source: "/proc/sys",
    short: null,
    blocks: [{ kind: "table", columns: [left("SYSCTL"), right("VALUE")], rows: settings }],
  };
}

function modulesSection({ modules }: BootFacts): Section {
  const source = "/proc/modules";
  if (!modules) return shortSection("MODULES", source, "none, or they are hidden");
  const size = modules.reduce((sum, module) => sum + module.size_bytes, 0);
  const title = `MODULES (${modules.length}, ${formatBytes(size)})`;
  if (modules.length === 0) return shortSection(title, source, "none");
  return {
    title,
    source,
    short: null,
    blocks: [{
      kind: "table",
      columns: [left("MODULE"), right("SIZE"), right("USED BY")],
      rows: modules.slice(0, TOP).map((
        each,
      ) => [each.name, formatBytes(each.size_bytes), String(each.used_by)]),
      note: modules.length > TOP ? `and ${plural(modules.length - TOP, "smaller one")}` : undefined,
    }],
  };
}
