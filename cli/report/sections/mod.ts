/** The order of a report: what a tired person needs first comes first. */

import { formatDuration, formatTime, plural } from "../../../model/format.ts";
import type { Analysis } from "../../analyze/model.ts";
import type { ReportDocument } from "../document.ts";
import { alertSection, costSection, notReadSection, seriesSection } from "./closing.ts";
import { containerSection, unitSection } from "./containers.ts";
import { descriptorSection } from "./descriptors.ts";
import { evidenceSections, profiledSections } from "./inside.ts";
import { kernelSection, slabSection } from "./kernel.ts";
import { fragmentationSection, machineSection, memoryMapSection } from "./machine.ts";
import { mappingSections } from "./mappings.ts";
import { growthSection, topSections, zombieSection } from "./processes.ts";
import { askedSections } from "./one_process.ts";
import { sharedMemorySection } from "./shared_memory.ts";
import { verdictSection } from "./verdict.ts";

/** Everything that can be said about an analysis. `top`: rows per table, 0 is all. */
export function reportDocument(analysis: Analysis, top: number): ReportDocument {
  const head = { title: titleOf(analysis), heading: headingOf(analysis) };
  if (!analysis.host) {
    return {
      ...head,
      sections: [verdictSection(analysis), seriesSection(analysis, top), notReadSection(analysis)],
    };
  }
  return {
    ...head,
    sections: [
      verdictSection(analysis),
      machineSection(analysis),
      ...profiledSections(analysis.profiles, top),
      ...evidenceSections(analysis.evidence),
      ...askedSections(analysis),
      ...topSections(analysis, top),
      growthSection(analysis, top),
      zombieSection(analysis),
      descriptorSection(analysis, top),
      sharedMemorySection(analysis, top),
      ...mappingSections(analysis),
      memoryMapSection(analysis),
      kernelSection(analysis),
      fragmentationSection(analysis),
      slabSection(analysis, top),
      containerSection(analysis, top),
      unitSection(analysis, top),
      alertSection(analysis),
      notReadSection(analysis),
      costSection(analysis),
    ],
  };
}

/** What is known before the window: shown at once, while the rest is being watched. */
export function snapshotDocument(analysis: Analysis): ReportDocument {
  return {
    title: titleOf(analysis),
    heading: headingOf(analysis),
    sections: [
      machineSection(analysis),
      topSections(analysis, 5)[0]!,
      zombieSection(analysis),
      alertSection(analysis),
    ],
  };
}

function titleOf({ leakwatch_version, host }: Analysis): string {
  return `leakwatch ${leakwatch_version}${host ? ` on ${host.hostname}` : ""}`;
}

function headingOf(analysis: Analysis): string {
  const { host, duration_seconds: seconds, samples } = analysis;
  if (!host) return `${plural(analysis.series.length, "recorded series", "recorded series")} judged`;
  return [
    `Linux ${host.kernel_release}`,
    `up ${formatDuration(host.uptime_seconds)}`,
    seconds > 0
      ? `${formatDuration(Math.round(seconds))} watched, ${plural(samples, "sample")}${
        analysis.ended_early ? " (ended early)" : ""
      }`
      : "snapshot",
    host.is_root ? "root" : "not root",
    formatTime(analysis.started_at),
  ].join(" · ");
}
