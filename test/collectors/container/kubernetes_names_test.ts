import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { cgroupsCollector } from "../../../collectors/cgroup/cgroups.ts";
import {
  kubernetesNamesCollector,
  parseContainerLog,
  parsePodDirectory,
} from "../../../collectors/container/kubernetes_names.ts";
import { Sampler } from "../../../collectors/mod.ts";
import { containerTitle } from "../../../model/container_title.ts";

const id = (pair: string) => pair.repeat(32);
const FIXTURE = fileURLToPath(new URL("../../fixtures/cgroup_kubepods", import.meta.url));

Deno.test("kubernetes names: pod and container from the kubelet's logs, without any engine", () => {
  const sampler = new Sampler({
    roots: { proc: `${FIXTURE}/proc`, sys: `${FIXTURE}/sys` },
    collectors: [cgroupsCollector, kubernetesNamesCollector],
  });
  // Twice: what was named before stays.
  sampler.take(true);
  const { containers, unavailable } = sampler.take(true);
  sampler.close();
  const told = (pair: string) => {
    const container = containers.find((each) => each.id === id(pair))!;
    return [container.name, container.pod, containerTitle(container)];
  };
  assert.deepEqual(told("a1"), ["app", "shop/web-7d4b9c6f5-x2x7k", "shop/web-7d4b9c6f5-x2x7k/app"]);
  // Its own log has a name that Kubernetes would never give: the pod is known by its uid all the same.
  assert.deepEqual(told("b2"), [
    null,
    "shop/web-7d4b9c6f5-x2x7k",
    `shop/web-7d4b9c6f5-x2x7k/${id("b2").slice(0, 12)}`,
  ]);
  // No log of its own, as a pod's pause container has none.
  assert.deepEqual(told("c3").slice(0, 2), [null, "kube-system/coredns-abc"]);
  assert.deepEqual(unavailable, []);
});

Deno.test("kubernetes names: a machine without pods is not even looked at", () => {
  const sampler = new Sampler({
    roots: { proc: "/nonexistent/proc", sys: "/nonexistent/sys" },
    collectors: [kubernetesNamesCollector],
  });
  assert.deepEqual(sampler.take(true).unavailable, []);
  sampler.close();
});

Deno.test("kubernetes names: file names are what the kubelet makes, or nothing", () => {
  assert.deepEqual(parseContainerLog(`web-0_shop_app-2-${id("a1")}.log`), {
    id: id("a1"),
    name: "app-2",
    pod: "shop/web-0",
  });
  assert.deepEqual(parsePodDirectory(`kube-system_etcd-node_${"0a".repeat(16)}`), {
    uid: "0a".repeat(16),
    pod: "kube-system/etcd-node",
  });
  for (
    const file of [
      "web_shop_app.log",
      `web_shop_$(reboot)-${id("a1")}.log`,
      `web_=cmd|'/c calc'!A1_app-${id("a1")}.log`,
      `a_b_c_d-${id("a1")}.log`,
      `-web_shop_app-${id("a1")}.log`,
    ]
  ) assert.equal(parseContainerLog(file), null, file);
  assert.equal(parsePodDirectory("shop_<img src=x>_12345678-9abc-4def-8123-456789abcdef"), null);
  fc.assert(fc.property(fc.string(), fc.string(), (before, after) => {
    const told = parseContainerLog(`${before}-${id("a1")}.log${after}`);
    assert.ok(told === null || /^[a-z0-9.-]+$/.test(told.name + told.pod.replace("/", "")));
  }));
});
