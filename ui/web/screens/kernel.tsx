/** The memory that process lists do not show: the kernel's own. */

import { type KernelReply, view } from "../api.ts";
import { bytes, bytesPerHour, count, share } from "../format.ts";
import { now } from "../live.ts";
import { useMachineSeries } from "../machine_series.ts";
import { HeatMap } from "../parts/heat_map.tsx";
import { LineChart } from "../parts/line_chart.tsx";
import { type BarPart, MemoryBar } from "../parts/memory_bar.tsx";
import { Spark } from "../parts/spark.tsx";
import { NotRead, Pending } from "../parts/state.tsx";
import { SuspectCard } from "../parts/suspect_card.tsx";
import { TimeControls } from "../parts/time_controls.tsx";
import { toneOf, Verdict } from "../parts/verdict.tsx";
import { useResource } from "../resource.ts";
import { asked, zoom } from "../time_axis.ts";

const RENEW_SECONDS = 10;
const COLUMNS = [
  "slab_unreclaimable_bytes",
  "slab_reclaimable_bytes",
  "page_tables_bytes",
  "kernel_stack_bytes",
  "percpu_bytes",
  "vmalloc_used_bytes",
  "unaccounted_bytes",
  "open_files",
  "dying_cgroups",
];

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
                  height={Math.round(Math.min(Math.max(innerHeight * 0.28, 190), 600))}
                  lines={[
                    { column: "slab_unreclaimable_bytes", label: "slab, not reclaimable", color: "line-2" },
                    { column: "unaccounted_bytes", label: "unaccounted", color: "line-5", dashed: true },
                    { column: "page_tables_bytes", label: "page tables", color: "line-1" },
                    { column: "vmalloc_used_bytes", label: "vmalloc", color: "line-3" },
                    { column: "percpu_bytes", label: "per-CPU", color: "line-4" },
                    { column: "kernel_stack_bytes", label: "stacks", color: "line-6" },
                  ]}
                />
                <LineChart
                  title="Open files"
                  isOptional
                  className="secondary"
                  series={series.data}
                  unit="count"
                  floats
                  height={90}
                  lines={[{ column: "open_files", label: "on this machine", color: "line-3" }]}
                />
              </>
            )
            : <Pending resource={series} what="The charts" />}
          {reply.zones.length > 0 && (
            <section aria-labelledby="fragmentation" class="fragmentation">
              <h2 id="fragmentation">
                Fragmentation <small>darker: less of the free memory could serve a block of that size</small>
              </h2>
              {reply.zones.map((zone) => <HeatMap key={`${zone.node}/${zone.zone}`} zone={zone} />)}
            </section>
          )}
        </div>
        <section class="suspects" aria-labelledby="suspects">
          <h2 id="suspects">Suspects</h2>
          {reply.suspects.length === 0
            ? (
              <p class="quiet">
                {session === null && now.value?.is_judged === false
                  ? "It is too early for a verdict."
                  : "Nothing in the kernel grows suspiciously."}
              </p>
            )
            : reply.suspects.map((suspect) => <SuspectCard key={suspect.key} suspect={suspect} />)}
        </section>
      </div>
      <MemoryMap reply={reply} />
      <SlabTable reply={reply} />
      <div class="columns">
        <Counts reply={reply} />
        <Shared reply={reply} />
      </div>
      <NotRead sources={reply.unavailable} />
    </>
  );
}

const MAP_COLORS: [RegExp, string][] = [
  [/^free/, "free"],
  [/unaccounted/, "unaccounted"],
  [/cache|buffers/, "cache"],
  [/^shared/, "shared"],
  [/^programs|anonymous/, "programs"],
  [/slab/, "slab"],
];
const mapColor = (name: string): string =>
  MAP_COLORS.find(([pattern]) => pattern.test(name))?.[1] ?? "kernel";

