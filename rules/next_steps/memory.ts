import type { memoryRuntimeOf } from "../../model/runtime.ts";
import { dig, look, type Step } from "./step.ts";

/**
 * What to type next when a process's memory grows, beside `leakwatch profile`: one row per runtime, steps in order of
 * preference. Add a row to add a runtime.
 */

/** Runtimes and allocators as the collectors recognise them from the executable and its mappings. */
export type MemoryRuntime = ReturnType<typeof memoryRuntimeOf>;

/** What of a JVM grows, where its counters tell (hsperfdata). */
export type JavaPart = "heap" | "direct" | "metaspace" | "native";

export interface MemoryStepContext {
  pid: number;
  /** What its memory looks like, where its mappings were read. */
  arenas: boolean;
  /** Arguments of the process; hostile, only searched. */
  command: string | null;
  java_part: JavaPart | null;
}

type Steps = (context: MemoryStepContext) => Step[];

const COMPARE = "twice, ten minutes apart, and compare";

/** Needs nothing but /proc: reading smaps holds the process's mmap lock for a moment, as ps and top do not. */
const mappings = (pid: number): Step =>
  look(
    `awk '/^[0-9a-f]+-/ {n = NF > 5 ? $6 : "[anonymous]"} /^(Rss|Swap):/ {k[n] += $2} END {for (n in k) print k[n] " KiB", n}' /proc/${pid}/smaps | sort -rn | head`,
    `which mapping it is; ${COMPARE}`,
  );

/** https://docs.oracle.com/en/java/javase/21/docs/specs/man/jcmd.html */
const JAVA_STEPS: Record<JavaPart | "unknown", (pid: number) => Step> = {
  unknown: (pid) =>
    look(
      `jcmd ${pid} GC.heap_info; jcmd ${pid} VM.classloader_stats | tail -4; jcmd ${pid} VM.native_memory summary | head -40`,
      `heap, classes, native: which of them grows; ${COMPARE}`,
      "jcmd",
    ),
  heap: (pid) =>
    dig(
      `jcmd ${pid} GC.class_histogram | head -40`,
      `collects the whole heap first: the JVM pauses meanwhile; ${COMPARE}`,
      "jcmd",
    ),
  direct: (pid) =>
    dig(
      `jcmd ${pid} GC.class_histogram | grep -E 'DirectByteBuffer|Deallocator'; jcmd ${pid} VM.native_memory summary | grep -A2 -E 'Other|enabled'`,
      "collects the whole heap first: the JVM pauses meanwhile; the second needs -XX:NativeMemoryTracking=summary at the start",
      "jcmd",
    ),
  metaspace: (pid) =>
    look(
      `jcmd ${pid} VM.metaspace | head -30; jcmd ${pid} VM.classloader_stats | sort -k5 -rn | head`,
      `loaders that are never unloaded; ${COMPARE}`,
      "jcmd",
    ),
  native: (pid) =>
    look(
      `jcmd ${pid} VM.native_memory summary | head -60`,
      "needs -XX:NativeMemoryTracking=summary at the start; what it does not count is a native library's",
      "jcmd",
    ),
};

const malloc = (pid: number): Step =>
  dig(
    `memleak-bpfcc -p ${pid} --top 10 30`,
    "stacks that allocate and do not free; every malloc traps into the kernel meanwhile, which slows it tenfold or more",
    "memleak-bpfcc",
  );

const trim = (pid: number, remark: string): Step =>
  dig(
    `gdb -p ${pid} -batch -ex 'call (int)malloc_trim(0)'`,
    `stops it for a moment and calls into it; ${remark}`,
    "gdb",
  );

const restartToProfile = (pid: number, how: string): Step =>
  look(`tr '\\0' ' ' < /proc/${pid}/cmdline; echo`, `its arguments; ${how}`);

