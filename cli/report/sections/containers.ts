import { formatBytes, formatChange, formatCount, formatRatio } from "../../../model/format.ts";
import { containerTitle } from "../../../model/container_title.ts";
import type { Analysis } from "../../analyze/model.ts";
import type { Section } from "../document.ts";
import { shortSection } from "../document.ts";
import { left, leftOut, right, shown, verdictCell } from "./common.ts";

/** Containers against their limits, then the space their engines use on disk. */
export function containerSection(analysis: Analysis, top: number): Section {
  const source = "/sys/fs/cgroup, engine sockets";
  const running = analysis.containers.filter((container) => container.state !== "stopped")
    .sort((a, b) => (b.usage_bytes ?? 0) - (a.usage_bytes ?? 0));
  const stopped = analysis.containers.length - running.length;
  if (analysis.containers.length === 0) return shortSection("CONTAINERS", source, "none");
  const kept = shown(running, top);
  const spaces = analysis.engines.flatMap((engine) =>
    engine.space.map((space) => [
      engineTitle(engine),
      space.kind,
      formatCount(space.count),
      formatBytes(space.size_bytes),
      formatBytes(space.reclaimable_bytes),
    ])
  );
  return {
    title: "CONTAINERS",
    source,
    short: null,
    blocks: [
      {
        kind: "table",
        columns: [
          left("NAME", 24),
          left("ENGINE"),
          right("USAGE"),
          right("WORKING SET"),
          right("LIMIT"),
          right("OF IT"),
          right("OOM"),
          right("CHANGE"),
          left("VERDICT"),
        ],
        rows: kept.map((container) => [
          containerTitle(container),
          container.engine,
          formatBytes(container.usage_bytes),
          formatBytes(container.working_set_bytes),
          // Without a cgroup of its own nothing is known of a limit.
          container.limit_bytes === null && container.cgroup !== ""
            ? "none"
            : formatBytes(container.limit_bytes),
          container.limit_bytes && container.working_set_bytes !== null
            ? formatRatio(container.working_set_bytes / container.limit_bytes)
            : "",
          container.oom_kills
            ? { text: formatCount(container.oom_kills), tone: "critical" }
            : formatCount(container.oom_kills),
          container.growth_bytes === null ? "" : formatChange(container.growth_bytes),
          verdictCell(container.verdict),
        ]),
        note: [leftOut(kept.length, running.length), stopped > 0 ? `${stopped} stopped` : undefined].filter(
          Boolean,
        )
          .join("; ") || undefined,
      },
      ...(spaces.length === 0 ? [] : [{
        kind: "table" as const,
        columns: [left("DISK SPACE OF"), left("KIND"), right("COUNT"), right("SIZE"), right("RECLAIMABLE")],
        rows: spaces,
      }]),
    ],
  };
}

/** Every user may run a podman: theirs are told apart by the user's number. */
function engineTitle({ engine, socket }: Analysis["engines"][number]): string {
  const user = /^\/run\/user\/(\d+)\//.exec(socket)?.[1];
  return user === undefined ? engine : `${engine} of ${user}`;
}

/** Units by memory: a service that restarts is one story here, and many processes above. */
export function unitSection(analysis: Analysis, top: number): Section {
  const source = "/sys/fs/cgroup";
  const services = analysis.units.filter((unit) => unit.kind !== "slice" && (unit.usage_bytes ?? 0) > 0)
    .sort((a, b) => (b.usage_bytes ?? 0) - (a.usage_bytes ?? 0));
  if (services.length === 0) return shortSection("UNITS", source, "none with memory accounting");
  const kept = shown(services, top);
  return {
    title: "UNITS",
    source,
    short: null,
    blocks: [{
      kind: "table",
      columns: [
        left("UNIT", 36),
        right("USAGE"),
        right("ANON"),
        right("KERNEL"),
        right("LIMIT"),
        right("OOM"),
        right("CHANGE"),
        left("VERDICT"),
      ],
      rows: kept.map((unit) => [
        unit.name,
        formatBytes(unit.usage_bytes),
        formatBytes(unit.anon_bytes),
        formatBytes(unit.kernel_bytes),
        unit.limit_bytes === null ? "none" : formatBytes(unit.limit_bytes),
        unit.oom_kills
          ? { text: formatCount(unit.oom_kills), tone: "critical" }
          : formatCount(unit.oom_kills),
        unit.growth_bytes === null ? "" : formatChange(unit.growth_bytes),
        verdictCell(unit.verdict),
      ]),
      note: leftOut(kept.length, services.length),
    }],
  };
}
