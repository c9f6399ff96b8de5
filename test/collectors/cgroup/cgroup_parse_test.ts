import assert from "node:assert/strict";
import {
  parseLimit,
  parsePressureTotals,
  parseProcessCgroup,
  parseStatV1,
  parseStatV2,
} from "../../../collectors/cgroup/cgroup_parse.ts";
import { workingSet } from "../../../collectors/cgroup/cgroup_reader.ts";
import { parseOwnContainer } from "../../../collectors/cgroup/own_cgroup.ts";
import { parseCgroupMounts } from "../../../collectors/cgroup/cgroup_hierarchy.ts";

Deno.test("parseLimit: none is null, in every version's way of saying so", () => {
  assert.equal(parseLimit("max\n"), null);
  assert.equal(parseLimit("9223372036854771712\n"), null);
  assert.equal(parseLimit(null), null);
  assert.equal(parseLimit("100663296\n"), 100663296);
  assert.equal(parseLimit("0\n"), 0);
});

Deno.test("workingSet: never below zero, null where the usage is unknown", () => {
  assert.equal(workingSet(100, 30), 70);
  assert.equal(workingSet(100, 300), 0);
  assert.equal(workingSet(100, null), 100);
  assert.equal(workingSet(null, 5), null);
});

Deno.test("parseStat: an empty file says nothing rather than zero", () => {
  for (const parse of [parseStatV1, parseStatV2]) {
    assert.ok(Object.values(parse("")).every((value) => value === null));
  }
});

Deno.test("parseStatV1: what the children use counts, as in every other number", () => {
  const stat = parseStatV1("rss 1\ntotal_rss 500\ncache 2\ntotal_cache 900\ntotal_inactive_file 40\n");
  assert.equal(stat.anon_bytes, 500);
  assert.equal(stat.file_bytes, 900);
});

Deno.test("parsePressureTotals: psi=0 makes reading fail, which is absent and not 0", () => {
  assert.deepEqual(parsePressureTotals(null), { some: null, full: null });
  const text =
    "some avg10=1.00 avg60=0.00 avg300=0.00 total=12\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=3\n";
  assert.deepEqual(parsePressureTotals(text), { some: 12, full: 3 });
});

Deno.test("parseProcessCgroup: version 2, version 1 and both", () => {
  assert.deepEqual(parseProcessCgroup("0::/a.slice\n"), { memory: "/a.slice", systemd: "/a.slice" });
  const hybrid = "9:name=systemd:/s/x.service\n4:memory:/docker/1\n2:cpu,cpuacct:/\n0::/u\n";
  assert.deepEqual(parseProcessCgroup(hybrid), { memory: "/docker/1", systemd: "/s/x.service" });
  assert.deepEqual(parseProcessCgroup("4:memory:/a:b\n"), { memory: "/a:b", systemd: null });
  assert.deepEqual(parseProcessCgroup(""), { memory: null, systemd: null });
});

Deno.test("parseOwnContainer: from the mounts that engines make", () => {
  const id = "ab".repeat(32);
  const line = (root: string, mount: string, rest = "ext4 /dev/vda1 rw") =>
    `1 2 8:1 ${root} ${mount} rw - ${rest}\n`;
  assert.equal(
    parseOwnContainer(line(`/var/lib/docker/containers/${id}/hostname`, "/etc/hostname"))?.engine,
    "docker",
  );
  const podman = `/var/lib/containers/storage/overlay-containers/${id}/userdata/hosts`;
  assert.deepEqual(parseOwnContainer(line(podman, "/etc/hosts")), {
    id,
    engine: "podman",
    name: null,
    pod: null,
  });
  assert.equal(
    parseOwnContainer(line(`/docker/${id}`, "/sys/fs/cgroup/memory", "cgroup c rw,memory"))?.id,
    id,
  );
  assert.equal(parseOwnContainer(line("/", "/")), null);
});

Deno.test("parseCgroupMounts: trees mounted elsewhere", () => {
  const text =
    "31 23 0:28 / /dev/cg rw - cgroup cgroup rw,memory,cpu\n32 23 0:29 / /cg2 rw - cgroup2 none rw\n";
  assert.deepEqual(parseCgroupMounts(text), { memory: "/dev/cg", unified: "/cg2" });
});
