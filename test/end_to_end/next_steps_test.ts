/**
 * Each next step, typed: into a real shell, against a program that leaks what the step is about. A step whose tools this machine lacks
 * is skipped by name.
 */

import { completeFinding } from "../make_finding.ts";
import assert from "node:assert/strict";
import type { FindingKind } from "../../model/finding.ts";
import { toolLookup } from "../../cli/has_tool.ts";
import { DESCRIPTOR_STEPS } from "../../rules/next_steps/descriptors.ts";
import { type JavaPart, MEMORY_STEPS, type MemoryRuntime } from "../../rules/next_steps/memory.ts";
import type { Step } from "../../rules/next_steps/step.ts";
import { slabSteps, SYSTEM_STEPS } from "../../rules/next_steps/system.ts";
import { has, requires } from "../requires.ts";

const hasTool = toolLookup();

/** What a shell, a tool or awk says of a line that it cannot understand. */
const MISTYPED =
  /usage:|invalid (option|argument)|unrecognized|illegal|syntax error|not found|unknown option|Unknown|ERROR|bad /i;

/** Types a command; null where a tool is lacking. Says on which stream what came. */
async function type(step: Step): Promise<{ stdout: string; stderr: string } | null> {
  if (!step.tools.every(hasTool)) return null;
  const { stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", step.command],
    stdin: "null",
    env: { LC_ALL: "C", PATH: `${Deno.env.get("PATH")}:/usr/sbin:/sbin` },
  }).output();
  const decoder = new TextDecoder();
  return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A step of a test of its own; `shows` must match what it prints. */
async function typed(t: Deno.TestContext, name: string, step: Step, shows: RegExp): Promise<void> {
  const lacking = step.tools.filter((tool) => !hasTool(tool));
  await t.step({
    name: lacking.length === 0 ? name : `${name} (skipped: no ${lacking.join(", no ")})`,
    ignore: lacking.length > 0,
    fn: async () => {
      const { stdout, stderr } = (await type(step))!;
      // Without CAP_SYS_RESOURCE bpftrace says this and goes on: kernels since 5.11 do not count its memory there.
      const complaints = stderr.replace(/^ERROR: .*RLIMIT_MEMLOCK.*$/m, "");
      assert.doesNotMatch(complaints, MISTYPED, `${step.command}\n${stderr}`);
      assert.match(stdout, shows, `${step.command}\n${stdout}\n${stderr}`);
    },
  });
}

/** Leaks one of each kind of descriptor, and shared memory in each place where it may lie. */
const LEAKING = `
import ctypes, mmap, os, socket, sys, select, tempfile
kept = []
listener = socket.socket(); listener.bind(("127.0.0.1", 0)); listener.listen(50)
files = tempfile.mkdtemp()
for i in range(6):
    f = os.memfd_create("picture buffer"); os.write(f, b"x" * 300000); kept.append(f)
    path = "/dev/shm/leakwatch_test_%d_%d" % (os.getpid(), i)
    f = open(path, "w+b"); f.write(b"y" * 200000); f.flush(); kept.append(mmap.mmap(f.fileno(), 200000)); os.unlink(path); f.close()
    f = open(files + "/report", "w"); f.write("z" * 1000); f.flush(); os.unlink(f.name); kept.append(f)
    kept.append(os.pipe()); kept.append(select.epoll()); kept.append(open("/dev/zero"))
    c = socket.create_connection(listener.getsockname()); kept += [c, listener.accept()[0]]; kept.append(socket.socketpair())
os.rmdir(files)
path = "/dev/shm/leakwatch_open_%d" % os.getpid()
f = open(path, "w+b"); f.write(b"y" * 200000); f.flush(); os.unlink(path); kept.append(f)
print("ready", flush=True); sys.stdin.read()
`;

/** Shows a program once it has said so, then ends it. */
async function withProgram(
  command: string,
  args: string[],
  look: (pid: number) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const child = new Deno.Command(command, { args, env, stdin: "piped", stdout: "piped", stderr: "null" })
    .spawn();
  const reader = child.stdout.getReader();
  try {
    const { value } = await reader.read();
    assert.match(new TextDecoder().decode(value), /ready/);
    await look(child.pid);
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // The step ended it, which the test says by itself.
    }
    await child.stdin.close().catch(() => {});
    await reader.cancel();
    await child.status;
  }
}

const finding = (kind: FindingKind, name: string) =>
  completeFinding({
    kind,
    subject: { pid: null, start_ticks: null, name, unit: null, container: null },
    verdict: "leak" as const,
    severity: "warning" as const,
    confidence: 1,
    rate_per_hour: null,
    unit: "bytes" as const,
    time_to_limit_seconds: null,
    evidence: "",
    next_step: "",
  });

const systemSteps = (kind: FindingKind, name: string) => SYSTEM_STEPS[kind]!(finding(kind, name));

