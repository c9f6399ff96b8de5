/** C, C++ and Rust: the ways of `leak.c`, `steady.c` and their neighbours. */
import { type Context, healthy, leak, type LeakKind, MIB, type Scenario } from "../scenario.ts";

interface Lost {
  name: string;
  what: string;
  way: string;
  per_hour: number;
  step?: number;
  starts_after?: number;
  kind?: LeakKind;
  shared_names?: string[];
  tmpfs_mib?: number;
}

function lost(
  { name, what, way, per_hour, step = 16384, starts_after = 0, kind, shared_names, tmpfs_mib }: Lost,
): Scenario {
  return leak({
    name,
    what,
    kind: kind ?? "process-memory",
    rate_per_hour: per_hour,
    warm_up_seconds: starts_after,
    shared_names,
    tmpfs_mib,
    uses: ["leak"],
    command: ({ built, tmpfs }) => [
      `${built}/leak`,
      way,
      String(per_hour),
      String(step),
      String(starts_after),
      ...(tmpfs_mib ? [tmpfs] : []),
    ],
  });
}

const leaking: Scenario[] = [
  lost({ name: "c-malloc", what: "blocks never freed", way: "malloc", per_hour: 60 * MIB }),
  lost({ name: "c-slow", what: "12 MiB an hour", way: "malloc", per_hour: 12 * MIB, step: 4096 }),
  lost({
    name: "c-fast",
    what: "a gibibyte an hour for half of the recording",
    way: "malloc",
    per_hour: 700 * MIB,
    step: 65536,
  }),
  lost({
    name: "c-late",
    what: "healthy for ten minutes, then it leaks",
    way: "malloc",
    per_hour: 200 * MIB,
    starts_after: 600,
  }),
  lost({ name: "c-mmap", what: "mappings never unmapped", way: "mmap", per_hour: 400 * MIB, step: 262144 }),
  lost({
    name: "memfd",
    what: "memfd files kept open",
    way: "memfd",
    per_hour: 400 * MIB,
    step: 262144,
    kind: "shared-memory",
    shared_names: ["memfd"],
  }),
  lost({
    name: "posix-shm",
    what: "objects in /dev/shm never unlinked",
    way: "posix",
    per_hour: 150 * MIB,
    step: 131072,
    kind: "shared-memory",
    shared_names: ["POSIX", "/dev/shm"],
  }),
  lost({
    name: "system-v",
    what: "segments never removed",
    way: "systemv",
    per_hour: 200 * MIB,
    step: 524288,
    kind: "shared-memory",
    shared_names: ["System V"],
  }),
  lost({
    name: "tmpfs-files",
    what: "temporary files on a tmpfs never removed",
    way: "tmpfs",
    per_hour: 180 * MIB,
    step: 131072,
    kind: "tmpfs",
    tmpfs_mib: 600,
  }),
  lost({
    name: "fd-files",
    what: "files left open",
    way: "file",
    per_hour: 600,
    kind: "process-descriptors",
  }),
  lost({
    name: "fd-sockets",
    what: "sockets left open",
    way: "socket",
    per_hour: 400,
    kind: "process-descriptors",
  }),
  lost({
    name: "fd-eventfds",
    what: "eventfds left open",
    way: "eventfd",
    per_hour: 240,
    kind: "process-descriptors",
  }),
  // Two descriptors a pipe.
  {
    ...lost({
      name: "fd-pipes",
      what: "pipes left open",
      way: "pipe",
      per_hour: 180,
      kind: "process-descriptors",
    }),
    rate_per_hour: 360,
  },
  lost({
    name: "c-threads",
    what: "threads that never end",
    way: "thread",
    per_hour: 240,
    kind: "process-threads",
  }),
  lost({
    name: "c-mappings",
    what: "single pages mapped, never unmapped",
    way: "mapping",
    per_hour: 6000,
    kind: "process-mappings",
  }),
  leak({
    name: "c-jump",
    what: "leaks all along, and takes 60 MiB at once after twelve minutes",
    rate_per_hour: 200 * MIB,
    uses: ["jump"],
    command: ({ built }) => [`${built}/jump`, String(200 * MIB), "60", "720"],
  }),
  leak({
    name: "cpp-map",
    what: "an unordered_map that is never erased from",
    rate_per_hour: 240 * MIB,
    uses: ["containers"],
    command: ({ built }) => [`${built}/containers`, "leak", String(240 * MIB)],
  }),
  leak({
    name: "rust-cycle",
    what: "cycles of Rc",
    rate_per_hour: 45 * MIB,
    uses: ["cycle"],
    command: ({ built }) => [`${built}/cycle`, String(45 * MIB)],
  }),
];

const steady =
  (...words: (string | number)[]) => ({ built }: Context) => [`${built}/steady`, ...words.map(String)];

const bounded: Scenario[] = [
  healthy({
    name: "c-sawtooth",
    what: "collects 90 MiB in 150 s, hands it on",
    uses: ["steady"],
    command: steady("sawtooth", 90, 150),
  }),
  healthy({
    name: "c-sawtooth-slow",
    what: "collects 60 MiB in 13 min, hands it on",
    uses: ["steady"],
    command: steady("sawtooth", 60, 780),
  }),
  healthy({
    name: "c-arenas",
    what: "six threads replace blocks of random size: fragmentation up to a high-water mark",
    warm_up_seconds: 900,
    uses: ["steady"],
    command: steady("arenas", 6),
  }),
  healthy({
    name: "c-step",
    what: "loads a table of 80 MiB after eight minutes",
    uses: ["steady"],
    command: steady("step", 80, 480),
  }),
  healthy({
    name: "page-cache-reader",
    what: "reads a file of 400 MiB at 5 MiB/s, over and over",
    uses: ["steady", "large_file"],
    command: ({ built, prepared }) => [`${built}/steady`, "reader", `${prepared}/large_file`, "5"],
  }),
  healthy({
    name: "shm-reader",
    what: "walks through 200 MiB that were in shared memory before",
    tmpfs_mib: 256,
    prepare: async ({ prepared, tmpfs }) => {
      await run([
        "dd",
        `if=${prepared}/large_file`,
        `of=${tmpfs}/index`,
        "bs=1M",
        "count=200",
        "status=none",
      ]);
    },
    uses: ["steady", "large_file"],
    command: ({ built, tmpfs }) => [`${built}/steady`, "mapped", `${tmpfs}/index`, "0.3"],
  }),
  healthy({
    name: "tmpfs-spool",
    what: "files on a tmpfs made and removed, two hundred at a time",
    warm_up_seconds: 50,
    tmpfs_mib: 256,
    uses: ["steady"],
    command: ({ built, tmpfs }) => [`${built}/steady`, "spool", tmpfs, "200", "256"],
  }),
  healthy({
    name: "cpp-log-cache",
    what: "a log-structured cache of at most 96 segments of 1 MiB, full after 16 min",
    warm_up_seconds: 960,
    uses: ["containers"],
    command: ({ built }) => [`${built}/containers`, "log", "96", "360"],
  }),
];

async function run([program, ...args]: string[]): Promise<void> {
  await new Deno.Command(program!, { args }).output();
}

export const NATIVE: Scenario[] = [...leaking, ...bounded];
