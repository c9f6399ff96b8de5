import assert from "node:assert/strict";
import { Owners } from "../../fleet/owners.ts";

Deno.test("owners: kube-state-metrics knows a pod's workload, also of pods long gone", () => {
  const owners = new Owners();
  owners.addController("", "shop", "ReplicaSet", "web-7d4b9c6d5f");
  owners.addParent("", "shop", "web-7d4b9c6d5f", "Deployment", "web");
  owners.addController("", "shop", "StatefulSet", "db");
  owners.addController("", "shop", "DaemonSet", "agent");
  owners.addParent("", "shop", "backup-28112", "CronJob", "backup");
  const of = (pod: string, namespace = "shop") => owners.workloadOf("", namespace, pod);
  assert.deepEqual(of("web-7d4b9c6d5f-x2k8p"), { kind: "Deployment", name: "web", by_name: false });
  assert.deepEqual(of("db-0"), { kind: "StatefulSet", name: "db", by_name: false });
  assert.deepEqual(of("agent-x2k8p"), { kind: "DaemonSet", name: "agent", by_name: false });
  assert.deepEqual(of("backup-28112-abcde"), { kind: "CronJob", name: "backup", by_name: false });
  // The owners of another namespace are not its.
  assert.ok(of("db-0", "test").by_name);
});

Deno.test("owners: without kube-state-metrics the shape of the name tells", () => {
  const of = (pod: string) => new Owners().workloadOf("", "shop", pod);
  assert.deepEqual(of("web-front-7d4b9c6d5f-x2k8p"), {
    kind: "Deployment",
    name: "web-front",
    by_name: true,
  });
  assert.deepEqual(of("db-12"), { kind: "StatefulSet", name: "db", by_name: true });
  assert.deepEqual(of("agent-x2k8p"), { kind: "DaemonSet", name: "agent", by_name: true });
  assert.deepEqual(of("standalone"), { kind: "Pod", name: "standalone", by_name: false });
});
