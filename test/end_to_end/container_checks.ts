/** What must hold of the lab's containers, wherever its engines run. */

import assert from "node:assert/strict";
import type { ContainerSample } from "../../model/sample.ts";
import type { Lab } from "./container_lab.ts";
import type { Look } from "./containers_look.ts";

const MIB = 1024 * 1024;
/** A leak of half a MiB per second that ends at its limit after three minutes. */
const LIMIT_MIB = 96;
export const LEAK = { LEAK_KB: "512", LEAK_LIMIT_MIB: String(LIMIT_MIB), LEAK_RESTART: "no" };
const OF_ITS_LIMIT = `\\d+ % of its ${LIMIT_MIB} MiB limit`;

/** What was seen of a container of the lab. */
export function container(told: Look, { ids }: Lab, engine: string, name: string): ContainerSample {
  const found = told.containers.find((entry) => entry.id === ids[`${engine} ${name}`]);
  assert.ok(found, `${engine} ${name} among ${told.containers.map((entry) => entry.name)}`);
  return found;
}

/** What must hold of each engine's six containers, whatever the cgroup version. */
export function assertContainers(told: Look, made: Lab, engines: readonly string[]): void {
  for (const engine of engines) {
    const of = (name: string) => container(told, made, engine, name);
    for (const name of ["lab-leaker", "lab-steady", "lab-cache", "lab-thrash", "lab-nolimit"]) {
      const it = of(name);
      assert.deepEqual([it.engine, it.name, it.state], [engine, name, "running"]);
      assert.equal(it.image, "localhost/lab/busybox:latest", JSON.stringify(told.unavailable));
      assert.ok(it.usage_bytes! > 0 && it.pids! >= 1 && it.anon_bytes! > 0, `${name} has numbers`);
      assert.ok(it.working_set_bytes! <= it.usage_bytes!);
      const named = told.processes.filter((process) => process.container === it.id);
      assert.ok(named.length >= 1, `processes of ${engine} ${name}`);
      assert.deepEqual(new Set(it.processes), new Set(named.map((process) => process.pid)));
    }
    assert.equal(of("lab-leaker").limit_bytes, LIMIT_MIB * MIB);
    assert.equal(of("lab-leaker").limit_cgroup, of("lab-leaker").cgroup);
    assert.equal(of("lab-steady").limit_bytes, 64 * MIB);
    assert.equal(of("lab-nolimit").limit_bytes, null);
    assert.ok(of("lab-steady").anon_bytes! > 19 * MIB && of("lab-steady").anon_bytes! < 30 * MIB);
    // Page cache fills it, and a working set forgives what is inactive; anonymous memory is next to nothing.
    assert.ok(
      of("lab-cache").anon_bytes! < 5 * MIB && of("lab-cache").file_bytes! > of("lab-cache").anon_bytes!,
    );
    // Version 1 has failcnt, which recent kernels leave at 0.
    assert.ok(of("lab-thrash").events_max! > (told.version === "v2" ? 0 : -1), "its limit was met");
    const oomed = of("lab-oomed");
    assert.deepEqual([oomed.state, oomed.exit_code], ["stopped", 137]);
    // Version 1 may keep its empty cgroup for a while.
    assert.ok(oomed.usage_bytes === null || oomed.usage_bytes < MIB);
    const { space, version } = told.engines.find((entry) => entry.engine === engine)!;
    assert.ok(version);
    assert.deepEqual(space.map((row) => row.kind), ["images", "containers", "volumes", "build-cache"]);
    assert.ok(space[0]!.count === 1 && space[0]!.size_bytes > MIB, "the image");
    // Asked for once, when an emulated machine has hardly begun to write.
    const written = told.version === "v2" ? 0 : 100 * MIB;
    assert.ok(space[1]!.count === 6 && space[1]!.size_bytes > written, "files that containers wrote");
  }
}

/** The leaking container is named, with its process and limit; no other of the lab is called a leak. */
export function assertFindings(told: Look, made: Lab, engines: readonly string[]): void {
  const ours = told.findings.filter(({ kind, subject }) =>
    kind === "container-memory" && Object.values(made.ids).includes(subject.container ?? "")
  );
  // Minutes accuse nobody: the leaker is named with its rate, and the steady ones are not.
  const accused = ours.filter(({ verdict, rate_per_hour }) =>
    verdict === "leak" || (verdict === "growing" && rate_per_hour!.mid > 100 * 1024 * 3600)
  );
  const leakers = engines.map((engine) => made.ids[`${engine} lab-leaker`]!);
  assert.deepEqual(
    accused.map(({ subject }) => subject.container).sort(),
    leakers.sort(),
    ours.map(({ subject, verdict, evidence }) => `${subject.name} ${verdict}: ${evidence}`).join("\n"),
  );
  for (const finding of accused) {
    assert.equal(finding.subject.name, "lab-leaker");
    assert.match(finding.evidence, new RegExp(`awk \\(\\d+\\) holds most of it, ${OF_ITS_LIMIT}`));
    assert.ok(finding.time_to_limit_seconds!.low < 1200, "full within minutes");
    const rate = finding.rate_per_hour!.mid / 3600 / 1024;
    // At most 512 KiB a second: on a busy machine each step takes longer.
    assert.ok(rate > 100 && rate < 700, `512 KiB a second, told as ${rate}`);
    const process = told.findings.find((other) =>
      other.kind === "process-memory" && other.subject.container === finding.subject.container
    );
    assert.match(process!.evidence, new RegExp(`in container lab-leaker, ${OF_ITS_LIMIT}`));
    assert.equal(process!.time_to_limit_seconds!.limit, "memory limit of container lab-leaker");
  }
}

/** What must hold of the container of rootless.sh: it is found once, named by the user's own engine, and the leaking program in it is told with it. */
export function assertRootless(told: Look, id: string): ContainerSample {
  const found = told.containers.filter((container) => container.id === id);
  assert.equal(found.length, 1, JSON.stringify(told.containers));
  const [container] = found;
  assert.deepEqual(
    [container!.name, container!.engine, container!.state, container!.image],
    ["lab-rootless", "podman", "running", "localhost/lab/busybox:latest"],
    JSON.stringify(told.unavailable),
  );
  assert.ok(told.engines.some(({ socket }) => socket === "/run/user/4242/podman/podman.sock"));
  const inside = told.processes.filter((process) => process.container === id);
  assert.ok(inside.some(({ name }) => name === "awk"));
  assert.deepEqual(new Set(container!.processes), new Set(inside.map(({ pid }) => pid)));
  const leak = told.findings.find((finding) =>
    finding.kind === "process-memory" && finding.subject.container === id
  );
  assert.match(leak?.verdict ?? "", /^(leak|growing)$/, leak?.evidence);
  assert.match(leak!.evidence, /in container lab-rootless/);
  return container!;
}
