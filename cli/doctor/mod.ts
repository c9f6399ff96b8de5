/** `leakwatch doctor`: which sources are readable, why not, how to fix it. */

import { rootsAt } from "../../collectors/roots.ts";
import { Sampler } from "../../collectors/mod.ts";
import type { CollectorRun, Sample } from "../../model/sample.ts";
import type { SharedOptions } from "../arguments/shared.ts";
import { sessionDirectories } from "../directories.ts";
import { EXIT_DONE } from "../errors.ts";
import { useColor, writeStdout } from "../output.ts";
import type { Cell, ReportDocument, Section } from "../report/document.ts";
import { shortSection } from "../report/document.ts";
import { left, right } from "../report/sections/common.ts";
import { renderText } from "../report/text.ts";
import { VERSION } from "../version.ts";
import { type Check, checksOf } from "./checks.ts";
import { readWatches } from "./watches.ts";

/** Reads everything twice (rates and slow sources need a second look) and tells. Always ends with 0: missing is not broken. */
export async function doctor(options: SharedOptions): Promise<number> {
  const roots = rootsAt(options.procRoot, options.sysRoot);
  const sampler = new Sampler({ roots });
  try {
    await sampler.prepare();
    sampler.take(true);
    const sample = sampler.take(true);
    const watches = roots.is_live ? await readWatches(sessionDirectories()) : [];
    const report = doctorDocument(sample, [...checksOf(sample, roots), ...watches]);
    writeStdout(renderText(report, { color: useColor(options.color, Deno.stdout) }));
    return EXIT_DONE;
  } finally {
    sampler.close();
  }
}

function doctorDocument(sample: Sample, checks: readonly Check[]): ReportDocument {
  const failing = sample.collectors.filter((run) => !isReadable(run, sample)).length;
  const errors = failing + sample.unavailable.length;
  return {
    title: `leakwatch ${VERSION} on ${sample.host.hostname}`,
    heading: `Linux ${sample.host.kernel_release} · ${
      errors === 0
        ? "every source is readable"
        : `${sample.collectors.length - failing} of ${sample.collectors.length} sources readable`
    }`,
    sections: [sourcesSection(sample), surroundingsSection(checks), notReadSection(sample)],
  };
}

function sourcesSection(sample: Sample): Section {
  return {
    title: "SOURCES",
    source: "one reading of each",
    short: null,
    blocks: [{
      kind: "table",
      columns: [left("WHAT"), left("STATE"), right("TOOK"), left("SOURCE")],
      rows: sample.collectors.map((run): Cell[] => [
        run.name,
        isReadable(run, sample)
          ? { text: "readable", tone: "good" }
          : { text: "not readable", tone: "warning" },
        // One width, so that what follows is cut at one place however long it took.
        `${(run.duration_seconds * 1000).toFixed(1)} ms`.padStart(9),
        run.source,
      ]),
    }],
  };
}

/** A collector may get by without its source and say so. */
const isReadable = (run: CollectorRun, sample: Sample) =>
  run.ok && !sample.unavailable.some(({ source }) => source === run.source);

function surroundingsSection(checks: readonly Check[]): Section {
  return {
    title: "SURROUNDINGS",
    source: "rights, mounts, services",
    short: null,
    blocks: [{
      kind: "facts",
      facts: checks.map(({ what, ok, state, hint }) => {
        const text = `${state}${hint ? ` → ${hint}` : ""}`;
        return { label: what, value: ok ? text : { text, tone: "warning" } };
      }),
    }],
  };
}

function notReadSection(sample: Sample): Section {
  if (sample.unavailable.length === 0) return shortSection("UNAVAILABLE", "", "none: all sources were read");
  return {
    title: "UNAVAILABLE",
    source: "why, and how to fix it",
    short: null,
    blocks: [{
      kind: "lines",
      lines: sample.unavailable.map(({ source, why, hint }) =>
        `${source}: ${why}${hint ? ` → ${hint}` : ""}`
      ),
    }],
  };
}
