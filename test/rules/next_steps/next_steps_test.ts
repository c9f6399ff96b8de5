import { completeFinding } from "../../make_finding.ts";
import { stepLine } from "../../../model/next_step.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ContainerSample, DescriptorKinds } from "../../../model/sample.ts";
import type { Finding, FindingKind } from "../../../model/finding.ts";
import { DESCRIPTOR_STEPS } from "../../../rules/next_steps/descriptors.ts";
import {
  chooseStep,
  completeStep,
  type HasTool,
  type JavaPart,
  MEMORY_STEPS,
  type MemoryRuntime,
  nextStep,
  nextSteps,
  NOTHING_KNOWN,
  shellQuote,
  type StepContext,
} from "../../../rules/next_steps/mod.ts";
import { look } from "../../../rules/next_steps/step.ts";
import { requires } from "../../requires.ts";
import { FINDING_KINDS } from "../../../model/finding.ts";
import { unitKillsStep, unitStep } from "../../../rules/next_steps/cgroups.ts";

const NO_DESCRIPTORS: DescriptorKinds = {
  files: 0,
  deleted_files: 0,
  sockets: 0,
  pipes: 0,
  anon_inodes: 0,
  memfds: 0,
  devices: 0,
  other: 0,
};

const HOSTILE = "$(rm -rf)\n\"=cmd|'/c calc'!A1<script>";

function finding(kind: FindingKind, name: string, pid: number | null = null): Finding {
  return completeFinding({
    kind,
    subject: { pid, start_ticks: pid === null ? null : 1, name, unit: null, container: null },
    verdict: "leak",
    severity: "warning",
    confidence: 0.9,
    rate_per_hour: null,
    unit: "bytes",
    time_to_limit_seconds: null,
    evidence: "",
    next_step: "",
  });
}

/** A POSIX shell's own opinion of whether a line can be typed; nothing is run. */
async function assertTypable(step: string): Promise<void> {
  assert.ok(step.length > 0 && !step.includes("\n"), `one line: ${step}`);
  const shell = new Deno.Command("sh", { args: ["-n"], stdin: "piped", stdout: "null", stderr: "piped" })
    .spawn();
  const writer = shell.stdin.getWriter();
  await writer.write(new TextEncoder().encode(step + "\n"));
  await writer.close();
  const { success, stderr } = await shell.output();
  assert.ok(success, `${step}\n${new TextDecoder().decode(stderr)}`);
}

Deno.test("next steps: every row for a process is one typable line with its pid", async () => {
  for (const runtime of Object.keys(MEMORY_STEPS) as MemoryRuntime[]) {
    for (const arenas of [false, true]) {
      const step = nextStep(finding("process-memory", HOSTILE, 4711), { ...NOTHING_KNOWN, runtime, arenas });
      assert.match(step, /\b4711\b/, `${runtime}: ${step}`);
      await assertTypable(step);
    }
  }
  for (const kind of Object.keys(DESCRIPTOR_STEPS) as (keyof DescriptorKinds)[]) {
    for (const step of DESCRIPTOR_STEPS[kind](4711, kind === "sockets")) {
      assert.match(step.command, /\b4711\b/);
      await assertTypable(stepLine(completeStep(step, () => false)));
    }
  }
});

