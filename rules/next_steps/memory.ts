import type { memoryRuntimeOf } from "../../model/runtime.ts";

/** What to type next when a process's memory grows: one row per runtime. Add a row to add a runtime. */

/** Runtimes and allocators as the collectors recognise them from the executable and its mappings. */
export type MemoryRuntime = ReturnType<typeof memoryRuntimeOf>;

export interface MemoryStepContext {
  pid: number;
  /** What its memory looks like, where its mappings were read. */
  arenas: boolean;
  /** Arguments of the process; hostile, only searched. */
  command: string | null;
}

type Step = (context: MemoryStepContext) => string;

const COMPARE = "# twice, ten minutes apart, and compare";

export const MEMORY_STEPS: Record<MemoryRuntime, Step> = {
  // https://docs.oracle.com/en/java/javase/21/docs/specs/man/jcmd.html
  jvm: ({ pid }) => `jcmd ${pid} GC.class_histogram | head -40   ${COMPARE}`,
  // https://nodejs.org/api/cli.html#--heapsnapshot-signalsignal; without that flag SIGUSR1 opens the inspector on 9229.
  node: ({ pid, command }) => {
    const signal = /--heapsnapshot-signal[= ](SIG\w+)/.exec(command ?? "")?.[1];
    return signal
      ? `kill -s ${
        signal.slice(3)
      } ${pid}   # writes a .heapsnapshot into its directory; twice, compare in Chrome DevTools`
      : `kill -USR1 ${pid} && echo "open chrome://inspect, take two heap snapshots of 127.0.0.1:9229"`;
  },
  deno: ({ pid }) =>
    `tr '\\0' ' ' < /proc/${pid}/cmdline   # restart it with --inspect, take two heap snapshots in chrome://inspect`,
  bun: ({ pid }) =>
    `tr '\\0' ' ' < /proc/${pid}/cmdline   # restart it with --inspect, take two heap snapshots at debug.bun.sh`,
  // memray attaches to a running process (bloomberg.github.io/memray/attach.html).
  python: ({ pid }) =>
    `memray attach --aggregate -o /tmp/memray-${pid}.bin --duration 600 ${pid}   # pip install memray; or py-spy dump --pid ${pid}`,
  ruby: ({ pid }) =>
    `rbspy record --pid ${pid} --duration 60   # what it does; with the rbtrace gem: rbtrace -p ${pid} -e "GC.stat"`,
  // net/http/pprof has no fixed port: the listening ones of this process are the candidates.
  go: ({ pid }) =>
    `ss -ltnp | grep pid=${pid},   # then: go tool pprof -sample_index=inuse_space http://localhost:PORT/debug/pprof/heap`,
  php: ({ pid }) =>
    `phpspy --memory-usage --pid=${pid}   # php-fpm: pm.max_requests = 500 restarts a worker before it hurts`,
  dotnet: ({ pid }) => `dotnet-gcdump collect -p ${pid}   ${COMPARE}`,
  perl: ({ pid }) =>
    `gdb -p ${pid} -batch -ex 'call (int)malloc_trim(0)'   # if nothing returns: Devel::MAT on a dump of the heap`,
  // https://ferd.github.io/recon/
  erlang: ({ pid }) =>
    `tr '\\0' ' ' < /proc/${pid}/cmdline   # in a remote shell of that node: recon:proc_count(memory, 10). recon:bin_leak(10).`,
  jemalloc: ({ pid }) =>
    `tr '\\0' '\\n' < /proc/${pid}/environ | grep MALLOC_CONF   # restart with MALLOC_CONF=prof:true,lg_prof_interval:30`,
  tcmalloc: ({ pid }) =>
    `tr '\\0' '\\n' < /proc/${pid}/environ | grep HEAP   # restart with HEAPPROFILE=/tmp/heap, then pprof --base`,
  mimalloc: ({ pid }) =>
    `heaptrack --pid ${pid}   # let it run for ten minutes, Ctrl-C, then heaptrack_print`,
  musl: ({ pid }) =>
    `memleak-bpfcc -p ${pid} -O /proc/${pid}/root/lib/ld-musl-$(uname -m).so.1 --top 10 30   # stacks that allocate and do not free`,
  glibc: ({ pid, arenas }) =>
    arenas
      ? `gdb -p ${pid} -batch -ex 'call (int)malloc_trim(0)'   # stops it for a moment; where memory returns it is arenas: restart with MALLOC_ARENA_MAX=2; where not: memleak-bpfcc -p ${pid} 30`
      : `memleak-bpfcc -p ${pid} --top 10 30   # stacks that allocate and do not free; or heaptrack --pid ${pid}`,
  native: ({ pid }) =>
    `memleak-bpfcc -p ${pid} --top 10 30   # stacks that allocate and do not free; or heaptrack --pid ${pid}`,
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