Deno.test({
  ...requires("next steps, typed: descriptors of a program that leaks each kind", "root", "python3"),
  fn: (t) =>
    withProgram("python3", ["-c", LEAKING], async (pid) => {
      const each = async (kind: keyof typeof DESCRIPTOR_STEPS, ...shows: RegExp[]) => {
        for (const [index, step] of DESCRIPTOR_STEPS[kind](pid).entries()) {
          await typed(t, `${kind} ${index + 1}`, step, shows[index] ?? shows[0]!);
        }
      };
      // Six connections, both ends in this program, on one line each way: not one line per ephemeral port.
      await each("sockets", /^ *(6|12) tcp ESTAB 127\.0\.0\.1\S* 127\.0\.0\.1/m, /socket:\[\d+\]/);
      await typed(
        t,
        "sockets, in its network namespace",
        DESCRIPTOR_STEPS.sockets(pid, true)[0]!,
        /tcp ESTAB 127\.0\.0\.1/,
      );
      await each("files", /^ +6 \/memfd:picture buffer \(deleted\)$/m);
      await each("other", /^ +6 \/dev\/zero$/m);
      // Of this program alone: without -a lsof lists everybody's.
      const pids = (text: string) =>
        new Set(text.trim().split("\n").slice(1).map((line) => line.split(/\s+/)[1]));
      const lsof = await type(DESCRIPTOR_STEPS.deleted_files(pid)[0]!);
      if (lsof !== null) assert.deepEqual(pids(lsof.stdout), new Set([String(pid)]));
      await each("deleted_files", /report \(deleted\)/);
      await each("pipes", /FIFO.*pipe \d+,python/, /pipe:\[\d+\]/);
      await each("anon_inodes", /^ +6 anon_inode:\[eventpoll\]$/m);
      await each("memfds", /^\d{4} KiB in 6 \/memfd:picture buffer/m);
      await each("devices", /^ +6 \/dev\/zero$/m);

      const shared = async (name: string, shows: RegExp) => {
        for (const [index, step] of systemSteps("shared-memory", name).entries()) {
          await typed(t, `${name} ${index + 1}`, step, shows);
        }
      };
      // Unlinked files that are mapped only: du and ls of /dev/shm do not show them.
      await shared("POSIX", new RegExp(`^ +6 /proc/${pid}/map_files$`, "m"));
      await shared("memfd", new RegExp(`^17\\d\\d KiB in 6 of pid ${pid}$`, "m"));
      await shared("Shmem", /\/dev\/shm/);
      await shared("System V", /Creator/);
      await shared("System V segments", /Creator/);
      const tmpfs = systemSteps("tmpfs", "/dev/shm");
      await typed(t, "tmpfs 1", tmpfs[0]!, new RegExp(`/dev/shm/leakwatch_open_${pid}`));
      await typed(t, "tmpfs 2", tmpfs[1]!, new RegExp(`200000 .* /proc/${pid}/fd/\\d+`));
    }),
});

Deno.test({
  ...requires("next steps, typed: what only reads, of every runtime", "root", "python3"),
  fn: (t) =>
    withProgram(
      "python3",
      ["-c", LEAKING],
      async (pid) => {
        for (const runtime of Object.keys(MEMORY_STEPS) as MemoryRuntime[]) {
          if (runtime === "jvm") continue;
          for (
            const [index, step] of MEMORY_STEPS[runtime]({
              pid,
              arenas: true,
              command: null,
              java_part: null,
            }).entries()
          ) {
            if (step.kind === "dig") continue;
            // Of a program that has no such variable or port, nothing is the right answer.
            const shows = /smaps/.test(step.command)
              ? /^\d+ KiB \[heap\]$/m
              : /python3|^$|LISTEN|MALLOC_CONF/;
            await typed(t, `${runtime} ${index + 1}`, step, shows);
          }
        }
      },
      { MALLOC_CONF: "" },
    ),
});

