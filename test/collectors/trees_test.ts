/** Whole machines from recorded trees: what the collectors make of them. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Sampler } from "../../collectors/mod.ts";
import type { Sample } from "../../model/sample.ts";
import { makeTrees, TREES } from "../machines/make.ts";
import { playStep } from "../machines/simulate.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures", import.meta.url));

function samplerOf(directory: string): Sampler {
  return new Sampler({ roots: { proc: `${directory}/proc`, sys: `${directory}/sys` } });
}

function sampleOf(tree: string): Sample {
  const sampler = samplerOf(`${FIXTURES}/${tree}`);
  try {
    return structuredClone({ ...sampler.take(true), updated: new Set<string>() });
  } finally {
    sampler.close();
  }
}

function filesOf(directory: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (path: string) => {
    for (const entry of Deno.readDirSync(`${directory}/${path}`)) {
      const at = `${path}/${entry.name}`;
      if (entry.isDirectory) walk(at);
      else if (entry.isSymlink) found.set(at, `→ ${Deno.readLinkSync(directory + at)}`);
      else found.set(at, Deno.readTextFileSync(directory + at));
    }
  };
  walk("");
  return found;
}

Deno.test("trees: what is committed is what make.ts makes", () => {
  const directory = Deno.makeTempDirSync();
  try {
    makeTrees(directory);
    for (const name of Object.keys(TREES)) {
      assert.deepEqual(filesOf(`${FIXTURES}/${name}`), filesOf(`${directory}/${name}`), `make ${name} anew`);
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("trees: a healthy machine is read whole, nothing is missing", () => {
  const sample = sampleOf("healthy");
  assert.deepEqual(sample.unavailable, []);
  assert.deepEqual(sample.collectors.filter(({ ok }) => !ok), []);
  assert.equal(sample.host.hostname, "calm-1");
  assert.equal(sample.host.boot_time_seconds, 1_760_000_000);
  assert.equal(sample.host.is_root, true);
  const java = sample.processes.find(({ pid }) => pid === 812)!;
  assert.equal(java.name, "java");
  assert.equal(java.user, "app");
  assert.equal(java.state, "S");
  assert.equal(java.anon_bytes, 900_000 * 1024);
  assert.equal(java.rss_bytes, 930_000 * 1024);
  assert.equal(java.vsz_bytes, 5_200_000 * 1024);
  assert.equal(java.threads, 42);
  assert.equal(java.open_descriptors, 6);
  assert.equal(java.descriptor_limit, 65_536);
  assert.equal(java.pss_bytes, 930_000 * 1024);
  assert.equal(java.uss_bytes, 930_000 * 1024);
  assert.equal(java.started_at_seconds, 1_760_000_000 + 44.71);
  assert.equal(java.command, "java -Xmx2g -jar app.jar");
  assert.deepEqual(java.descriptor_kinds?.sockets, 2);
  assert.equal(sample.processes.find(({ pid }) => pid === 2)!.is_kernel_thread, true);
  assert.equal(sample.slab_caches!.length, 4);
  assert.equal(sample.shared_memory!.memfd[0]!.holders[0]!.name, "nginx");
});

Deno.test("trees: hostile names arrive unharmed and move nothing", () => {
  const hostile = sampleOf("healthy").processes.find(({ pid }) => pid === 890)!;
  assert.equal(hostile.name, "=cmd|'/c ca)\n<b");
  assert.equal(hostile.ppid, 1);
  assert.equal(hostile.start_ticks, 7000);
  assert.equal(hostile.command, "$(rm -rf)\n\"=cmd|'/c calc'!A1<script> \x1b[31mred a,b;c\td");
});

Deno.test("trees: under hidepid only one's own are seen, and that is said once", () => {
  const sampler = samplerOf(`${FIXTURES}/hidepid`);
  for (let pass = 0; pass < 3; pass++) sampler.take(true);
  const { processes, unavailable, host } = sampler.sample;
  assert.deepEqual(processes.map(({ pid }) => pid), [900, 901]);
  assert.equal(host.is_root, false);
  assert.equal(unavailable.filter(({ why }) => why.includes("hidepid=invisible")).length, 1);
  sampler.close();
});

Deno.test("trees: Linux 3.10 has less, and what it has is read", () => {
  const sample = sampleOf("old_kernel");
  assert.equal(sample.pressure, null);
  assert.deepEqual(sample.unavailable.map(({ source }) => source), ["/proc/pressure"]);
  assert.equal(sample.memory!.available_bytes, (3_000_000 + 100_000 + 2_400_000 + 180_000) * 1024);
  assert.equal(sample.vmstat!.kswapd_scanned_pages, 5000);
  assert.equal(sample.vmstat!.oom_kills, null);
  const java = sample.processes.find(({ pid }) => pid === 812)!;
  assert.equal(java.anon_bytes, 900_000 * 1024, "from statm, as there is no RssAnon");
  assert.equal(java.shmem_bytes, null);
  assert.equal(java.swap_bytes, 0);
  assert.equal(java.pss_bytes, 930_000 * 1024, "from smaps, as there is no smaps_rollup");
  assert.equal(java.mappings, 3);
  assert.equal(java.unit, "app.service");
});

Deno.test("trees: growth is seen on a played tree, through kept handles and in the same records", () => {
  const directory = Deno.makeTempDirSync();
  const sampler = samplerOf(directory);
  try {
    playStep(directory, 0);
    const sample = sampler.take(true);
    const python = sample.processes.find(({ pid }) => pid === 830)!;
    const ftpd = sample.processes.find(({ pid }) => pid === 840)!;
    const zombie = sample.processes.find(({ pid }) => pid === 700)!;
    assert.deepEqual([zombie.state, zombie.rss_bytes, zombie.ppid], ["Z", 0, 655]);
    const before = [python.anon_bytes, ftpd.open_descriptors!, sample.memory!.slab_unreclaimable_bytes!];
    playStep(directory, 10);
    sampler.take();
    assert.equal(python.anon_bytes - before[0]!, 20 * 1024 * 1024, "statm in every sample");
    sampler.take(true);
    assert.equal(ftpd.open_descriptors! - before[1]!, 40);
    assert.equal(sample.memory!.slab_unreclaimable_bytes! - before[2]!, 20 * 1024 * 1024);
    assert.equal(python.exec_count, 0);
    assert.ok(sample.processes.includes(python), "the record is updated in place");
    assert.equal(sample.shared_memory!.system_v[0]!.attached, 0);
  } finally {
    sampler.close();
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("trees: a machine without any of it gives an empty sample and says why", () => {
  const directory = Deno.makeTempDirSync();
  const sampler = samplerOf(directory);
  try {
    Deno.mkdirSync(`${directory}/proc`);
    const sample = sampler.take(true);
    assert.equal(sample.memory, null);
    assert.deepEqual(sample.processes, []);
    assert.ok(sample.unavailable.some(({ source }) => source === "/proc/meminfo"));
  } finally {
    sampler.close();
    Deno.removeSync(directory, { recursive: true });
  }
});