function MemoryMap({ reply }: { reply: KernelReply }) {
  const { memory_map: lines } = reply;
  if (lines.length === 0) return null;
  const total = lines.reduce((sum, line) => sum + line.bytes, 0);
  const parts: BarPart[] = lines.map(({ name, bytes, meaning }) => ({
    name,
    bytes,
    meaning,
    color: mapColor(name),
    hatched: mapColor(name) === "unaccounted",
  }));
  return (
    <section aria-labelledby="map">
      <h2 id="map">
        Where is my memory <small>{bytes(total)}</small>
      </h2>
      <MemoryBar label="Memory" total={total} parts={parts} isBarOnly />
      <div class="scroll-x">
        <table class="glossary">
          <tbody>
            {parts.map((part) => (
              <tr key={part.name}>
                <th scope="row">
                  <i
                    class={`swatch${part.hatched ? " hatched" : ""}`}
                    style={{ "--swatch": `var(--${part.color})` }}
                  />
                  {part.name}
                </th>
                <td class="number">{bytes(part.bytes)}</td>
                <td class="number faint">{share(part.bytes, total)}</td>
                <td class="meaning">{part.meaning}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function SlabTable({ reply: { slab_caches: caches } }: { reply: KernelReply }) {
  return (
    <section aria-labelledby="slab">
      <h2 id="slab">Slab caches</h2>
      {caches === null
        ? <p class="quiet">/proc/slabinfo cannot be read here: it takes root or CAP_DAC_READ_SEARCH.</p>
        : (
          <div class="scroll-x">
            <table>
              <thead>
                <tr>
                  <th scope="col">cache</th>
                  <th scope="col" class="number">size</th>
                  <th scope="col" class="number">growth</th>
                  <th scope="col">trend</th>
                  <th scope="col">verdict</th>
                  <th scope="col" class="number">objects</th>
                  <th scope="col" class="number">in use</th>
                  <th scope="col" class="number">object</th>
                </tr>
              </thead>
              <tbody>
                {caches.slice(0, 25).map((cache) => (
                  <tr key={cache.name}>
                    <th scope="row" class="plain">{cache.name}</th>
                    <td class="number">{bytes(cache.size_bytes)}</td>
                    <td class="number">{bytesPerHour(cache.growth_bytes_per_hour)}</td>
                    <td>
                      <Spark spark={cache.spark} tone={toneOf(cache.verdict)} />
                    </td>
                    <td>
                      <Verdict verdict={cache.verdict} />
                    </td>
                    <td class="number">{count(cache.objects)}</td>
                    <td class="number">{share(cache.active_objects, cache.objects)}</td>
                    <td class="number">{bytes(cache.object_bytes)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </section>
  );
}

const COUNTS: { name: keyof KernelReply["counts"]; label: string; meaning: string }[] = [
  {
    name: "dying_cgroups",
    label: "dying cgroups",
    meaning: "deleted, but something still holds their memory",
  },
  { name: "cgroups", label: "cgroups", meaning: "that have a directory" },
  { name: "network_namespaces", label: "network namespaces", meaning: "alive in the kernel" },
  { name: "sockets", label: "sockets", meaning: "open on this machine" },
  { name: "inodes", label: "inodes", meaning: "kept in memory" },
  { name: "dentries", label: "dentries", meaning: "names of files kept in memory" },
  { name: "open_files", label: "open files", meaning: "of all processes" },
];

function Counts({ reply: { counts, huge_pages, swap_devices } }: { reply: KernelReply }) {
  const known = COUNTS.filter(({ name }) => counts[name] !== null);
  return (
    <section aria-labelledby="counts">
      <h2 id="counts">Counts</h2>
      <table class="glossary">
        <tbody>
          {known.map(({ name, label, meaning }) => (
            <tr key={name}>
              <th scope="row">{label}</th>
              <td class="number">{count(counts[name])}</td>
              <td class="meaning">{meaning}</td>
            </tr>
          ))}
          {counts.tcp_bytes !== null && (
            <tr>
              <th scope="row">TCP memory</th>
              <td class="number">{bytes(counts.tcp_bytes)}</td>
              <td class="meaning">in socket buffers</td>
            </tr>
          )}
          {huge_pages?.filter((pool) => pool.total > 0).map((pool) => (
            <tr key={pool.page_bytes}>
              <th scope="row">huge pages</th>
              <td class="number">{bytes(pool.page_bytes * pool.total)}</td>
              <td class="meaning">
                of {bytes(pool.page_bytes)}; {bytes(pool.page_bytes * pool.free)} of it unused
              </td>
            </tr>
          ))}
          {swap_devices?.map((device) => (
            <tr key={device.name}>
              <th scope="row">swap {device.name}</th>
              <td class="number">{bytes(device.used_bytes)}</td>
              <td class="meaning">of {bytes(device.size_bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Shared({ reply: { shared_memory: shared } }: { reply: KernelReply }) {
  if (!shared) return null;
  const rows = [
    ...shared.system_v.map((segment) => ({
      what: `System V ${segment.id}`,
      size: segment.size_bytes,
      who: `${segment.owner}, ${segment.attached === 0 ? "nobody attached" : `${segment.attached} attached`}`,
    })),
    ...shared.posix.map((segment) => ({
      what: `/dev/shm/${segment.name}`,
      size: segment.size_bytes,
      who: segment.holders.map((holder) => `${holder.name} (${holder.pid})`).join(", ") ||
        `${segment.owner}, nobody holds it`,
    })),
    ...shared.memfd.map((file) => ({
      what: `memfd ${file.name}`,
      size: file.size_bytes,
      who: file.holders.map((holder) => `${holder.name} (${holder.pid})`).join(", "),
    })),
    ...shared.tmpfs.map((mount) => ({
      what: `tmpfs ${mount.mount}`,
      size: mount.used_bytes,
      who: mount.size_bytes === null ? "no limit" : `of ${bytes(mount.size_bytes)}`,
    })),
  ].sort((a, b) => b.size - a.size).slice(0, 20);
  return (
    <section aria-labelledby="shared">
      <h2 id="shared">Shared memory</h2>
      {rows.length === 0 ? <p class="quiet">None.</p> : (
        <div class="scroll-x">
          <table class="glossary">
            <tbody>
              {rows.map(({ what, size, who }) => (
                <tr key={what}>
                  <th scope="row" class="long">{what}</th>
                  <td class="number">{bytes(size)}</td>
                  <td class="meaning">{who}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
