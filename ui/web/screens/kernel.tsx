/** The memory that process lists do not show: the kernel's own. */

import { view } from "../api.ts";
import { now } from "../live.ts";
import { useMachineSeries } from "../machine_series.ts";
import { heightOf } from "../components/chart.tsx";
import { HeatMap } from "../components/heat_map.tsx";
import { LineChart, type LineSpec } from "../components/line_chart.tsx";
import { NotRead, Pending } from "../components/state.tsx";
import { NoSuspects, Suspects } from "../components/suspects.tsx";
import { TimeControls } from "../components/time_controls.tsx";
import { useResource } from "../use_fetch.ts";
import { asked, zoom } from "../time_axis.ts";
import { Counts } from "./kernel/counts.tsx";
import { MemoryMap } from "./kernel/memory_map.tsx";
import { SharedMemory } from "./kernel/shared_memory.tsx";
import { SlabCaches } from "./kernel/slab_caches.tsx";

const RENEW_SECONDS = 10;
const MEMORY: LineSpec[] = [
  { column: "slab_unreclaimable_bytes", label: "slab, not reclaimable", color: "line-2" },
  { column: "unaccounted_bytes", label: "unaccounted", color: "line-5", dashed: true },
  { column: "page_tables_bytes", label: "page tables", color: "line-1" },
  { column: "vmalloc_used_bytes", label: "vmalloc", color: "line-3" },
  { column: "percpu_bytes", label: "per-CPU", color: "line-4" },
  { column: "kernel_stack_bytes", label: "stacks", color: "line-6" },
];
const FILES: LineSpec[] = [{ column: "open_files", label: "on this machine", color: "line-3" }];
const COLUMNS = [...MEMORY, ...FILES].map(({ column }) => column);

export function KernelScreen({ session }: { session: string | null }) {
  const range = asked.value;
  const resource = useResource(
    `kernel ${session} ${JSON.stringify(range)}`,
    () => view(session).kernel({ ...range, points: "240" }),
    { seconds: session === null && zoom.value === null ? RENEW_SECONDS : null, group: `kernel ${session}` },
  );
  const series = useMachineSeries(session, COLUMNS);
  const reply = resource.data;
  if (!reply) return <Pending resource={resource} what="The kernel's memory" />;
  return (
    <>
      <div class="now">
        <div class="charts">
          <TimeControls />
          {series.data
            ? (
              <>
                <LineChart
                  title="Kernel memory"
                  series={series.data}
                  unit="bytes"
                  height={heightOf(0.28, 190, 600)}
                  lines={MEMORY}
                />
                <LineChart
                  title="Open files"
                  isOptional
                  className="secondary"
                  series={series.data}
                  unit="count"
                  floats
                  height={heightOf(0.11, 84, 240)}
                  lines={FILES}
                />
              </>
            )
            : <Pending resource={series} what="The charts" />}
          {reply.zones.length > 0 && (
            <section aria-labelledby="fragmentation" class="fragmentation">
              <h2 id="fragmentation">
                Fragmentation{" "}
                <small>the fuller the colour, the less of the free memory serves a block of that size</small>
              </h2>
              {reply.zones.map((zone) => <HeatMap key={`${zone.node}/${zone.zone}`} zone={zone} />)}
            </section>
          )}
        </div>
        <Suspects suspects={reply.suspects}>
          <NoSuspects
            isClassified={session !== null || now.value?.is_classified !== false}
            calm={reply.memory || session !== null
              ? "Nothing in the kernel grows suspiciously."
              : "What cannot be read cannot be judged."}
          />
        </Suspects>
      </div>
      <MemoryMap lines={reply.memory_map} />
      <SlabCaches caches={reply.slab_caches} />
      <div class="columns">
        <Counts reply={reply} />
        <SharedMemory shared={reply.shared_memory} />
      </div>
      <NotRead sources={reply.unavailable} />
    </>
  );
}