export const MEMORY_STEPS: Record<MemoryRuntime, Steps> = {
  jvm: ({ pid, java_part }) => [JAVA_STEPS[java_part ?? "unknown"](pid), mappings(pid)],
  // https://nodejs.org/api/cli.html#--heapsnapshot-signalsignal; without that flag SIGUSR1 opens the inspector.
  node: ({ pid, command }) => {
    const signal = /--heapsnapshot-signal[= ]SIG([A-Z0-9]+)/.exec(command ?? "")?.[1];
    if (signal) {
      return [dig(
        `kill -s ${signal} ${pid}`,
        "stops it for seconds and writes a .heapsnapshot into its directory; twice, compare in Chrome DevTools",
      )];
    }
    return [
      dig(
        `kill -s USR1 ${pid} && sleep 1 && ss -Hltnp | grep pid=${pid},`,
        "opens its inspector to every user of this machine until it ends; ss shows the port, or nothing where another program has 9229; then two heap snapshots in chrome://inspect",
        "ss",
      ),
      mappings(pid),
    ];
  },
  deno: (
    { pid },
  ) => [
    restartToProfile(pid, "restart it with --inspect=127.0.0.1:0, two heap snapshots in chrome://inspect"),
  ],
  bun: ({ pid }) => [restartToProfile(pid, "restart it with --inspect, two heap snapshots at debug.bun.sh")],
  // https://bloomberg.github.io/memray/attach.html
  python: ({ pid }) => [
    dig(
      `memray attach --aggregate -o /tmp/memray-${pid}.bin --duration 600 ${pid}`,
      "stops it, loads memray into it and slows each allocation for ten minutes",
      "memray",
    ),
    mappings(pid),
  ],
  ruby: ({ pid }) => [
    look(
      `rbspy record --pid ${pid} --duration 60`,
      "what it does; with the gem rbtrace in it: GC.stat",
      "rbspy",
    ),
    mappings(pid),
  ],
  // net/http/pprof has no fixed port: the listening ones of this process are the candidates.
  go: ({ pid }) => [
    look(
      `ss -Hltnp | grep pid=${pid},`,
      "then: go tool pprof -sample_index=inuse_space http://localhost:PORT/debug/pprof/heap",
      "ss",
    ),
    mappings(pid),
  ],
  php: ({ pid }) => [
    look(
      `phpspy --memory-usage --pid=${pid}`,
      "php-fpm: pm.max_requests = 500 restarts workers before they grow too large",
      "phpspy",
    ),
    mappings(pid),
  ],
  dotnet: ({ pid }) => [
    dig(
      `dotnet-gcdump collect -p ${pid}`,
      `collects the whole heap and pauses meanwhile; ${COMPARE}`,
      "dotnet-gcdump",
    ),
    mappings(pid),
  ],
  perl: ({ pid }) => [
    trim(pid, "if nothing returns: Devel::MAT on a dump of the heap"),
    mappings(pid),
  ],
  // https://ferd.github.io/recon/
  erlang: ({ pid }) => [
    restartToProfile(
      pid,
      "in a remote shell of that node: recon:proc_count(memory, 10). recon:bin_leak(10).",
    ),
  ],
  jemalloc: ({ pid }) => [
    look(
      `tr '\\0' '\\n' < /proc/${pid}/environ | grep MALLOC_CONF`,
      "restart with MALLOC_CONF=prof:true,lg_prof_interval:30 where its jemalloc was built with --enable-prof",
    ),
  ],
  tcmalloc: ({ pid }) => [
    look(
      `tr '\\0' '\\n' < /proc/${pid}/environ | grep HEAP`,
      "restart with HEAPPROFILE=/tmp/heap, then pprof --base",
    ),
  ],
  mimalloc: ({ pid }) => [mappings(pid)],
  musl: ({ pid }) => [
    dig(
      `memleak-bpfcc -p ${pid} -O /proc/${pid}/root/lib/ld-musl-$(uname -m).so.1 --top 10 30`,
      "stacks that allocate and do not free; every malloc traps into the kernel meanwhile",
      "memleak-bpfcc",
    ),
    mappings(pid),
  ],
  glibc: ({ pid, arenas }) =>
    arenas
      ? [
        trim(pid, "if memory drops, it was in malloc arenas: restart with MALLOC_ARENA_MAX=2"),
        malloc(pid),
        mappings(pid),
      ]
      : [malloc(pid), mappings(pid)],
  native: ({ pid }) => [malloc(pid), mappings(pid)],
};

/** The runtime that a name hints at, where nothing better is known: mappings hidden, or the process gone. */
const NAMES: [RegExp, MemoryRuntime][] = [
  [/^java$/, "jvm"],
  [/^(node|nodejs)$/, "node"],
  [/^deno/, "deno"],
  [/^bun$/, "bun"],
  [/^(python|pypy|uwsgi|gunicorn|celery)/, "python"],
  [/^(ruby|puma|sidekiq|unicorn)/, "ruby"],
  [/^php/, "php"],
  [/^dotnet$/, "dotnet"],
  [/^perl/, "perl"],
  [/^beam/, "erlang"],
];

export function runtimeFromName(name: string): MemoryRuntime {
  return NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? "native";
}