const KERNEL: [kind: FindingKind, name: string, shows: RegExp][] = [
  ["kernel-slab", "filp", /^ *\d+ \d+$/m],
  ["kernel-slab", "sock_inode_cache", /TCP:/],
  ["kernel-slab", "task_struct", /NLWP/],
  ["kernel-slab", "kernfs_node_cache", /cgroup/],
  ["kernel-slab", "kmem_cache", /kmem_cache/],
  ["kernel-memory", "SUnreclaim", /dentry/],
  ["kernel-memory", "PageTables", /VmPTE:\s+\d+ kB/],
  ["kernel-memory", "Percpu", /cgroup/],
  ["kernel-memory", "VmallocUsed", /^\d+ \w+\+0x/m],
  ["kernel-memory", "tcp", /TCP:/],
  ["kernel-memory", "ip fragments", /Reasm|FRAG/],
  ["kernel-memory", "zswap", /VmSwap/],
  ["kernel-memory", "KernelStack", /NLWP/],
  ["kernel-memory", "mounts", /^ *\d+ \//m],
  ["kernel-cgroups", "dying", /cgroup/],
  ["kernel-descriptors", "file-nr", /^ *\d+ \d+$/m],
  ["system-memory", "swap", /VmSwap/],
  ["unit-memory", "/", /deno/],
];

Deno.test({
  ...requires("next steps, typed: the kernel's", "root", "ps"),
  fn: async (t) => {
    for (const [kind, name, shows] of KERNEL) {
      for (const [index, step] of systemSteps(kind, name).entries()) {
        if (step.kind === "look") await typed(t, `${kind} ${name} ${index + 1}`, step, shows);
      }
    }
  },
});

Deno.test({
  ...requires("next steps, typed: a network namespace that only a mount holds is named", "root", "unshare"),
  ignore: !has("root") || !hasTool("ip"),
  fn: async (t) => {
    const name = `leakwatch-${Deno.pid}`;
    const ip = (...args: string[]) => new Deno.Command("ip", { args }).output();
    await ip("netns", "add", name);
    try {
      for (const [index, step] of slabSteps("net_namespace").entries()) {
        await typed(
          t,
          `net_namespace ${index + 1}`,
          step,
          new RegExp(`net:\\[\\d+\\] /(var/)?run/netns/${name}$`, "m"),
        );
      }
    } finally {
      await ip("netns", "del", name);
    }
  },
});

Deno.test({
  ...requires("next steps, typed: a JVM's parts", "java", "javac"),
  fn: async (t) => {
    const directory = Deno.makeTempDirSync();
    Deno.writeTextFileSync(
      `${directory}/Buffers.java`,
      `import java.nio.ByteBuffer;
       public class Buffers { public static void main(String[] a) throws Exception {
         ByteBuffer[] kept = new ByteBuffer[40];
         for (int i = 0; i < kept.length; i++) kept[i] = ByteBuffer.allocateDirect(1 << 16);
         System.out.println("ready"); System.in.read(); System.out.println(kept.length); } }`,
    );
    await new Deno.Command("javac", { args: ["-d", directory, `${directory}/Buffers.java`] }).output();
    const args = ["-Xmx64m", "-XX:NativeMemoryTracking=summary", "-cp", directory, "Buffers"];
    await withProgram("java", args, async (pid) => {
      const part = (java_part: JavaPart | null) =>
        MEMORY_STEPS.jvm({ pid, arenas: false, command: null, java_part })[0]!;
      await typed(t, "unknown", part(null), /heap +total[\s\S]*Total =[\s\S]*Native Memory Tracking/);
      await typed(t, "heap", part("heap"), /num +#instances/);
      await typed(t, "direct", part("direct"), / 40 +\d+ +java\.nio\.DirectByteBuffer[\s\S]*Other/);
      await typed(t, "metaspace", part("metaspace"), /Total Usage[\s\S]*class loader/i);
      await typed(t, "native", part("native"), /Java Heap \(reserved=/);
    });
    Deno.removeSync(directory, { recursive: true });
  },
});

Deno.test({
  ...requires(
    "next steps, typed: node's inspector opens, or its port is another's and nothing is shown",
    "node",
  ),
  ignore: !hasTool("ss"),
  fn: async () => {
    const program = ["-e", "console.log('ready'); setInterval(() => {}, 1000)"];
    const step = (pid: number) =>
      MEMORY_STEPS.node({ pid, arenas: false, command: "node", java_part: null })[0]!;
    await withProgram("node", program, (first) =>
      withProgram("node", program, async (second) => {
        const [one, two] = [(await type(step(first)))!, (await type(step(second)))!];
        // Another program of this machine may have the port already; then neither shows one.
        if (one.stdout !== "") assert.match(one.stdout, new RegExp(`127\\.0\\.0\\.1:9229 .*pid=${first},`));
        assert.equal(two.stdout, "", "the second cannot have the port");
      }));
  },
});

Deno.test({
  ...requires("next steps, typed: malloc_trim through gdb leaves the program running", "root", "python3"),
  ignore: !has("root") || !hasTool("gdb"),
  fn: (t) =>
    withProgram("python3", ["-c", LEAKING], async (pid) => {
      const step = MEMORY_STEPS.glibc({ pid, arenas: true, command: null, java_part: null })[0]!;
      await typed(t, "glibc 1", step, /\$1 = [01]/);
      assert.match(Deno.readTextFileSync(`/proc/${pid}/status`), /^State:\s+S/m);
    }),
});

Deno.test({
  ...requires("next steps, typed: stacks that allocate a size, by bpftrace and by perf", "root"),
  ignore: !has("root") || !hasTracepoint("kmem/kmalloc"),
  fn: async (t) => {
    for (const step of slabSteps("kmalloc-1k").filter(({ kind }) => kind === "dig")) {
      // Three seconds instead of a minute; execve(2) reads program headers into a buffer of this size.
      const command = step.command.replace("s:60", "s:3").replace("sleep 10", "sleep 3");
      const busy = setInterval(() => new Deno.Command("true").outputSync(), 50);
      await typed(t, step.tools[0]!, { ...step, command }, /kmalloc/);
      clearInterval(busy);
    }
  },
});

function hasTracepoint(name: string): boolean {
  return ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"].some((root) => {
    try {
      return Deno.statSync(`${root}/events/${name}`).isDirectory;
    } catch {
      return false;
    }
  });
}
