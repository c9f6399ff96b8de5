import { match, ok } from "node:assert";
import { emptySample } from "../../../model/empty_sample.ts";
import { LeakDetector } from "../../../rules/findings/mod.ts";
import { aUnit, GiB, MiB, someMemory } from "./machine.ts";

Deno.test("a tmpfs that grows names the unit that the kernel charges for it", () => {
  const detector = new LeakDetector();
  for (let t = 0; t <= 1800; t += 10) {
    const used = t / 10 * MiB;
    const app = { ...aUnit("app.service", 20 * MiB), shmem_bytes: 5 * MiB + used };
    const other = { ...aUnit("other.service", 20 * MiB), shmem_bytes: 200 * MiB };
    detector.observe({
      ...emptySample(),
      ...{ time_seconds: t, wall_seconds: t, memory: someMemory(), units: [app, other] },
      shared_memory: {
        ...{ system_v: [], posix: [], memfd: [] },
        tmpfs: [{ mount: "/srv/spool", used_bytes: used, size_bytes: GiB, inodes_used: 1 }],
      },
    });
  }
  const finding = detector.findings().find(({ kind }) => kind === "tmpfs");
  ok(finding);
  match(finding.evidence, /app\.service took 1\d\d MiB of it/);
});
