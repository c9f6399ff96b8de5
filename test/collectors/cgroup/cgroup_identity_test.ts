import assert from "node:assert/strict";
import fc from "fast-check";
import { identifyCgroup, unescapeUnit } from "../../../collectors/cgroup/cgroup_identity.ts";

const A = "a1".repeat(32);
const B = "b2".repeat(32);
const POD = "12345678-9abc-4def-8123-456789abcdef";
const POD_ = POD.replaceAll("-", "_");

/** Path → engine, id (or name), pod, unit, whether it is the container's own cgroup. */
const CASES: [string, string | null, string | null, string | null, string | null, boolean][] = [
  ["/", null, null, null, null, false],
  [`/docker/${A}`, "docker", A, null, null, true],
  [`/system.slice/docker-${A}.scope`, "docker", A, null, null, true],
  [`/docker/${A}/docker/${B}`, "docker", B, null, null, true],
  [`/docker/${A}/init.scope`, "docker", A, null, "init.scope", false],
  ["/docker/buildkit/0123456789abcdefghijklmno", "docker", "0123456789abcdefghijklmno", null, null, true],
  [`/libpod_parent/libpod-${A}`, "podman", A, null, null, true],
  ["/libpod_parent/conmon", null, null, null, null, false],
  [`/machine.slice/libpod-${A}.scope/container`, "podman", A, null, null, false],
  [`/machine.slice/libpod-conmon-${A}.scope`, null, null, null, `libpod-conmon-${A}.scope`, false],
  [
    `/user.slice/user-1.slice/user@1.service/app.slice/q.service/libpod-payload-${A}`,
    "podman",
    A,
    null,
    "q.service",
    true,
  ],
  [`/kubepods/burstable/pod${POD}/${A}`, "kubernetes", A, POD, null, true],
  [`/kubepods/pod${POD}/${A}`, "kubernetes", A, POD, null, true],
  [
    `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${POD_}.slice/cri-containerd-${A}.scope`,
    "kubernetes",
    A,
    POD,
    null,
    true,
  ],
  [`/kubepods.slice/kubepods-pod${POD_}.slice/crio-${A}.scope`, "kubernetes", A, POD, null, true],
  [
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_}.slice`,
    null,
    null,
    null,
    `kubepods-burstable-pod${POD_}.slice`,
    false,
  ],
  [
    `/system.slice/containerd.service/kubepods-pod${POD_}.slice:cri-containerd:${A}`,
    "containerd",
    A,
    null,
    "containerd.service",
    true,
  ],
  [`/default/${A}`, "unknown", A, null, null, true],
  [`/system.slice/nerdctl-${A}.scope`, "containerd", A, null, null, true],
  ["/lxc/web", "lxc", "web", null, null, true],
  ["/lxc/101/ns/system.slice/cron.service", "lxc", "101", null, "cron.service", false],
  ["/lxc.payload.build-1", "lxc", "build-1", null, null, true],
  ["/lxc.monitor.build-1", null, null, null, null, false],
  ["/machine.slice/systemd-nspawn@deb.service", "nspawn", "deb", null, null, true],
  ["/machine.slice/machine-box\\x2done.scope/payload", "nspawn", "box-one", null, null, false],
  ["/machine.slice/machine-qemu\\x2d3\\x2dvm1.scope", null, null, null, "machine-qemu-3-vm1.scope", false],
  ["/system.slice/app.service/nested", null, null, null, "app.service", false],
  ["/user.slice/user-1.slice", null, null, null, "user-1.slice", false],
  ["/../system.slice/x.service", null, null, null, "x.service", false],
];

for (const [path, engine, id, pod, unit, isRoot] of CASES) {
  Deno.test(`identifyCgroup: ${path.replaceAll(A, "A").replaceAll(B, "B")}`, () => {
    const found = identifyCgroup(path);
    assert.equal(found.container?.engine ?? null, engine);
    assert.equal(found.container?.id ?? null, id);
    assert.equal(found.container?.pod ?? null, pod);
    assert.equal(found.unit, unit);
    assert.equal(found.isContainerRoot, isRoot);
  });
}

Deno.test("identifyCgroup: never throws, whatever a path holds", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (path) => {
    assert.equal(typeof identifyCgroup(path).isContainerRoot, "boolean");
  }));
});

Deno.test("unescapeUnit: bytes of one character may be escaped one by one", () => {
  assert.equal(unescapeUnit("a\\x2db"), "a-b");
  assert.equal(unescapeUnit("\\xc3\\xa9"), "é");
  assert.equal(unescapeUnit("\\xzz"), "\\xzz");
});