Deno.test("next steps: every kind of finding has one, and a hostile name is never run by it", async () => {
  for (const kind of FINDING_KINDS) {
    for (const name of [HOSTILE, "SUnreclaim", "kmalloc-1k", "dentry", "System V", "swap"]) {
      const step = nextStep(finding(kind, name, kind.startsWith("process-") ? 12 : null));
      await assertTypable(step);
      // Outside single quotes nothing of the name may stand that a shell would expand.
      assert.doesNotMatch(step.replace(/'[^']*'/g, ""), /\$\(rm/, `${kind}: ${step}`);
    }
  }
});

Deno.test("next steps: only units are asked of systemd, other cgroups are looked at in their trees", async () => {
  const of = (name: string, unit: string | null = name) => {
    const told = finding("unit-memory", name);
    return nextStep({ ...told, subject: { ...told.subject, unit } });
  };
  for (const unit of ["app.service", "run-u1.scope", "user-1.slice", "a.socket"]) {
    assert.match(of(unit), new RegExp(`^systemctl status ${unit};`));
  }
  // A program that dies again and again: its name is not the unit's.
  assert.match(of("worker", "app.service"), /^systemctl status app\.service;/);
  for (const path of ["/jobs", "/docker", "/jobs/a.service", `/it's $(rm -rf)`]) {
    const step = of(path);
    assert.doesNotMatch(step, /systemctl/);
    assert.match(step, /cgroup\.procs/);
    await assertTypable(step);
    await assertTypable(unitKillsStep(path));
  }
});

Deno.test("next steps: what a cgroup's step prints are its processes, below it too", async (t) => {
  const tree = ["/sys/fs/cgroup", "/sys/fs/cgroup/memory"].find((path) => isThere(`${path}/cgroup.procs`));
  const { name, ignore } = requires("on this machine", "ps");
  await t.step({
    name,
    ignore: ignore || tree === undefined,
    fn: async () => {
      const step = unitStep("/").replace(/\| head .*/, "");
      const { stdout } = await new Deno.Command("sh", { args: ["-c", step] }).output();
      assert.match(new TextDecoder().decode(stdout), new RegExp(`^ *${Deno.pid} `, "m"));
    },
  });
});

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test("next steps: a container's engine is asked in its own words, a user's podman as that user", async () => {
  const id = "c3".repeat(32);
  const of = (engine: ContainerSample["engine"], cgroup = "/x", name: string | null = "shop") =>
    nextStep(finding("container-memory", "shop"), {
      ...NOTHING_KNOWN,
      container: { engine, id: engine === "lxc" ? "web 1" : id, name, cgroup },
    });
  assert.equal(of("docker"), "docker top c3c3c3c3c3c3; docker stats --no-stream c3c3c3c3c3c3");
  assert.match(
    of("podman", "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-x.scope"),
    /^sudo -u '#1000' XDG_RUNTIME_DIR=\/run\/user\/1000 podman top c3c3c3c3c3c3; sudo /,
  );
  assert.match(of("podman", "/machine.slice/libpod-x.scope"), /^podman top/);
  assert.match(of("kubernetes"), /^crictl stats --id c3c3c3c3c3c3;/);
  assert.match(of("lxc", "/lxc/web 1", HOSTILE), /^lxc-info -n "\$\(printf/);
  assert.match(of("unknown", "/jobs/c3"), /^find \/sys\/fs\/cgroup\/jobs\/c3 /);
  for (const engine of ["docker", "podman", "lxc", "nspawn", "unknown"] as const) {
    await assertTypable(of(engine, HOSTILE, HOSTILE));
  }
});

Deno.test("next steps: for a process's memory leakwatch profile first, the runtime's own tool second", () => {
  const [first, second] = nextSteps(finding("process-memory", "java", 7), {
    ...NOTHING_KNOWN,
    runtime: "jvm",
  });
  assert.equal(first!.command, "leakwatch profile 7");
  assert.match(second!.command, /^jcmd 7 GC\.heap_info;/);
  assert.match(
    nextStep(finding("process-memory", "java", 7), { ...NOTHING_KNOWN, runtime: "jvm" }),
    /^leakwatch profile 7 {3}# or: jcmd 7 /,
  );
});

const second = (context: Partial<StepContext>) =>
  nextSteps(finding("process-memory", "x", 7), { ...NOTHING_KNOWN, ...context })[1]!;

Deno.test("next steps: the heap snapshot signal of node is taken from its arguments", () => {
  const command = "node --heapsnapshot-signal=SIGUSR2 app.js";
  assert.equal(second({ runtime: "node", command }).command, "kill -s USR2 7");
  // A signal that is none would be a shell's to read.
  const hostile = "node --heapsnapshot-signal=SIG$(id) app.js";
  assert.match(second({ runtime: "node", command: hostile }).command, /^kill -s USR1 7 /);
});

Deno.test("next steps: of a JVM the part that grows decides", () => {
  const of = (java_part: JavaPart) => second({ runtime: "jvm", java_part });
  assert.match(of("heap").command, /GC\.class_histogram/);
  assert.match(of("metaspace").command, /VM\.metaspace/);
  assert.doesNotMatch(of("metaspace").command, /class_histogram/);
  assert.match(of("direct").command, /DirectByteBuffer/);
  assert.match(of("native").command, /VM\.native_memory/);
  assert.equal(of("heap").kind, "dig");
  assert.equal(of("metaspace").kind, "look");
});

Deno.test("next steps: one whose tools are there is preferred, and what is lacking is named with its package", () => {
  const without = (...lacking: string[]) => (name: string) => !lacking.includes(name);
  const deleted = (hasTool: HasTool) =>
    nextStep(finding("process-descriptors", "nginx", 7), {
      ...NOTHING_KNOWN,
      hasTool,
      descriptor_kinds: { ...NO_DESCRIPTORS, deleted_files: 9 },
    });
  assert.match(deleted(without()), /^lsof -a -p 7 \+L1 /);
  assert.match(deleted(without("lsof")), /^find \/proc\/7\/fd /);
  // No way at all is installed: the first one, with what it takes.
  const pruned = chooseStep([look("lsof -a -p 7", "all", "lsof"), look("fuser x", "", "fuser")], () => false);
  assert.equal(
    stepLine(completeStep(pruned, () => false)),
    "lsof -a -p 7   # all; lsof is not installed: apt install lsof",
  );
  assert.match(completeStep(look("ss -s", "", "ss"), () => false).remark, /apt install iproute2/);
});

Deno.test("next steps: what digs says what it does to the process", () => {
  for (const runtime of Object.keys(MEMORY_STEPS) as MemoryRuntime[]) {
    for (const java_part of ["heap", "direct", "metaspace", "native", null] as const) {
      for (const step of MEMORY_STEPS[runtime]({ pid: 7, arenas: true, command: null, java_part })) {
        const touches = /^(kill|gdb|memray|memleak|bpftrace|heaptrack)|class_histogram|gcdump/.test(
          step.command,
        );
        assert.equal(step.kind, touches ? "dig" : "look", step.command);
        if (touches) {
          assert.match(step.remark, /\b(stops|stands still|slows|opens|traps|collects)\b/, step.command);
        }
      }
    }
  }
});

Deno.test("next steps: descriptors by the kind that dominates", () => {
  const descriptor_kinds: DescriptorKinds = {
    ...NO_DESCRIPTORS,
    files: 4,
    sockets: 200,
    pipes: 2,
    devices: 3,
  };
  assert.match(
    nextStep(finding("process-descriptors", "nginx", 1203), { ...NOTHING_KNOWN, descriptor_kinds }),
    /^ss -Htuwxanp \| grep pid=1203,/,
  );
  const inContainer = finding("process-descriptors", "nginx", 1203);
  inContainer.subject.container = "c3";
  assert.match(nextStep(inContainer, { ...NOTHING_KNOWN, descriptor_kinds }), /^nsenter -t 1203 -n ss /);
});

Deno.test("next steps: quoting gives a shell back the very same argument", async () => {
  const hostile = fc.string({ unit: "binary", minLength: 1, maxLength: 24 })
    // A command line holds neither NUL, nor halves of a character; $(…) drops newlines at the end.
    .filter((text) => !text.includes("\0") && !text.endsWith("\n") && text.isWellFormed());
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const { stdout } = await new Deno.Command("sh", { args: ["-c", `printf %s ${shellQuote(text)}`] })
        .output();
      assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(stdout), text);
    }),
    { numRuns: 60 },
  );
});
