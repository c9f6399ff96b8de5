/**
 * Real programs beside each other: two that leak, two that look busy and do not, and a zombie. `analyze` has to name the
 * first two with their rates, accuse nobody else of them, and list the zombie with its parent.
 */

import assert from "node:assert/strict";
import type { z } from "zod";
import { analysisSchema } from "../cli/analysis_schema.ts";
import { leakwatch } from "../cli/leakwatch.ts";
import { sideBySide } from "../programs.ts";
import { requires } from "../requires.ts";

const MIB = 1024 * 1024;

/** Each keeps time on the monotonic clock, so that a busy machine makes a step late but the rate true. */
const LEAKERS: Record<string, string> = {
  memory: `
import os, time
kept, begin = [], time.monotonic()
while True:
    while len(kept) < (time.monotonic() - begin) * 2:
        kept.append(os.urandom(1024) * 1024)
    time.sleep(0.1)`,
  descriptors: `
import os, time, resource
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
kept, begin = [], time.monotonic()
while True:
    while len(kept) < (time.monotonic() - begin) * 4:
        kept.append(os.open("/dev/null", os.O_RDONLY))
    time.sleep(0.05)`,
  steady: `
import os, time
kept = bytearray(os.urandom(1024)) * (100 * 1024)
while True: time.sleep(1)`,
  sawtooth: `
import mmap, time
while True:
    for size in range(1, 13):
        kept = mmap.mmap(-1, size * 5 * 1024 * 1024)
        for at in range(0, len(kept), 4096): kept[at] = 1
        time.sleep(0.5)
        kept.close()`,
  zombie: `
import os, time
if os.fork() == 0: os._exit(0)
while True: time.sleep(1)`,
};

type Analysis = z.infer<typeof analysisSchema>;

Deno.test({
  ...requires("analyze names what leaks on this machine, with its rate, and accuses nothing else", "python3"),
  fn: async (t) => {
    const children = Object.entries(LEAKERS).map(([name, source]) => ({
      name,
      child: new Deno.Command("python3", { args: ["-c", source], stdout: "null", stderr: "null" }).spawn(),
    }));
    const pidOf = (name: string) => children.find((each) => each.name === name)!.child.pid;
    try {
      const looks = await sideBySide((program) =>
        leakwatch(program, ["analyze", "--duration", "75s", "--interval", "1s", "--format", "json"])
      );
      for (const { program, result: ran } of looks) {
        await t.step(program.name, () => {
          assert.equal(ran.code, 0, ran.stderr);
          const analysis = analysisSchema.parse(JSON.parse(ran.stdout));
          assertNamed(analysis, pidOf("memory"), "process-memory", 2 * MIB * 3600);
          assertNamed(analysis, pidOf("descriptors"), "process-descriptors", 4 * 3600);
          for (const name of ["steady", "sawtooth", "zombie"]) assertNotAccused(analysis, pidOf(name), name);
          assertNotAccused(analysis, pidOf("memory"), "memory", "process-descriptors");
          assertNotAccused(analysis, pidOf("descriptors"), "descriptors", "process-memory");
          const zombie = analysis.zombies.find((each) => each.ppid === pidOf("zombie"));
          assert.match(zombie?.parent_name ?? "", /^python3/);
        });
      }
    } finally {
      for (const { child } of children) {
        child.kill("SIGKILL");
        await child.status;
      }
    }
  },
});

function assertNamed(analysis: Analysis, pid: number, kind: string, perHour: number): void {
  const finding = analysis.findings.find((each) => each.kind === kind && each.subject.pid === pid);
  assert.ok(finding, `no ${kind} finding about ${pid}: ${JSON.stringify(analysis.findings, null, 1)}`);
  assert.equal(finding.verdict, "growing", "too young to be called a leak");
  assert.match(finding.evidence, /too young to tell, started /);
  const rate = finding.rate_per_hour!.mid;
  // On a busy machine a program falls behind and catches up.
  assert.ok(rate / perHour >= 0.5 && rate / perHour <= 4, `${rate} an hour where ${perHour} is true`);
  assert.match(finding.next_step, new RegExp(`\\b${pid}\\b`));
}

function assertNotAccused(analysis: Analysis, pid: number, name: string, kind?: string): void {
  const accusations = analysis.findings.filter((finding) =>
    finding.subject.pid === pid && finding.verdict === "leak" && (kind === undefined || finding.kind === kind)
  );
  assert.deepEqual(accusations.map((finding) => finding.evidence), [], name);
}
