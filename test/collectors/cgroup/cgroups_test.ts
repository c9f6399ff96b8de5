import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { cgroupsCollector, cgroupUsageCollector } from "../../../collectors/cgroup/cgroups.ts";
import { enginesCollector } from "../../../collectors/container/engines.ts";
import { readCgroupHierarchy } from "../../../collectors/cgroup/cgroup_hierarchy.ts";
import { CgroupTree } from "../../../collectors/cgroup/cgroup_tree.ts";
import { Sampler } from "../../../collectors/mod.ts";
import type { ContainerSample, Sample } from "../../../model/sample.ts";

const MIB = 1024 * 1024;
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/cgroup_${name}`, import.meta.url));
const roots = (name: string) => ({ proc: `${fixture(name)}/proc`, sys: `${fixture(name)}/sys` });

function sampleOf(name: string): Sample {
  const sampler = new Sampler({
    roots: roots(name),
    collectors: [cgroupsCollector, cgroupUsageCollector, enginesCollector],
  });
  const sample = sampler.take(true);
  sampler.close();
  return sample;
}

function container(sample: Sample, id: string): ContainerSample {
  const found = sample.containers.find((entry) => entry.id === id);
  assert.ok(found, `container ${id} in ${sample.containers.map((entry) => entry.id)}`);
  return found;
}

const id = (pair: string) => pair.repeat(32);

Deno.test("cgroups: Kubernetes pods on version 2", () => {
  const sample = sampleOf("kubepods");
  assert.equal(sample.containers.length, 4);
  const a = container(sample, id("a1"));
  assert.equal(a.engine, "kubernetes");
  assert.equal(a.pod, "12345678-9abc-4def-8123-456789abcdef");
  assert.equal(a.usage_bytes, 300 * MIB);
  assert.equal(a.working_set_bytes, 270 * MIB);
  assert.equal(a.anon_bytes, 250 * MIB);
  assert.equal(a.shmem_bytes, 2 * MIB);
  assert.equal(a.kernel_bytes, 9 * MIB);
  assert.equal(a.kernel_unreclaimable_bytes, 7 * MIB);
  assert.equal(a.socket_bytes, 8192);
  assert.equal(a.events_max, 9);
  assert.equal(a.oom_events, 2);
  assert.equal(a.oom_kills, 2);
  assert.equal(a.pids, 17);
  assert.equal(a.pressure_some_microseconds, 123456);
  assert.equal(a.pressure_full_microseconds, 65432);
  // No limit of its own: the pod's 512 MiB hold, not the node's 8 GiB.
  assert.equal(a.limit_bytes, 512 * MIB);
  assert.match(a.limit_cgroup!, /kubepods-burstable-pod[^/]*\.slice$/);
});

Deno.test("cgroups: a kernel before 5.18 has no line for all kernel memory", () => {
  const b = container(sampleOf("kubepods"), id("b2"));
  assert.equal(b.kernel_bytes, 300000 + 65536 + 131072 + 4096);
  assert.equal(b.kernel_unreclaimable_bytes, b.kernel_bytes);
});

Deno.test("cgroups: lxc on version 1", () => {
  const sample = sampleOf("lxc");
  assert.deepEqual(sample.containers.map((entry) => entry.name).sort(), ["build-1", "web"]);
  const web = container(sample, "web");
  assert.equal(web.engine, "lxc");
  assert.equal(web.usage_bytes, 600 * MIB);
  assert.equal(web.working_set_bytes, 570 * MIB);
  assert.equal(web.anon_bytes, 500 * MIB);
  assert.equal(web.file_bytes, 80 * MIB);
  assert.equal(web.kernel_bytes, 2 * MIB);
  assert.equal(web.kernel_unreclaimable_bytes, null);
  assert.equal(web.socket_bytes, 4096);
  assert.equal(web.swap_bytes, 5 * MIB);
  assert.equal(web.events_max, 3);
  assert.equal(web.oom_events, null);
  assert.equal(web.pids, 5);
  assert.equal(web.limit_bytes, 1024 * MIB);
  // Pressure is in version 2 alone: absent, not 0.
  assert.equal(web.pressure_some_microseconds, null);
  const build = container(sample, "build-1");
  assert.equal(build.limit_bytes, null);
  assert.equal(build.limit_cgroup, null);
  assert.equal(build.oom_kills, 1);
});

Deno.test("cgroups: systemd units, nested slices and every kind of container on version 2", () => {
  const sample = sampleOf("systemd");
  const engines = sample.containers.map((entry) => `${entry.engine} ${entry.name ?? entry.id.slice(0, 4)}`);
  assert.deepEqual(engines.sort(), [
    "docker e5e5",
    "nspawn box-one",
    "nspawn deb",
    "podman 0a0a",
    "podman f6f6",
  ]);
  const unit = (name: string) => sample.units.find((entry) => entry.name === name)!;
  assert.equal(unit("app.service").usage_bytes, 700 * MIB);
  assert.equal(unit("app.service").swap_bytes, 30 * MIB);
  assert.equal(unit("app.service").kind, "service");
  assert.equal(unit("machine-qemu-3-vm1.scope").kind, "scope");
  assert.equal(unit("limited.slice").limit_bytes, 400 * MIB);
  // Its own 800 MiB never come into play: the slice two levels above stops it at 400.
  assert.equal(unit("worker.service").limit_bytes, 400 * MIB);
  assert.equal(unit("limited-inner.slice").kind, "slice");
  assert.equal(unit("app-gnome-firefox-77.scope").usage_bytes, 500 * MIB);
  // Units inside a container belong to the container's story.
  assert.equal(unit("cron.service"), undefined);
  // A plain cgroup near the root is watched under its path, one deep inside is not.
  assert.equal(unit("/jobs/job_17").kind, "other");
  assert.equal(unit("/jobs/job_17/step"), undefined);
});

Deno.test("cgroups: inside a container the tree's root is that container", () => {
  const sample = sampleOf("inside");
  assert.equal(sample.containers.length, 1);
  const own = container(sample, id("1b"));
  assert.equal(own.engine, "docker");
  assert.equal(own.name, "1b1b1b1b1b1b");
  assert.equal(own.usage_bytes, 50 * MIB);
  assert.equal(own.limit_bytes, 64 * MIB);
  assert.equal(own.limit_cgroup, "/");
});

Deno.test("cgroups: a machine without any is said once and hurts nothing", () => {
  const directory = Deno.makeTempDirSync();
  const sampler = new Sampler({
    roots: { proc: directory, sys: directory },
    collectors: [cgroupsCollector, cgroupUsageCollector],
  });
  sampler.take(true);
  const sample = sampler.take(true);
  assert.deepEqual(sample.unavailable.map((entry) => entry.why), ["no cgroup tree is mounted"]);
  assert.deepEqual(sample.containers, []);
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("cgroups: a container that ends, and one that comes back under its path", () => {
  const directory = Deno.makeTempDirSync();
  const tree = `${directory}/fs/cgroup`;
  const path = `${tree}/docker/${id("c4")}`;
  const make = (usage: number) => {
    Deno.mkdirSync(path, { recursive: true });
    Deno.writeTextFileSync(`${path}/memory.current`, `${usage}\n`);
    Deno.writeTextFileSync(`${path}/memory.stat`, "anon 5\ninactive_file 100\n");
  };
  make(1000);
  Deno.writeTextFileSync(`${tree}/cgroup.controllers`, "memory\n");
  const sampler = new Sampler({
    roots: { proc: directory, sys: directory },
    collectors: [cgroupsCollector, cgroupUsageCollector],
  });
  assert.equal(sampler.take(true).containers[0]!.working_set_bytes, 900);
  Deno.writeTextFileSync(`${path}/memory.current`, "2000\n");
  assert.equal(sampler.take().containers[0]!.usage_bytes, 2000);
  Deno.removeSync(path, { recursive: true });
  // A deleted plain file stays readable through a kept handle; in a cgroup it fails. Either way the next walk sees it.
  const takeUntil = (done: () => boolean) => {
    for (let n = 0; n < 1000 && !done(); n++) {
      sampler.take(true);
      const pause = performance.now() + 1;
      while (performance.now() < pause);
    }
  };
  takeUntil(() => sampler.sample.containers.length === 0);
  assert.equal(sampler.sample.containers.length, 0);
  make(3000);
  takeUntil(() => sampler.sample.containers.length > 0);
  assert.equal(sampler.sample.containers[0]?.usage_bytes, 3000);
  sampler.close();
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("cgroup tree: the walk stops at its cap and says so", () => {
  const tree = new CgroupTree(`${fixture("systemd")}/sys/fs/cgroup`, 5);
  const walk = tree.walk();
  assert.equal(walk.truncated, true);
  assert.equal(walk.directories, 5);
  assert.equal(new CgroupTree(`${fixture("systemd")}/sys/fs/cgroup`).walk().truncated, false);
});

Deno.test("cgroup layout: version and namespace from the tree's own files", () => {
  assert.equal(readCgroupHierarchy(roots("kubepods"))!.version, "v2");
  assert.equal(readCgroupHierarchy(roots("kubepods"))!.namespaced, false);
  assert.equal(readCgroupHierarchy(roots("inside"))!.namespaced, true);
  const lxc = readCgroupHierarchy(roots("lxc"))!;
  assert.deepEqual([lxc.version, lxc.memory, lxc.unified, lxc.namespaced], ["v1", 1, null, false]);
});
