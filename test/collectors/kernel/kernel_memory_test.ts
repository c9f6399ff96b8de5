import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { cgroupsCollector } from "../../../collectors/cgroup/cgroups.ts";
import { kernelMemoryCollector } from "../../../collectors/kernel/kernel_memory.ts";
import { netnsCollector } from "../../../collectors/kernel/netns.ts";
import {
  parseBalloonPages,
  parseCgroupCount,
  parseSockstat,
} from "../../../collectors/procfs/kernel_parse.ts";
import { Sampler } from "../../../collectors/mod.ts";

function kernelOf(name: string) {
  const base = fileURLToPath(new URL(`../../fixtures/cgroup_${name}`, import.meta.url));
  const sampler = new Sampler({
    roots: { proc: `${base}/proc`, sys: `${base}/sys` },
    collectors: [cgroupsCollector, kernelMemoryCollector, netnsCollector],
  });
  const { kernel } = sampler.take(true);
  sampler.close();
  return kernel!;
}

Deno.test("kernel memory: everything a machine on version 2 tells", () => {
  assert.deepEqual(kernelOf("systemd"), {
    dying_cgroups: 312,
    cgroups: 55,
    sockets: 280,
    tcp_bytes: 5 * 4096,
    udp_bytes: 2 * 4096,
    fragment_bytes: 4096,
    network_namespaces: null,
    network_namespaces_visible: 2,
    inodes: 51234,
    dentries: 88123,
    modules: 2,
    mounts: 3,
    huge_pages: [{ page_bytes: 2 * 1024 * 1024, total: 512, free: 500 }],
    zram_bytes: 33554432,
    balloon_bytes: 4000 * 4096,
  });
});

Deno.test("kernel memory: on version 1 the dying are those the kernel counts and no directory shows", () => {
  const kernel = kernelOf("lxc");
  assert.equal(kernel.cgroups, 7);
  assert.equal(kernel.dying_cgroups, 100);
});

Deno.test("kernel memory: between two walks the kernel's count tells of new cgroups, not of dying ones", () => {
  const directory = Deno.makeTempDirSync();
  new Deno.Command("cp", {
    args: ["-r", fileURLToPath(new URL("../../fixtures/cgroup_lxc", import.meta.url)), `${directory}/tree`],
  }).outputSync();
  const tree = { proc: `${directory}/tree/proc`, sys: `${directory}/tree/sys` };
  const sampler = new Sampler({ roots: tree, collectors: [cgroupsCollector, kernelMemoryCollector] });
  const { now } = performance;
  let clock = 0;
  try {
    performance.now = () => ++clock;
    sampler.take(true);
    const text = Deno.readTextFileSync(`${tree.proc}/cgroups`);
    const more = text.replace(
      /^(memory\t\d+\t)(\d+)/m,
      (_, before, count) => `${before}${Number(count) + 5}`,
    );
    assert.notEqual(more, text);
    Deno.writeTextFileSync(`${tree.proc}/cgroups`, more);
    // The next walk waits a hundred times as long as the first one took: here time stands still.
    performance.now = () => clock;
    const { kernel } = sampler.take(true);
    assert.deepEqual([kernel!.cgroups, kernel!.dying_cgroups], [12, 100]);
  } finally {
    performance.now = now;
    sampler.close();
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("kernel memory: what is missing is null, not 0", () => {
  const { sockets, tcp_bytes, zram_bytes, balloon_bytes, huge_pages, modules, inodes } = kernelOf("lxc");
  assert.deepEqual(
    [sockets, tcp_bytes, zram_bytes, balloon_bytes, huge_pages, modules, inodes],
    Array(7).fill(null),
  );
});

Deno.test("kernel parsers: odd input", () => {
  assert.equal(parseCgroupCount("cpu\t1\t2\t1\n"), null);
  assert.equal(parseSockstat("", 4096).sockets, null);
  assert.equal(parseBalloonPages("nr_balloon_pages 12\n"), 12);
  assert.equal(parseBalloonPages("balloon_inflate 3\nballoon_deflate 9\n"), 0);
});
